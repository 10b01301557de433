/**
 * One run of a job: looks at what was marked (or at everything), writes what differs, holds back too many deletions.
 * Guarantees: a run that cannot begin changes nothing and forgets nothing; what was not marked is not looked at, so that it costs nothing and hand-made
 * changes in AD stay until the group changes (no reconciliation, entra-graph reference, 8.1).
 */
import type { AgentReach } from "../core/guests.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import type { SynchronizationLayout } from "../layout/synchronization.ts";
import { assess, groupMapping, isAllInScope, type Assessment } from "./assess.ts";
import type { Configuration } from "./configuration.ts";
import { exportGroup, removeGroup, type Exported, type InScope, type ReachedPath } from "./group-export.ts";
import type { Job, RunCounts } from "./job.ts";
import type { LogAction, LogStatus, LogStep, NewLogRecord } from "./provisioning-log.ts";
import { referencesOf } from "./references.ts";
import { domainOf, notificationSettings, skipsOutOfScope, spoiltKey } from "./secrets.ts";
import { exportStep, importStep, matchingStep, outcomeOf, scopingStep, TARGET_SYSTEM } from "./steps.ts";
import type { Modified } from "./target-state.ts";
import type { EntryProblem } from "./target-values.ts";

export interface RunParts {
  readonly directory: EntraDirectory;
  readonly configuration: Configuration;
  readonly job: Job;
  readonly reach: AgentReach;
  readonly switches: SynchronizationLayout;
  readonly nowMs: number;
  readonly cycleID: string;
  readonly record: (record: NewLogRecord) => void;
}

export type RunResult =
  | { readonly kind: "failed"; readonly problem: EntryProblem }
  | { readonly kind: "ran"; readonly counts: RunCounts; readonly failures: number; readonly staged: number };

/** The way to the domain that the configuration names, or why there is none. */
export function pathOf({
  configuration,
  directory,
  reach,
}: Pick<RunParts, "configuration" | "directory" | "reach">): ReachedPath | EntryProblem {
  const secrets = configuration.secrets();
  const spoilt = spoiltKey(secrets);
  if (spoilt !== undefined) return { code: "InvalidCredentials", message: `The value of ${spoilt} is not valid.` };
  const domain = domainOf(secrets);
  if (domain === undefined) return { code: "CredentialsMissing", message: "No domain is configured." };
  const path = reach.reach(directory.tenantID, domain);
  return path.kind === "reached" ? path : { code: path.code, message: path.message };
}

export function performRun(parts: RunParts): RunResult {
  const { job } = parts;
  const path = pathOf(parts);
  if (!("kind" in path)) return { kind: "failed", problem: path };
  const run = new Run(parts, path);
  const isInitial = !job.hasWatermark;
  const candidates = isInitial
    ? everything(parts)
    : [...new Set([...job.marked, ...job.staged, ...job.escrows.due(parts.nowMs)])];
  job.marked.clear();
  job.hasWatermark = true;
  for (const groupID of candidates) run.look(groupID);
  run.revisit();
  const staged = run.deprovision();
  job.forcesDeletes = false;
  const counts: RunCounts = {
    entitled: job.entitled.size,
    escrowed: job.escrows.size,
    exported: run.exported,
    imported: candidates.length,
    importedDeltas: isInitial ? 0 : candidates.length,
    referenceDeltas: run.references,
  };
  return { kind: "ran", counts, failures: run.failures, staged };
}

function everything({ directory, configuration, job, switches }: RunParts): readonly string[] {
  const isAll = isAllInScope({ directory, configuration, obeysSyncAll: switches.obeysSyncAll });
  const groups = isAll
    ? directory.list("group").map(({ value }) => value.id)
    : directory.assignedTo(configuration.servicePrincipalID).map(({ principalId }) => principalId);
  return [...new Set([...groups, ...job.linked.keys()])];
}

