/**
 * What may be done about a quarantined job.
 * Guarantees: nothing but one restart of state and escrows for a series of quarantines, or what an approval of exactly these held deletions says (S6);
 * pausing and resuming does not end a quarantine here, because `start` would clear it.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import { rfc3339Seconds } from "./instants.ts";
import { hold, type ConfigurationAction, type RestartCause } from "./action.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import type { StagedDeletes } from "./staged-deletes.ts";

export interface QuarantineFacts {
  readonly reason: string;
  readonly began: string;
  readonly seriesBegan: string | undefined;
  readonly seriesCount: number;
  readonly nextAttempt: string | undefined;
  readonly disabledAt: string;
  /** Seen in this pass; else it was seen before the job was paused and has not ended since. */
  readonly isLive: boolean;
}

const TOO_MANY_DELETES = "TooManyDeletes";

/** `stored`: the quarantine that status showed; it stands while the job is paused, for nothing runs that could end it. */
export function quarantineOf(
  { id, status }: SynchronizationJob,
  stored: SyncConfiguration["status"]["jobs"],
): QuarantineFacts | undefined {
  const { quarantine, code } = status;
  const before = stored?.find((job) => job.id === id)?.quarantine;
  if (quarantine === undefined && code !== "Quarantine") {
    if (code !== "Paused" || before === undefined) return undefined;
    return {
      reason: before.reason,
      began: before.began,
      seriesBegan: before.seriesBegan,
      seriesCount: before.seriesCount ?? 1,
      nextAttempt: before.nextAttempt,
      disabledAt: before.disabledAt ?? disabledAt(before.began),
      isLive: false,
    };
  }
  // `currentBegan` may be renewed by every run that leaves it in effect; the series stays. Without both, the last execution tells it from others.
  const beganMs = quarantine?.seriesBeganMs ?? quarantine?.beganMs ?? status.lastExecution?.beganMs ?? 0;
  const began = rfc3339Seconds(beganMs);
  return {
    reason: quarantine?.reason ?? "Unknown",
    began,
    seriesBegan: quarantine?.seriesBeganMs === undefined ? undefined : rfc3339Seconds(quarantine.seriesBeganMs),
    seriesCount: quarantine?.seriesCount ?? 1,
    nextAttempt: quarantine?.nextAttemptMs === undefined ? undefined : rfc3339Seconds(quarantine.nextAttemptMs),
    disabledAt: disabledAt(began),
    isLive: true,
  };
}

function disabledAt(began: string): string {
  return rfc3339Seconds(Date.parse(began) + CONFIGURATION_BOUNDS.quarantineLifeMs);
}

export function holdsDeletes({ reason }: QuarantineFacts): boolean {
  return reason.toLowerCase() === TOO_MANY_DELETES.toLowerCase();
}

/** Of a group's name, of which three are shown. */
const NAME_LENGTH_MAX = 20;

/** After four weeks of quarantine (entra-graph reference, 2.4); a job that was never started is so as well, and not in quarantine. */
function isDisabled({ scheduleState }: SynchronizationJob): boolean {
  return scheduleState.toLowerCase() === "disabled";
}

export interface QuarantineQuestion {
  readonly configuration: SyncConfiguration;
  readonly job: SynchronizationJob;
  readonly quarantine: QuarantineFacts;
  readonly staged: StagedDeletes;
  readonly isApprovalTrusted: boolean;
  readonly nowMs: number;
}

/** What to do comes first in every message, because a condition's length cuts off the end; JobsHealthy has the quarantine whole. */
export function decideQuarantine(question: QuarantineQuestion): ConfigurationAction {
  const { job, quarantine } = question;
  if (isDisabled(job)) return hold("stalled", "JobDisabled", quarantineSentence(quarantine, job));
  return holdsDeletes(question.quarantine) ? decideHeldDeletes(question) : decideRestart(question);
}

function decideRestart({ configuration, job, quarantine, nowMs }: QuarantineQuestion): ConfigurationAction {
  const { began, seriesBegan = began, isLive } = quarantine;
  const message = quarantineSentence(quarantine, job);
  const { quarantineRestart } = configuration.status;
  const goodMs = job.status.lastSuccessfulExecution?.endedMs ?? 0;
  // A restart lifts a quarantine and so ends its series: the next one is another only if the job has worked in between.
  const hasWorkedSince = quarantineRestart?.done !== undefined && goodMs > Date.parse(quarantineRestart.done);
  const isSpent =
    quarantineRestart !== undefined &&
    !hasWorkedSince &&
    (quarantineRestart.done !== undefined || quarantineRestart.attempts >= CONFIGURATION_BOUNDS.restartAttemptsMax);
  if (configuration.spec.quarantine.restart === "Never" || seriesBegan.startsWith("1970"))
    return hold("stalled", "Quarantined", message);
  if (isSpent)
    return hold(
      "stalled",
      "Quarantined",
      `Repair the cause, then restart the job in the portal: it was restarted once by itself, and no more. ${message}`,
    );
  // `start` and `restart` of a paused job would run it: that is for who paused it to decide.
  if (!isLive || job.status.code === "Paused")
    return hold(
      "stalled",
      "Quarantined",
      `The job is paused as well, and resuming it here would only clear the quarantine: repair the cause, then resume it in the portal. ${message}`,
    );
  if (nowMs - Date.parse(began) < CONFIGURATION_BOUNDS.quarantineRestartAfterMs)
    return hold("waiting", "Quarantined", `It is restarted once when it has lasted for an hour. ${message}`);
  return restart(job, { kind: "quarantine", began: seriesBegan });
}

