/**
 * The synchronization service of one tenant: configurations below service principals, their jobs, secrets and schemas, and who marks what has changed.
 * Guarantees: creating a job is not idempotent; deleting one drops all that it knew, and AD keeps what it made; a change in the directory costs a mark.
 * Never: talks HTTP (operations.ts does), refuses a second configuration for a domain (whether Graph does is unknown, entra-graph reference, 2).
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { AgentReach } from "../core/guests.ts";
import type { DirectoryChange } from "../entra/changes.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import { uuidFrom } from "../entra/ids.ts";
import { badRequest, resourceNotFound } from "../graph/errors.ts";
import type { SynchronizationLayout } from "../layout/synchronization.ts";
import type { TenantCloud } from "../layout/tenants.ts";
import { Configuration } from "./configuration.ts";
import { Job, type ResetScope } from "./job.ts";
import { jobID } from "./job-id.ts";
import { JobClock } from "./job-clock.ts";
import { ProvisioningLog } from "./provisioning-log.ts";
import { performRun, type RunParts } from "./run.ts";
import { readSchema, SchemaProblem } from "./schema/read-schema.ts";
import type { StoredSchema } from "./schema/shapes.ts";
import { templateSchema } from "./schema/template.ts";
import { domainOf, notificationSettings, type Secrets } from "./secrets.ts";
import { offeredTemplates } from "./templates.ts";

export interface ServiceParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly directory: EntraDirectory;
  readonly cloud: TenantCloud;
  readonly reach: AgentReach;
  readonly layout: SynchronizationLayout;
}

export interface QuarantineMail {
  readonly atMs: number;
  readonly jobID: string;
  readonly recipients: string;
  readonly reason: string;
}

const MAILS_MAX = 200;

export class SynchronizationService {
  readonly log: ProvisioningLog;
  readonly mails: QuarantineMail[] = [];
  /** How it behaves where the vendor is silent; changeable while it runs. */
  switches: SynchronizationLayout;
  readonly #parts: ServiceParts;
  readonly #configurations = new Map<string, Configuration>();
  readonly #jobClock: JobClock;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.switches = parts.layout;
    this.log = new ProvisioningLog(() => this.#newID());
    this.#jobClock = new JobClock({
      clock: parts.clock,
      delays: parts.delays,
      newID: () => this.#newID(),
      limits: () => this.switches.quarantine,
      run: (job, cycleID) => performRun(this.runParts(this.#holderOf(job), job, cycleID)),
      quarantined: (job, reason) => this.#mail(job, reason),
    });
    parts.directory.journal.subscribe((change) => this.#follow(change));
  }

  /** Of a service principal that was made from a template of this service. @throws GraphError 404 for one that this replica does not know */
  configuration(servicePrincipalID: string, asOfMs?: number): Configuration {
    const principal = this.#parts.directory.get("servicePrincipal", servicePrincipalID, asOfMs);
    if (principal === undefined) throw resourceNotFound(servicePrincipalID);
    const held = this.#configurations.get(servicePrincipalID);
    if (held !== undefined) return held;
    const isOn = this.switches.membershipOfOnPremisesUsers === "on";
    const made = new Configuration(servicePrincipalID, this.#parts.cloud, isOn);
    this.#configurations.set(servicePrincipalID, made);
    return made;
  }

  configurations(): readonly Configuration[] {
    return [...this.#configurations.values()];
  }

  templatesOf(servicePrincipalID: string): readonly string[] {
    return offeredTemplates(
      this.#parts.directory.get("servicePrincipal", servicePrincipalID)?.applicationTemplateId ?? null,
    );
  }

  /** @throws GraphError 404 */
  job(configuration: Configuration, id: string, asOfMs?: number): Job {
    const job = configuration.jobs.get(id, asOfMs);
    if (job === undefined) throw resourceNotFound(id);
    return job;
  }

  /** Another job each time (entra-graph reference, 2.3). @throws GraphError for a template that the service principal is not offered */
  createJob(configuration: Configuration, templateID: string): Job {
    const document = templateSchema(templateID, domainOf(configuration.secrets()));
    if (document === undefined || !this.templatesOf(configuration.servicePrincipalID).includes(templateID)) {
      throw badRequest(`The template '${templateID}' is not offered by this application.`, "InvalidTemplate");
    }
    const { tenantID } = this.#parts.directory;
    const id = jobID({
      templateID,
      tenantID,
      form: this.switches.jobIDForm,
      newID: () => this.#newID(),
      isTaken: (one) => this.#isTaken(one),
    });
    const job = new Job({ id, templateID, schema: this.#stored(document, id, 1) }, this.#parts.delays);
    configuration.jobs.put(id, job, this.#parts.clock.nowMs());
    return job;
  }

  deleteJob(configuration: Configuration, job: Job): void {
    this.#jobClock.stop(job);
    job.isStarted = false;
    configuration.jobs.end(job.id, this.#parts.clock.nowMs());
  }

  /** Resumes where it stopped; clears a quarantine (entra-graph reference, 2.3). */
  start(job: Job): void {
    job.isStarted = true;
    job.wasStarted = true;
    job.isDisabled = false;
    job.liftQuarantine();
    this.#jobClock.runSoon(job);
  }

  pause(job: Job): void {
    job.isStarted = false;
    this.#jobClock.stop(job);
  }

  restart(job: Job, scope: ResetScope): void {
    job.reset(scope);
    job.isDisabled = false;
    if (!job.isStarted && this.switches.restartOfPausedJob === "staysPaused") return;
    job.isStarted = true;
    job.wasStarted = true;
    this.#jobClock.runSoon(job);
  }

  /** Settings count for objects that are looked at from now on; others need a restart. */
  putSecrets(configuration: Configuration, secrets: Secrets): void {
    configuration.setSecrets(secrets, this.#parts.clock.nowMs());
  }

  /** Full replacement. @throws GraphError 400 with a sentence */
  putSchema(job: Job, document: Readonly<Record<string, unknown>>): void {
    const directories = document.directories ?? job.schema.document.directories;
    const stored = this.#stored({ ...document, directories }, job.id, job.schemaVersion + 1);
    job.schemaVersion += 1;
    job.schema = stored;
  }

  /** Back to the template. */
  resetSchema(configuration: Configuration, job: Job): void {
    const document = templateSchema(job.templateID, domainOf(configuration.secrets()));
    if (document !== undefined) this.putSchema(job, document);
  }

  runParts(configuration: Configuration, job: Job, cycleID: string): RunParts {
    const { directory, reach, clock } = this.#parts;
    const record: RunParts["record"] = (told) => void this.log.append(told);
    return { directory, configuration, job, reach, switches: this.switches, nowMs: clock.nowMs(), cycleID, record };
  }

  newID(): string {
    return this.#newID();
  }

  #stored(document: Readonly<Record<string, unknown>>, id: string, version: number): StoredSchema {
    try {
      return readSchema({ ...document, id, version: `v1.${version}` });
    } catch (error) {
      if (error instanceof SchemaProblem)
        throw badRequest(`The schema is not valid: ${error.message}.`, "InvalidSchema");
      throw error;
    }
  }

  #isTaken(id: string): boolean {
    return this.configurations().some(({ jobs }) => jobs.has(id));
  }

  #holderOf(job: Job): Configuration {
    const holder = this.configurations().find(({ jobs }) => jobs.get(job.id) === job);
    if (holder === undefined) throw new Error(`the job ${job.id} runs and is in no configuration`);
    return holder;
  }

  #newID(): string {
    return uuidFrom(this.#parts.dice);
  }

  #mail(job: Job, reason: string): void {
    const { isMailed, recipients } = notificationSettings(this.#holderOf(job).secrets());
    if (!isMailed || recipients === "") return;
    this.mails.push({ atMs: this.#parts.clock.nowMs(), jobID: job.id, recipients, reason });
    if (this.mails.length > MAILS_MAX) this.mails.shift();
  }

  #follow(change: DirectoryChange): void {
    switch (change.kind) {
      case "memberAdded":
      case "memberRemoved":
        this.#markAll(change.groupId);
        return;
      case "assigned":
      case "unassigned": {
        const { resourceId, principalId } = change.assignment;
        for (const job of this.#configurations.get(resourceId)?.jobs.list() ?? []) job.mark(principalId);
        return;
      }
      default:
        this.#followObject(change);
    }
  }

  #followObject(change: Extract<DirectoryChange, { readonly objectKind: unknown }>): void {
    const hasEnded = change.kind === "softDeleted" || change.kind === "deleted";
    if (change.objectKind === "servicePrincipal" && hasEnded) this.#end(change.id);
    if (change.objectKind === "group") this.#markAll(change.id);
    if (change.objectKind === "user") this.#eachJob((job) => job.markWaitingFor(change.id));
  }

  #markAll(groupID: string): void {
    this.#eachJob((job) => job.mark(groupID));
  }

  #eachJob(visit: (job: Job) => void): void {
    for (const { jobs } of this.#configurations.values()) for (const job of jobs.list()) visit(job);
  }

  /** The service principal is gone, and its jobs with it; what they made in AD stays (entra-graph reference, 2.9 [I]). */
  #end(servicePrincipalID: string): void {
    const configuration = this.#configurations.get(servicePrincipalID);
    if (configuration === undefined) return;
    for (const job of configuration.jobs.list()) this.deleteJob(configuration, job);
    this.#configurations.delete(servicePrincipalID);
  }
}