interface Leaving {
  readonly groupID: string;
  readonly name: string;
  readonly steps: readonly LogStep[];
}

class Run {
  exported = 0;
  failures = 0;
  references = 0;
  readonly #parts: RunParts;
  readonly #path: ReachedPath;
  readonly #leaving: Leaving[] = [];
  /** Groups whose awaited members came while the run went on. */
  readonly #again = new Set<string>();

  constructor(parts: RunParts, path: ReachedPath) {
    this.#parts = parts;
    this.#path = path;
  }

  look(groupID: string): void {
    const { job, directory, configuration, switches } = this.#parts;
    const assessment = assess(groupID, job, { directory, configuration, obeysSyncAll: switches.obeysSyncAll });
    if (assessment.kind === "inScope") {
      job.entitled.add(groupID);
      job.staged.delete(groupID);
      this.#export(assessment);
      return;
    }
    job.entitled.delete(groupID);
    const isLeaving = assessment.kind === "gone" || (assessment.kind === "outOfScope" && this.#deprovisions());
    if (isLeaving && job.linked.has(groupID)) {
      this.#leave(groupID, assessment);
      return;
    }
    job.staged.delete(groupID);
    job.escrows.succeed(groupID);
  }

  /** Each group at most once more: a reference that came leads to no other. */
  revisit(): void {
    for (const groupID of this.#again) this.look(groupID);
  }

  /** @returns how many deletions are held back */
  deprovision(): number {
    const { job, configuration } = this.#parts;
    const { isThresholdOn, threshold } = notificationSettings(configuration.secrets());
    const isHeldBack = isThresholdOn && !job.forcesDeletes && this.#leaving.length >= threshold;
    for (const leaving of this.#leaving) {
      if (isHeldBack) this.#stage(leaving);
      else this.#delete(leaving);
    }
    return isHeldBack ? this.#leaving.length : 0;
  }

  #deprovisions(): boolean {
    const { job, switches, configuration } = this.#parts;
    const isSkipped = switches.obeysSkipOutOfScopeDeletions && skipsOutOfScope(configuration.secrets());
    return switches.leavingGroup === "deleted" && !isSkipped && (groupMapping(job)?.deletes ?? false);
  }

  #leave(groupID: string, assessment: Assessment): void {
    const group = "group" in assessment ? assessment.group : undefined;
    const name = group?.displayName ?? this.#targetName(groupID) ?? groupID;
    this.#leaving.push({ groupID, name, steps: [importStep(name, {}), scopingStep(assessment)] });
  }

  #export(assessment: InScope): void {
    const { job, directory, configuration, nowMs } = this.#parts;
    const { group } = assessment;
    const memberIDs = directory.members(group.id).map(({ value }) => value);
    const found = referencesOf(memberIDs, {
      directory,
      forest: this.#path.forest,
      groupGUID: (groupID) => (job.entitled.has(groupID) ? job.linked.get(groupID) : undefined),
      writesOnPremisesMembers: configuration.writesOnPremisesMembers,
    });
    for (const memberID of found.missing) job.await(memberID, group.id);
    const exported = exportGroup(assessment, { job, path: this.#path, members: () => found.guids });
    if (exported.kind === "failed") {
      this.failures += 1;
      job.escrows.fail(group.id, exported.problem, nowMs);
    } else {
      job.escrows.succeed(group.id);
    }
    if (exported.kind === "created" || exported.kind === "updated" || exported.kind === "redundant")
      this.#link(group.id, exported);
    if (exported.kind !== "redundant" && exported.kind !== "notFlowing") this.#recordExport(assessment, exported);
  }

  #link(groupID: string, exported: Extract<Exported, { readonly kind: "created" | "updated" | "redundant" }>): void {
    const { job } = this.#parts;
    const isNew = job.linked.get(groupID) !== exported.target.objectGUID;
    job.linked.set(groupID, exported.target.objectGUID);
    if (exported.kind !== "redundant") {
      this.exported += 1;
      this.references += exported.references;
    }
    if (!isNew) return;
    for (const waiting of job.awaiting.get(groupID) ?? []) this.#again.add(waiting);
    job.awaiting.delete(groupID);
  }