function decideHeldDeletes({
  configuration,
  job,
  quarantine,
  staged,
  isApprovalTrusted,
}: QuarantineQuestion): ConfigurationAction {
  const message = quarantineSentence(quarantine, job);
  if (!quarantine.isLive)
    return hold(
      "stalled",
      "Quarantined",
      `The job is paused as well, and resuming it here would clear the quarantine with the deletions unanswered: look at it in the portal. ${message}`,
    );
  if (staged.kind === "unknown") return hold("waiting", "Quarantined", `${staged.message} ${message}`);
  const { forceDeletes, rejectDeletes } = configuration.spec.approvals ?? {};
  const answer = forceDeletes ?? rejectDeletes;
  const kind = forceDeletes === undefined ? ("rejectDeletes" as const) : ("forceDeletes" as const);
  const names = staged.names.slice(0, 3).map((name) => name.slice(0, NAME_LENGTH_MAX));
  const ask = `${staged.count} deletions are held back (${names.join(", ")}): let exactly them through with approvals.forceDeletes, or drop them with approvals.rejectDeletes, by began and stagedDeletesHash of status.jobs[].quarantine. ${message}`;
  if (answer === undefined) return hold("person", "TooManyDeletes", ask);
  const isThese = sameInstant(answer.quarantineBegan, quarantine.began) && answer.stagedDeletesHash === staged.hash;
  if (!isThese) return hold("person", "ApprovalStale", `approvals.${kind} names other deletions. ${ask}`);
  if (!isApprovalTrusted)
    return hold(
      "person",
      "ApprovalNotTrusted",
      "Nobody checks who may approve: install the chart's admission policy, or start the operator with --allow-self-approval.",
    );
  const spent = configuration.status.stagedDeletes;
  const isSame = spent?.began === quarantine.began && spent.hash === staged.hash;
  if (isSame && (spent.done !== undefined || spent.attempts >= CONFIGURATION_BOUNDS.restartAttemptsMax))
    return hold(
      "person",
      "ApprovalUsed",
      `approvals.${kind} was carried out once, and the job is quarantined still: look at it in the portal. ${message}`,
    );
  return restart(job, { kind, began: quarantine.began, hash: staged.hash });
}

/** QuarantineState and Escrows at most by itself; a person's rejection is the portal's restart, a person's release lets the deletions through. */
function restart(job: SynchronizationJob, cause: Exclude<RestartCause, { kind: "change" }>): ConfigurationAction {
  const flags = FLAGS[cause.kind];
  return { kind: "restart", jobID: job.id, flags, cause };
}

const FLAGS = {
  quarantine: ["QuarantineState", "Escrows"],
  forceDeletes: ["ForceDeletes"],
  rejectDeletes: ["QuarantineState", "Watermark", "Escrows"],
} as const;

function sameInstant(left: string, right: string): boolean {
  return rfc3339Seconds(Date.parse(left)) === rfc3339Seconds(Date.parse(right));
}

/** Reason, since, count, next attempt, last good time and the end, as instants: ages would change by themselves (L1). */
export function quarantineSentence(quarantine: QuarantineFacts, job: SynchronizationJob): string {
  const { status } = job;
  const { reason, began, seriesCount, nextAttempt, disabledAt: end } = quarantine;
  const goodMs = status.lastSuccessfulExecution?.endedMs;
  const parts = [
    `Entra quarantined the job at ${began} (${reason}, series count ${seriesCount})`,
    ...(nextAttempt === undefined || isDisabled(job) ? [] : [`tries again at ${nextAttempt}`]),
    goodMs === undefined ? "it never ended a cycle well" : `last ended one well at ${rfc3339Seconds(goodMs)}`,
    isDisabled(job)
      ? `and disabled it, as after four weeks: repair the cause, then start it in the portal`
      : `and disables it at ${end}`,
  ];
  return `${parts.join(", ")}.`;
}
