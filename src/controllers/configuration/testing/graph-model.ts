/**
 * As much of Entra as the loop of a configuration meets, in memory and without delay; the simulated world plays the rest. Only tests import this file.
 * Guarantees: creates are not idempotent, PUT replaces, the schema's version changes with every save and its mappings come back sorted, `start` and
 * `restart` lift a quarantine; every write is listed.
 */
import type { AppRoleAssignment } from "../../../entra/assignments/port.ts";
import type { EntraPorts } from "../../../entra/entra-port.ts";
import type { Group } from "../../../entra/groups/port.ts";
import type { Quarantine, SynchronizationJob } from "../../../entra/jobs/port.ts";
import type { Listing, Reading, Written } from "../../../entra/outcome.ts";
import type { ProvisioningLogEntry } from "../../../entra/provisioning-log/port.ts";
import type { JsonObject, ParsedExpression } from "../../../entra/schema/port.ts";
import type { SynchronizationSecret } from "../../../entra/secrets/port.ts";
import type { Failure } from "../../../runtime/failure.ts";
import { defaultSchema } from "./default-schema.ts";

export const TEMPLATE_ID = "fb81332f-3eca-4ecf-a939-4278e501d330";
export const JOB_TEMPLATE = "AAD2ADGroupProvisioning";
const OWN_PRINCIPAL = "0e0e0e0e-0000-4000-8000-000000000000";

export interface ModelConfiguration {
  readonly id: string;
  readonly applicationID: string;
  readonly displayName: string;
  readonly templateID: string;
  owners: string[];
  secrets: SynchronizationSecret[];
  jobs: ModelJob[];
  assignments: AppRoleAssignment[];
  /** Its secrets answer 403. */
  isUnreadable: boolean;
}

export interface ModelJob {
  readonly id: string;
  code: string;
  schema: JsonObject;
  quarantine: Quarantine | undefined;
  lastGoodMs: number | undefined;
  restarts: string[];
  /** As the vendor does after four weeks of quarantine. */
  isDisabled?: boolean;
}

export interface GraphModel {
  readonly ports: EntraPorts;
  readonly configurations: ModelConfiguration[];
  readonly applications: Set<string>;
  groups: Group[];
  readonly memberCounts: Map<string, number>;
  tenantSize: { readonly users: number; readonly groups: number };
  log: ProvisioningLogEntry[];
  /** Job templates that a new service principal offers. */
  offered: string[];
  /** Writes in the order in which they had their effect. */
  readonly writes: string[];
  /** Asked before and after each write's effect; "lost" loses the answer, "dead" loses the process. */
  fault: (write: string, when: "before" | "after") => "none" | "lost" | "dead";
  /** Reads of lists fail on a page. */
  isPageFailing: boolean;
  addForeign(domain: string | undefined, over?: Partial<ModelConfiguration>): ModelConfiguration;
}

let nextID = 1;
function newID(): string {
  nextID += 1;
  return `00000000-0000-4000-8000-${nextID.toString(16).padStart(12, "0")}`;
}

export const LOST: Failure = {
  class: "UnknownOutcome",
  reason: "AnswerLost",
  message: "No answer.",
  fix: "None: looked for.",
};
const GONE: Failure = {
  class: "Transient",
  reason: "ProcessGone",
  message: "The process is gone.",
  fix: "None: a test.",
};
const DENIED: Failure = { class: "Denied", reason: "PermissionMissing", message: "Denied.", fix: "Grant it." };
const PAGE: Failure = { class: "Transient", reason: "PageFailed", message: "Page 2 failed.", fix: "None: read again." };

/** Some of those that the vendor lists (entra-graph reference, 3.2). */
const OPERATORS = [
  ["EQUALS", "Binary"],
  ["REGEX MATCH", "Binary"],
  ["IS NOT NULL", "Unary"],
].map(([name = "", arity = ""]) => ({ name, arity }));