  #delete(leaving: Leaving): void {
    const { job, nowMs } = this.#parts;
    const problem = removeGroup(leaving.groupID, job, this.#path);
    if (problem === undefined) {
      this.exported += 1;
      job.escrows.succeed(leaving.groupID);
      job.linked.delete(leaving.groupID);
      job.staged.delete(leaving.groupID);
    } else {
      this.failures += 1;
      job.escrows.fail(leaving.groupID, problem, nowMs);
    }
    const step = { name: "EntryExportDelete", type: "Export", details: {} } as const;
    const described: LogStep =
      problem === undefined
        ? { ...step, status: "Success", description: `Group '${leaving.name}' was deleted from ${TARGET_SYSTEM}` }
        : { ...step, status: "Failure", description: `Failed to delete Group '${leaving.name}'. ${problem.message}` };
    this.#recordLeaving(leaving, {
      action: "delete",
      status: problem === undefined ? "success" : "failure",
      problem,
      step: described,
    });
  }

  /** Told once for each object, however often the quarantine is evaluated. */
  #stage(leaving: Leaving): void {
    const { job } = this.#parts;
    if (job.staged.has(leaving.groupID)) return;
    job.staged.add(leaving.groupID);
    const step: LogStep = {
      name: "EntryExportDelete",
      type: "Export",
      status: "Skipped",
      description: `The deletion of Group '${leaving.name}' is held back by the deletion threshold`,
      details: { SkipReason: "TooManyDeletes" },
    };
    this.#recordLeaving(leaving, { action: "stagedDelete", status: "skipped", problem: undefined, step });
  }

  #recordLeaving(
    { groupID, name, steps }: Leaving,
    told: {
      readonly action: LogAction;
      readonly status: LogStatus;
      readonly problem: EntryProblem | undefined;
      readonly step: LogStep;
    },
  ): void {
    const { action, status, problem, step } = told;
    this.#record({
      action,
      status,
      problem,
      source: { id: groupID, displayName: name },
      steps: [...steps, step],
      modified: [],
    });
  }

  #recordExport(assessment: InScope, exported: Exported): void {
    const { group } = assessment;
    const name = group.displayName;
    const problem = exported.kind === "failed" ? exported.problem : undefined;
    const steps = [
      importStep(name, { objectId: group.id }),
      scopingStep(assessment),
      matchingStep(name, exported),
      exportStep(name, exported),
    ];
    const modified = exported.kind === "created" || exported.kind === "updated" ? exported.modified : [];
    this.#record({ ...outcomeOf(exported), problem, source: { id: group.id, displayName: name }, steps, modified });
  }

  #record(told: {
    readonly action: LogAction;
    readonly status: LogStatus;
    readonly problem: EntryProblem | undefined;
    readonly source: { readonly id: string; readonly displayName: string };
    readonly steps: readonly LogStep[];
    readonly modified: readonly Modified[];
  }): void {
    const { job, configuration, directory, nowMs, cycleID, record } = this.#parts;
    const { servicePrincipalID: id } = configuration;
    const displayName = directory.get("servicePrincipal", id)?.displayName ?? "";
    const objectGUID = job.linked.get(told.source.id);
    const target =
      objectGUID === undefined ? undefined : { id: objectGUID, displayName: this.#targetName(told.source.id) ?? "" };
    record({ atMs: nowMs, jobID: job.id, cycleID, servicePrincipal: { id, displayName }, target, ...told });
  }

  #targetName(groupID: string): string | undefined {
    return this.#path.domain.groups.get(this.#parts.job.linked.get(groupID) ?? "")?.attributes["cn"];
  }
}
