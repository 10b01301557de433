/**
 * When a job runs, and what its status says afterwards.
 * Guarantees: one timer a job; a run ends before the next begins; a paused, disabled or deleted job has no timer; a run that changes nothing costs
 * two callbacks and the look at the agent.
 */
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { QuarantineLayout } from "../layout/synchronization.ts";
import type { Execution, Job, RunCounts } from "./job.ts";
import { imposed, quarantineReason, type QuarantineReason, type SynchronizationError } from "./quarantine.ts";
import type { RunResult } from "./run.ts";

export interface JobClockParts {
  readonly clock: WorldClock;
  readonly delays: Delays;
  readonly newID: () => string;
  readonly limits: () => QuarantineLayout;
  readonly run: (job: Job, cycleID: string) => RunResult;
  /** A job went into quarantine, or stays there for another reason: an e-mail. */
  readonly quarantined: (job: Job, reason: QuarantineReason) => void;
}

const NO_COUNTS: RunCounts = {
  entitled: 0,
  escrowed: 0,
  exported: 0,
  imported: 0,
  importedDeltas: 0,
  referenceDeltas: 0,
};

export class JobClock {
  readonly #parts: JobClockParts;
  readonly #timers = new Map<Job, () => void>();

  constructor(parts: JobClockParts) {
    this.#parts = parts;
  }

  /** The next run begins soon, whatever was planned. */
  runSoon(job: Job): void {
    this.#beginAfter(job, this.#ms("start"));
  }

  stop(job: Job): void {
    this.#timers.get(job)?.();
    this.#timers.delete(job);
  }

  #beginAfter(job: Job, delayMs: number): void {
    this.stop(job);
    if (!job.isStarted || job.isDisabled) return;
    this.#timers.set(
      job,
      this.#parts.clock.schedule(delayMs, () => this.#begin(job)),
    );
  }

  #begin(job: Job): void {
    const beganMs = this.#parts.clock.nowMs();
    this.#timers.set(
      job,
      this.#parts.clock.schedule(this.#ms("duration"), () => this.#finish(job, beganMs)),
    );
  }

  #finish(job: Job, beganMs: number): void {
    const activityIdentifier = this.#parts.newID();
    const result = job.provisionsGroups ? this.#parts.run(job, activityIdentifier) : NOTHING_TO_DO;
    this.#settle(job, result, { activityIdentifier, beganMs });
    const isWaiting = job.quarantine !== undefined;
    const restMs = this.#ms(isWaiting ? "quarantinedCycle" : "cycle");
    this.#beginAfter(job, Math.max(0, restMs - (this.#parts.clock.nowMs() - beganMs)));
  }

  #settle(
    job: Job,
    result: RunResult,
    { activityIdentifier, beganMs }: Pick<Execution, "activityIdentifier" | "beganMs">,
  ): void {
    const endedMs = this.#parts.clock.nowMs();
    const error = errorOf(result);
    const state = result.kind === "failed" ? "Failed" : error === undefined ? "Succeeded" : "EntryLevelErrors";
    const counts =
      result.kind === "failed"
        ? { ...NO_COUNTS, entitled: job.entitled.size, escrowed: job.escrows.size }
        : result.counts;
    const execution: Execution = { activityIdentifier, state, beganMs, endedMs, error, counts };
    job.lastExecution = execution;
    job.successiveFailures = state === "Failed" ? job.successiveFailures + 1 : 0;
    if (state === "Succeeded") {
      job.lastSuccess = execution;
      if (counts.exported > 0) job.lastSuccessWithExports = execution;
    }
    if (state !== "Failed") {
      job.steadyFirstMs ??= endedMs;
      job.steadyLastMs = endedMs;
    }
    this.#judge(job, result, { error, nowMs: endedMs });
  }

  #judge(
    job: Job,
    result: RunResult,
    { error, nowMs }: { readonly error: SynchronizationError | undefined; readonly nowMs: number },
  ): void {
    const reason = quarantineReason(
      {
        stagedDeletes: result.kind === "ran" ? result.staged : job.staged.size,
        successiveFailures: job.successiveFailures,
        entitled: job.entitled.size,
        escrows: job.escrows.size,
        escrowsWithReferences: job.escrows.size,
      },
      this.#parts.limits(),
    );
    if (reason === undefined) {
      // A failed run alone proves nothing better.
      if (result.kind === "ran") job.quarantine = undefined;
      return;
    }
    const held = job.quarantine;
    const nextAttemptMs = nowMs + this.#ms("quarantinedCycle");
    job.quarantine = imposed(held, { reason, error: error ?? unexplained(reason), nowMs, nextAttemptMs });
    if (held?.reason !== reason) this.#parts.quarantined(job, reason);
    if (nowMs - job.quarantine.seriesBeganMs > this.#ms("quarantineEnd")) job.isDisabled = true;
  }

  #ms(name: string): number {
    return this.#parts.delays.ms(`synchronization.${name}`);
  }
}

/** AD to Entra is a connector of its own; here such a job only runs. */
const NOTHING_TO_DO: RunResult = { kind: "ran", counts: NO_COUNTS, failures: 0, staged: 0 };

function errorOf(result: RunResult): SynchronizationError | undefined {
  if (result.kind === "failed") return { ...result.problem, tenantActionable: true };
  if (result.staged > 0) return unexplained("TooManyDeletes");
  if (result.failures === 0) return undefined;
  return {
    code: "EntryLevelErrors",
    message: `${result.failures} objects could not be provisioned.`,
    tenantActionable: true,
  };
}

function unexplained(code: string): SynchronizationError {
  return { code, message: `The synchronization job met ${code}.`, tenantActionable: true };
}