export function graphModel(): GraphModel {
  const complete = <Item>(items: readonly Item[]): Promise<Listing<Item>> =>
    Promise.resolve(
      model.isPageFailing
        ? { kind: "partial", items: items.slice(0, 1), failure: PAGE }
        : { kind: "complete", items: structuredClone(items) as Item[] },
    );
  const found = <Value>(value: Value | undefined): Promise<Reading<Value>> =>
    Promise.resolve(value === undefined ? { kind: "missing" } : { kind: "found", value: structuredClone(value) });
  const write = <Value>(name: string, effect: () => Value): Promise<Written<Value>> => {
    if (model.fault(name, "before") !== "none") return Promise.resolve({ kind: "unknown", failure: GONE });
    const value = effect();
    model.writes.push(name);
    const fault = model.fault(name, "after");
    return Promise.resolve(
      fault === "none" ? { kind: "done", value } : { kind: "unknown", failure: fault === "lost" ? LOST : GONE },
    );
  };
  const at = (id: string): ModelConfiguration | undefined => model.configurations.find((one) => one.id === id);
  const jobAt = (address: { servicePrincipalID: string; jobID: string }): ModelJob | undefined =>
    at(address.servicePrincipalID)?.jobs.find(({ id }) => id === address.jobID);
  const onJob = (
    name: string,
    address: { servicePrincipalID: string; jobID: string },
    effect: (job: ModelJob) => void,
  ) =>
    write(name, () => {
      const job = jobAt(address);
      if (job !== undefined) effect(job);
      return undefined;
    });
  const principalOf = (one: ModelConfiguration) => ({
    id: one.id,
    appID: `app-${one.id}`,
    displayName: one.displayName,
    applicationTemplateID: one.templateID,
    appRoles: [],
  });

  const model: GraphModel = {
    configurations: [],
    applications: new Set(),
    groups: [],
    memberCounts: new Map(),
    tenantSize: { users: 100, groups: 100 },
    log: [],
    offered: [JOB_TEMPLATE],
    writes: [],
    fault: () => "none",
    isPageFailing: false,
    addForeign(domain, over = {}) {
      const one: ModelConfiguration = {
        id: newID(),
        applicationID: newID(),
        displayName: "made in the portal",
        templateID: TEMPLATE_ID,
        owners: [],
        secrets: domain === undefined ? [] : [{ key: "Domain", value: JSON.stringify({ domain }) }],
        jobs: [aModelJob()],
        assignments: [],
        isUnreadable: false,
        ...over,
      };
      model.configurations.push(one);
      model.applications.add(one.applicationID);
      return one;
    },
    ports: {
      access: {
        resolve: (_tenant, credential) => ({
          kind: "granted",
          access: { cloud: "Public", tenantID: "t", clientID: credential.clientID ?? "", proof: { kind: "operator" } },
        }),
        token: () =>
          Promise.resolve({
            kind: "issued",
            facts: { roles: [], servicePrincipalID: OWN_PRINCIPAL, tokenExpiresAtMs: 0 },
          }),
      },
      applications: {
        template: (_access, id) => found(id === TEMPLATE_ID ? { id, displayName: "Cloud Sync" } : undefined),
        findByTemplate: (_access, id) =>
          complete(model.configurations.filter(({ templateID }) => templateID === id).map(principalOf)),
        servicePrincipal: (_access, id) => {
          const one = at(id);
          return found(one === undefined ? undefined : principalOf(one));
        },
        applicationOf: (_access, appID) => {
          const one = model.configurations.find(({ id }) => `app-${id}` === appID);
          return found(one === undefined ? undefined : { id: one.applicationID, appID, displayName: one.displayName });
        },
        applicationOwners: (_access, id) =>
          complete(model.configurations.find(({ applicationID }) => applicationID === id)?.owners ?? []),
        instantiate: (_access, { displayName, templateID }) =>
          write("instantiate", () => {
            const one = model.addForeign(undefined, { displayName, templateID, jobs: [], owners: [OWN_PRINCIPAL] });
            return { applicationID: one.applicationID, servicePrincipalID: one.id, appID: `app-${one.id}` };
          }),
        deleteServicePrincipal: (_access, id) =>
          write("deleteServicePrincipal", () => {
            model.configurations.splice(0, Infinity, ...model.configurations.filter((one) => one.id !== id));
            return undefined;
          }),
        deleteApplication: (_access, id) =>
          write("deleteApplication", () => {
            model.applications.delete(id);
            return undefined;
          }),
      },
      jobs: {
        templates: () => complete(model.offered.map((id) => ({ id, factoryTag: undefined }))),
        list: (_access, id) => complete((at(id)?.jobs ?? []).map(shownJob)),
        job: (_access, address) => {
          const job = jobAt(address);
          return found(job === undefined ? undefined : shownJob(job));
        },
        create: (_access, { servicePrincipalID }) =>
          write("createJob", () => {
            const job = aModelJob();
            at(servicePrincipalID)?.jobs.push(job);
            return shownJob(job);
          }),
        start: (_access, address) =>
          onJob("start", address, (job) => {
            job.code = "Active";
            job.quarantine = undefined;
          }),
        pause: (_access, address) => onJob("pause", address, (job) => void (job.code = "Paused")),
        restart: (_access, address, flags) =>
          onJob("restart", address, (job) => {
            job.restarts.push(flags.join(","));
            job.code = "Active";
            job.quarantine = undefined;
          }),
        remove: (_access, { servicePrincipalID, jobID }) =>
          write("deleteJob", () => {
            const one = at(servicePrincipalID);
            if (one !== undefined) one.jobs = one.jobs.filter(({ id }) => id !== jobID);
            return undefined;
          }),
      },
      secrets: {
        read: (_access, id) => {
          const one = at(id);
          if (one?.isUnreadable === true) return Promise.resolve({ kind: "failed", failure: DENIED });
          return complete(one?.secrets ?? []);
        },
        replace: (_access, id, secrets) =>
          write("replaceSecrets", () => {
            const one = at(id);
            if (one !== undefined) one.secrets = structuredClone(secrets) as SynchronizationSecret[];
            return undefined;
          }),
      },
      schema: {
        read: (_access, address) => found(jobAt(address)?.schema),
        replace: (_access, address, schema) =>
          onJob("replaceSchema", address, (job) => void (job.schema = saved(schema))),
        filterOperators: () => complete(OPERATORS),
        parseExpression: (_access, _address, expression) => found(parsedExpression(expression)),
      },
      assignments: {
        list: (_access, id) => complete(at(id)?.assignments ?? []),
        assign: () => Promise.reject(new Error("a configuration never assigns")),
        remove: () => Promise.reject(new Error("a configuration never removes an assignment")),
      },
      groups: {
        byFilter: () => complete(model.groups),
        memberCounts: (_access: unknown, ids: readonly string[]) =>
          Promise.resolve(ids.map((id) => model.memberCounts.get(id) ?? 3)),
      } as unknown as EntraPorts["groups"],
      onDemand: {} as EntraPorts["onDemand"],
      provisioningLog: {
        entries: (_access, { jobID }) => complete(model.log.filter((entry) => entry.jobID === jobID)),
      },
      tenant: {
        count: (_access: unknown, of: "users" | "groups") => found(model.tenantSize[of]),
      } as unknown as EntraPorts["tenant"],
    },
  };
  return model;
}

