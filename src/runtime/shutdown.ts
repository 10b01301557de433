/**
 * The end of the process, in order: not ready, watches, intake, running passes, lease, close (operator-engineering, section 4.4).
 * Guarantees: stages run one after another, each with its deadline; a stage that fails or is late is named and the next one still runs;
 * two signals run one shutdown; the whole ends within `LIMITS.shutdownMs`.
 * Never: exits the process itself; gives up the lease while a pass may still write.
 */
import { withDeadline, DeadlineExceeded } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

export interface ShutdownStage {
  readonly name: string;
  readonly deadlineMs: number;
  /** `signal` aborts at the stage's deadline: end what you can. */
  run(signal: AbortSignal): Promise<void> | void;
}

export type StageOutcome = "done" | "late" | "failed" | "skipped";

export interface ShutdownReport {
  /** True when every stage was done: exit 0; otherwise 1. */
  readonly isClean: boolean;
  readonly stages: readonly { readonly name: string; readonly outcome: StageOutcome }[];
}

export interface ShutdownPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Deadline of the whole; stages after it are skipped. */
  readonly totalMs: number;
}

/** Runs the stages in order. Never rejects. */
export async function runShutdown(
  reason: string,
  stages: readonly ShutdownStage[],
  ports: ShutdownPorts,
): Promise<ShutdownReport> {
  const { clock, log, totalMs } = ports;
  const startedMs = clock.monotonicMs();
  log.info("shutdown started", { reason });
  const results: { name: string; outcome: StageOutcome }[] = [];
  for (const stage of stages) {
    const leftMs = totalMs - (clock.monotonicMs() - startedMs);
    const outcome = leftMs > 0 ? await runStage(stage, Math.min(leftMs, stage.deadlineMs), ports) : "skipped";
    results.push({ name: stage.name, outcome });
  }
  const isClean = results.every(({ outcome }) => outcome === "done");
  log.info("shutdown finished", { isClean, durationMs: Math.round(clock.monotonicMs() - startedMs) });
  return { isClean, stages: results };
}

async function runStage(
  stage: ShutdownStage,
  deadlineMs: number,
  { clock, log }: ShutdownPorts,
): Promise<StageOutcome> {
  const startedMs = clock.monotonicMs();
  const spent = (): number => Math.round(clock.monotonicMs() - startedMs);
  try {
    await withDeadline(clock, deadlineMs, new AbortController().signal, (signal) => untilAborted(stage, signal));
    log.info("shutdown stage done", { stage: stage.name, durationMs: spent() });
    return "done";
  } catch (error) {
    const isLate = error instanceof DeadlineExceeded;
    log.warn(isLate ? "shutdown stage late" : "shutdown stage failed", {
      stage: stage.name,
      durationMs: spent(),
      error,
    });
    return isLate ? "late" : "failed";
  }
}

/** The stage's own promise, or a rejection at the deadline: a stage that ignores its signal does not hold up the next. */
function untilAborted(stage: ShutdownStage, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const work = async (): Promise<void> => stage.run(signal);
    work().then(resolve, reject);
  });
}

export interface ShutdownTrigger {
  /** Starts the shutdown, or joins the one that runs. */
  trigger(reason: string): Promise<ShutdownReport>;
  /** True from the first trigger on: `/readyz` says "shutting down". */
  isShuttingDown(): boolean;
}

/** One shutdown however often it is asked for: SIGTERM twice, a lost lease during SIGTERM. */
export function shutdownOnce(stages: readonly ShutdownStage[], ports: ShutdownPorts): ShutdownTrigger {
  let running: Promise<ShutdownReport> | undefined;
  return {
    trigger: (reason) => (running ??= runShutdown(reason, stages, ports)),
    isShuttingDown: () => running !== undefined,
  };
}
