/**
 * Runs one loop: takes keys from its queue, keeps stale ones back, gives each pass a deadline, and survives what a pass throws.
 * Guarantees: never two passes of a key at a time; a pass that throws is counted, logged with its stack and backed off; every
 * key is visited again within the resync time; after `drain` no pass starts.
 * Never: lets a pass run on a copy older than its key's own writes.
 */
import { DeadlineExceeded, withDeadline } from "../runtime/clock.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import { unreachable } from "../runtime/unreachable.ts";
import type { ControllerHandle, ControllerOptions, VisitPriority } from "./controller-options.ts";
import type { Expectations } from "./expectations.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { KubeLog, KubeMetrics, PassResult } from "./observers.ts";
import { keyText } from "./port.ts";
import type { ObjectKey, ReconcileResult } from "./port.ts";
import { workQueue } from "./work-queue.ts";
import type { Turn, Visit } from "./work-queue.ts";
import type { WriteJournal } from "./write-journal.ts";

export interface ControllerDependencies {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: KubeLog;
  readonly metrics: KubeMetrics;
  readonly journal: WriteJournal;
  readonly expectations: Expectations;
  /** Whether the object of the key is in the cache; a key without one is forgotten when its pass is done. */
  readonly exists: (key: ObjectKey) => boolean;
}

export interface Controller extends ControllerHandle {
  /** Starts the workers. Before this every `enqueue` is ignored: a follower collects no work. */
  start(): void;
  /** No new passes; resolves true when the running ones ended within `graceMs`, false when they had to be aborted. */
  drain(graceMs: number): Promise<boolean>;
}

export function controller(options: ControllerOptions, dependencies: ControllerDependencies): Controller {
  const { clock, dice, log, metrics, journal, expectations } = dependencies;
  const { name } = options;
  const workers = options.workers ?? KUBE_LIMITS.workers;
  const passTimeoutMs = options.passTimeoutMs ?? KUBE_LIMITS.passTimeoutMs;
  const queue = workQueue({
    clock,
    dice,
    minGapMs: options.minGapMs ?? KUBE_LIMITS.minGapMs,
    backoffMinMs: options.backoffMinMs ?? KUBE_LIMITS.backoffMinMs,
    backoffMaxMs: options.backoffMaxMs ?? KUBE_LIMITS.backoffMaxMs,
    onWaited: (waitedMs) => metrics.queueWaited(name, waitedMs),
  });
  const startedMsByKey = new Map<string, number>();
  const stop = new AbortController(); // aborts running passes
  let running: readonly Promise<void>[] | undefined;

  function enqueue(key: ObjectKey, priority: VisitPriority = "change"): void {
    if (running === undefined) return;
    queue.add(keyText(key), priority);
    metrics.queueAdded(name);
    metrics.queueDepth(name, queue.depth());
  }

  async function work(): Promise<void> {
    for (let turn = await queue.next(stop.signal); turn !== undefined; turn = await queue.next(stop.signal)) {
      startedMsByKey.set(turn.key, clock.monotonicMs());
      metrics.workers(name, startedMsByKey.size, workers);
      const next = await visit(turn);
      expectations.settle(turn.key, next.kind === "forget");
      queue.done(turn.key, next);
      startedMsByKey.delete(turn.key);
      metrics.workers(name, startedMsByKey.size, workers);
      metrics.queueDepth(name, queue.depth());
    }
  }

  async function visit(turn: Turn): Promise<Visit> {
    if (expectations.isHeld(turn.key)) {
      metrics.staleSkip(name);
      metrics.passFinished(name, "stale", 0);
      await refereed(turn.key);
      return { kind: "hold", afterMs: KUBE_LIMITS.staleRecheckMs, priority: turn.priority };
    }
    const key = keyFromText(turn.key);
    const startedMs = clock.monotonicMs();
    const finish = (result: PassResult, next: Visit): Visit => {
      metrics.passFinished(name, result, clock.monotonicMs() - startedMs);
      if (next.kind === "retry") metrics.queueRetried(name);
      return next;
    };
    try {
      const result = await withDeadline(clock, passTimeoutMs, stop.signal, (signal) =>
        journal.run(expectations.ofKey(turn.key), () => options.reconcile(key, signal)),
      );
      return finish(result.kind, visitAfter(result, key));
    } catch (error) {
      return finish(...afterThrow(error, turn.key));
    }
  }

  function visitAfter(result: ReconcileResult, key: ObjectKey): Visit {
    const spread = 1 + KUBE_LIMITS.resyncSpread * (2 * dice() - 1);
    const resyncMs = (options.resyncMs ?? KUBE_LIMITS.resyncMs) * spread;
    switch (result.kind) {
      case "done":
        if (dependencies.exists(key)) return { kind: "again", afterMs: resyncMs, priority: "resync" };
        return { kind: "forget" };
      case "requeue":
        return { kind: "again", afterMs: Math.min(result.afterMs, resyncMs), priority: "retry" };
      case "retry":
        return { kind: "retry", ...(result.retryAfterMs === undefined ? {} : { retryAfterMs: result.retryAfterMs }) };
      default:
        return unreachable(result);
    }
  }

  function afterThrow(error: unknown, key: string): [PassResult, Visit] {
    if (stop.signal.aborted) return ["deadline", { kind: "forget" }];
    if (error instanceof DeadlineExceeded) {
      log.warn("pass exceeded its deadline", { controller: name, key, passTimeoutMs });
      return ["deadline", { kind: "retry" }];
    }
    const stack = error instanceof Error ? error.stack : String(error);
    log.error("pass failed on a bug", { controller: name, key, stack });
    return ["panic", { kind: "retry" }];
  }

  async function refereed(key: string): Promise<void> {
    try {
      await withDeadline(clock, passTimeoutMs, stop.signal, (signal) => expectations.referee(key, signal));
    } catch (error) {
      if (!stop.signal.aborted) log.warn("referee read failed", { controller: name, key, error: String(error) });
    }
  }

  return {
    name,
    passTimeoutMs,
    enqueue,
    longestPassMs: () => Math.max(0, ...[...startedMsByKey.values()].map((ms) => clock.monotonicMs() - ms)),
    start() {
      running ??= Array.from({ length: workers }, () => work());
      metrics.workers(name, 0, workers);
    },
    async drain(graceMs) {
      queue.shutDown();
      const ended = Promise.all(running ?? []);
      let wasInTime = true;
      const cancel = clock.schedule(graceMs, () => {
        wasInTime = startedMsByKey.size === 0;
        stop.abort(new Error("shutting down"));
      });
      await ended;
      cancel();
      return wasInTime;
    },
  };
}

function keyFromText(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
