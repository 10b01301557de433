/**
 * The Entra side as it is and as it was just before: jobs, settings, schemas, assignments, and what is declared of them.
 * Guarantees: whichever oracle asks first, all see the same; "before" is the truth before the happening, whoever changed it since.
 * Never: reads what the operator says of itself, but for the plans that a person approves by hash.
 */
import type { AppRoleAssignment } from "../../../../sim/src/entra/objects.ts";
import type { Configuration } from "../../../../sim/src/synchronization/configuration.ts";
import type { Job } from "../../../../sim/src/synchronization/job.ts";
import { directoryOf, TENANT_ID } from "../../run/entra-deeds.ts";
import type { ClusterObject } from "../../run/person.ts";
import type { Plan } from "../../run/plan.ts";
import type { Happening, Scene } from "../../run/scene.ts";
import { Approvals } from "./approvals.ts";
import { entraWrites, type EntraWrite } from "./entra-writes.ts";
import { MINUTE_MS } from "./reading.ts";

export type Document = Readonly<Record<string, unknown>>;

export interface JobSeen {
  readonly id: string;
  readonly servicePrincipalID: string;
  readonly isGroupJob: boolean;
  readonly isStarted: boolean;
  readonly hasWatermark: boolean;
  readonly links: number;
  readonly isQuarantined: boolean;
  readonly forcesDeletes: boolean;
  readonly schema: Document;
  readonly schemaVersion: number;
  /** Whether what it was told last ended well since it was quarantined. */
  readonly successMs: number;
}

export interface ConfigurationSeen {
  readonly servicePrincipalID: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly jobs: readonly JobSeen[];
}

export type Truth = ReadonlyMap<string, ConfigurationSeen>;

export class EntraSight {
  readonly approvals = new Approvals();
  before: Truth = new Map();
  now: Truth = new Map();
  writes: readonly EntraWrite[] = [];
  /** Of this happening, by whomever. */
  unassigned: readonly AppRoleAssignment[] = [];
  /** Since when a job is in quarantine without a break, by its id; of one that this happening ended too. */
  readonly quarantinedSinceMs = new Map<string, number>();
  #inFlightMs: number | undefined;
  #readBackMs: number | undefined;
  #sequence = 0;
  #happening: Happening | undefined;

  look(happening: Happening, scene: Scene): void {
    if (this.#happening === happening) return;
    this.#happening = happening;
    this.#inFlightMs ??= inFlightMsOf(scene.plan);
    this.#readBackMs ??= readBackMsOf(scene.plan);
    this.writes = entraWrites(happening);
    const isCall = happening.kind === "call";
    if (isCall && (happening.call.side !== "graph" || !happening.call.isWrite)) {
      this.before = this.now;
      this.unassigned = [];
      return;
    }
    this.before = this.now;
    this.now = truthOf(scene);
    const { journal } = directoryOf(scene.world);
    this.unassigned = journal
      .since(this.#sequence)
      .flatMap((change) => (change.kind === "unassigned" ? [change.assignment] : []));
    this.#sequence = journal.lastSequence;
    this.#followQuarantines(scene.nowMs());
    if (happening.kind === "deed") this.approvals.look(scene);
  }

  /** How long something that was decided may be on its way: reads and waits of a pass, by the troubles of the plan. */
  get inFlightMs(): number {
    return this.#inFlightMs ?? 0;
  }

  /** By when an operator has seen the effect of a write: whoever leads then, and whatever keeps it from reading. */
  get readBackMs(): number {
    return this.#readBackMs ?? 0;
  }

  /** Of a write about a configuration or a job of it. */
  configurationOf({ ids }: EntraWrite): ConfigurationSeen | undefined {
    return this.before.get(ids[0] ?? "") ?? this.now.get(ids[0] ?? "");
  }

  #followQuarantines(nowMs: number): void {
    for (const { id, isQuarantined } of jobsOf(this.before)) if (!isQuarantined) this.quarantinedSinceMs.delete(id);
    for (const { id, isQuarantined } of jobsOf(this.now))
      if (isQuarantined && !this.quarantinedSinceMs.has(id)) this.quarantinedSinceMs.set(id, nowMs);
  }
}

/** Calls of one pass, one after another, each with its deadline. */
const PASS_MS = 3 * MINUTE_MS;

function inFlightMsOf({ acts, faults }: Plan): number {
  const pauses = acts.map(({ deed }) => (deed.kind === "operator" && deed.action === "pause" ? deed.forMs : 0));
  const waits = faults.map((fault) => {
    if (fault.on !== "cloud") return 0;
    const { effect } = fault.rule;
    if (effect.kind === "throttle") return (effect.retryAfterSeconds ?? 10) * 1_000;
    return effect.kind === "latency" ? effect.delayMs : 0;
  });
  return PASS_MS + Math.max(0, ...pauses) + waits.reduce((sum, ms) => sum + ms, 0);
}

/** A configuration is read every 5 min; after a death another leads within the lease of 3 min. */
const POLL_MS = 5 * MINUTE_MS;
const SUCCESSION_MS = 4 * MINUTE_MS;

function readBackMsOf(plan: Plan): number {
  const troubledMs = plan.faults.reduce((sumMs, { forMs }) => sumMs + forMs, 0);
  return inFlightMsOf(plan) + POLL_MS + SUCCESSION_MS + troubledMs;
}

function jobsOf(truth: Truth): readonly JobSeen[] {
  return [...truth.values()].flatMap(({ jobs }) => jobs);
}

function truthOf({ world }: Scene): Truth {
  const configurations = world.synchronization.get(TENANT_ID)?.configurations() ?? [];
  return new Map(configurations.map((one) => [one.servicePrincipalID, configurationSeen(one)]));
}

function configurationSeen(configuration: Configuration): ConfigurationSeen {
  const { servicePrincipalID, jobs } = configuration;
  return {
    servicePrincipalID,
    secrets: configuration.secrets(),
    jobs: jobs.list().map((job) => jobSeen(job, servicePrincipalID)),
  };
}

function jobSeen(job: Job, servicePrincipalID: string): JobSeen {
  return {
    id: job.id,
    servicePrincipalID,
    isGroupJob: job.provisionsGroups,
    isStarted: job.isStarted,
    hasWatermark: job.hasWatermark,
    links: job.linked.size,
    isQuarantined: job.quarantine !== undefined,
    forcesDeletes: job.forcesDeletes,
    schema: job.schema.document,
    schemaVersion: job.schemaVersion,
    successMs: job.lastSuccess?.endedMs ?? 0,
  };
}

/** The object whose service principal it is, by what its status remembers. */
export function declarationOf(scene: Scene, servicePrincipalID: string): ClusterObject | undefined {
  return scene
    .objects("syncconfigurations")
    .find(({ status }) => status?.["servicePrincipalID"] === servicePrincipalID);
}