export function aModelJob(over: Partial<ModelJob> = {}): ModelJob {
  return {
    id: `${JOB_TEMPLATE}.6b29fc40ca474067b31d00dd010662da.${newID()}`,
    code: "Paused",
    schema: defaultSchema(),
    quarantine: undefined,
    lastGoodMs: undefined,
    restarts: [],
    ...over,
  };
}

function shownJob(job: ModelJob): SynchronizationJob {
  const good = {
    state: "Succeeded",
    beganMs: job.lastGoodMs,
    endedMs: job.lastGoodMs,
    escrowed: 0,
    exported: 0,
    errorCode: undefined,
  };
  const last = job.lastGoodMs === undefined ? undefined : good;
  return {
    id: job.id,
    template: JOB_TEMPLATE,
    templateID: "SomethingElse",
    scheduleState: job.isDisabled === true ? "Disabled" : "Active",
    status: {
      code: job.quarantine === undefined || job.code === "Paused" ? job.code : "Quarantine",
      successiveFailures: 0,
      areEscrowsPruned: false,
      lastExecution: last,
      lastSuccessfulExecution: last,
      lastSuccessfulExecutionWithExports: last,
      steadyStateFirstMs: job.lastGoodMs,
      steadyStateLastMs: job.lastGoodMs,
      // Pausing hides it, as the vendor does not say that it stays.
      quarantine: job.code === "Paused" ? undefined : job.quarantine,
      entryCounts: {},
    },
  };
}

function parsedExpression(expression: string): ParsedExpression {
  if (expression.includes("Nonsense(")) return { kind: "refused", message: "no such function" };
  const type = expression.startsWith('"') ? "Constant" : expression.startsWith("[") ? "Attribute" : "Function";
  const name = type === "Function" ? expression.slice(0, expression.indexOf("(")) : expression;
  return { kind: "parsed", source: { type, name, expression, parameters: [] } };
}

let version = 1;
function saved(schema: JsonObject): JsonObject {
  version += 1;
  const copy = structuredClone(schema) as unknown as {
    version: string;
    synchronizationRules: { objectMappings: { attributeMappings: { targetAttributeName: string }[] }[] }[];
  };
  copy.version = `v${version}`;
  for (const rule of copy.synchronizationRules)
    for (const mapping of rule.objectMappings)
      mapping.attributeMappings.sort((left, right) => (left.targetAttributeName < right.targetAttributeName ? 1 : -1));
  return copy;
}
