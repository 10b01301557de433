/**
 * Which key a worker looks at next.
 * Guarantees: a key is in at most one of waiting and processing, and an add while it is processed brings one more visit; never two
 * workers on one key; a first add waits for nothing but its turn; a change goes before a retry before a resync; what has waited longer
 * than that is worth gets every fourth turn, so that nothing starves and a change never waits for a backlog of old resyncs; two visits
 * of a key start at least `minGapMs` apart.
 * Never: grows beyond one entry a key; remembers a key that is idle and has no failures.
 */
import type { Clock, Dice } from "../runtime/clock.ts";
import type { VisitPriority } from "./controller-options.ts";
import { minHeap } from "./heap.ts";
import { KUBE_LIMITS } from "./limits.ts";

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly minGapMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  readonly onWaited?: (waitedMs: number) => void;
}

/** What the worker says when it lays a key down. */
export type Visit =
  | { readonly kind: "forget" } // gone: nothing is remembered, unless it was added meanwhile
  | { readonly kind: "again"; readonly afterMs: number; readonly priority: VisitPriority } // success: forgets the back-off
  | { readonly kind: "retry"; readonly retryAfterMs?: number } // failure: back-off grows
  | { readonly kind: "hold"; readonly afterMs: number; readonly priority: VisitPriority }; // not looked at: nothing changes

export interface WorkQueue {
  add(key: string, priority: VisitPriority, delayMs?: number): void;
  /** The next key, when one is due; undefined once the queue is shut down or `signal` aborts. */
  next(signal: AbortSignal): Promise<Turn | undefined>;
  done(key: string, visit: Visit): void;
  /** Keys waiting now, delayed ones excluded. */
  depth(): number;
  /** Hands out nothing any more; waiting workers get undefined. */
  shutDown(): void;
}

export interface Turn {
  readonly key: string;
  readonly priority: VisitPriority;
}

interface Entry {
  readonly key: string;
  readonly priority: VisitPriority;
  readonly readyMs: number;
}

interface Memory {
  readonly failures: number;
  readonly startedMs: number;
}

const PRIORITIES: readonly VisitPriority[] = ["change", "retry", "resync"];
const STEP: Readonly<Record<VisitPriority, number>> = { change: 0, retry: 1, resync: 2 };
/** Turns of a higher priority after each of an entry that had risen above it by waiting. */
const TURNS_AHEAD = 3;

export function workQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, dice } = options;
  const ready = new Map(PRIORITIES.map((priority) => [priority, new Map<string, Entry>()]));
  const delayed = new Map<string, Entry>();
  const delays = minHeap<Entry>((entry) => entry.readyMs);
  /** Keys being processed, with what was asked for meanwhile. */
  const processing = new Map<string, Entry | undefined>();
  const memories = new Map<string, Memory>();
  const waiters: (() => void)[] = [];
  let isShutDown = false;
  let turnsAhead = 0;
  let alarm = { atMs: Number.POSITIVE_INFINITY, cancel: (): void => undefined };

  function enter(entry: Entry): void {
    if (processing.has(entry.key)) {
      processing.set(entry.key, merged(processing.get(entry.key), entry));
      return;
    }
    const waiting = take(entry.key);
    place(merged(waiting, entry));
  }

  function take(key: string): Entry | undefined {
    const sleeping = delayed.get(key);
    if (delayed.delete(key)) return sleeping; // its heap entry is recognised as stale later
    for (const entries of ready.values()) {
      const entry = entries.get(key);
      if (entries.delete(key)) return entry;
    }
    return undefined;
  }

  function place(wanted: Entry): void {
    const startedMs = memories.get(wanted.key)?.startedMs ?? Number.NEGATIVE_INFINITY;
    const entry = { ...wanted, readyMs: Math.max(wanted.readyMs, startedMs + options.minGapMs) };
    if (entry.readyMs <= clock.monotonicMs()) {
      ready.get(entry.priority)?.set(entry.key, entry);
      waiters.shift()?.();
      return;
    }
    delayed.set(entry.key, entry);
    delays.push(entry);
    setAlarm();
  }

  function setAlarm(): void {
    while (isStale(delays.peek())) delays.pop();
    const atMs = delays.peek()?.readyMs ?? Number.POSITIVE_INFINITY;
    if (atMs === alarm.atMs) return;
    alarm.cancel();
    const cancel = Number.isFinite(atMs) ? clock.schedule(atMs - clock.monotonicMs(), ring) : () => undefined;
    alarm = { atMs, cancel };
  }

  function isStale(entry: Entry | undefined): boolean {
    return entry !== undefined && delayed.get(entry.key) !== entry;
  }

  function ring(): void {
    alarm = { atMs: Number.POSITIVE_INFINITY, cancel: () => undefined };
    const nowMs = clock.monotonicMs();
    for (let entry = delays.peek(); entry !== undefined && entry.readyMs <= nowMs; entry = delays.peek()) {
      delays.pop();
      if (isStale(entry)) continue;
      delayed.delete(entry.key);
      ready.get(entry.priority)?.set(entry.key, entry);
      waiters.shift()?.();
    }
    setAlarm();
  }

  /** The oldest of each priority stands at the head of its line; the best of the heads goes first, or lets a few others by. */
  function pop(): Entry | undefined {
    const nowMs = clock.monotonicMs();
    let first: Entry | undefined;
    let best: { readonly entry: Entry; readonly rank: number } | undefined;
    for (const [priority, entries] of ready) {
      const entry = entries.values().next().value;
      if (entry === undefined) continue;
      first ??= entry;
      const rank = STEP[priority] - (nowMs - entry.readyMs) / KUBE_LIMITS.priorityStepMs;
      if (best === undefined || rank < best.rank) best = { entry, rank };
    }
    if (best === undefined || first === undefined) return undefined;
    const hasRisen = best.entry !== first;
    const entry = hasRisen && turnsAhead > 0 ? first : best.entry;
    if (hasRisen) turnsAhead = turnsAhead > 0 ? turnsAhead - 1 : TURNS_AHEAD;
    ready.get(entry.priority)?.delete(entry.key);
    processing.set(entry.key, undefined);
    memories.set(entry.key, { failures: memories.get(entry.key)?.failures ?? 0, startedMs: nowMs });
    options.onWaited?.(nowMs - entry.readyMs);
    return entry;
  }

  function backoffMs(failures: number): number {
    const ceilingMs = Math.min(options.backoffMaxMs, options.backoffMinMs * 2 ** Math.min(failures, 30));
    return dice() * ceilingMs; // full jitter
  }

  function remember(key: string, failures: number): void {
    const nowMs = clock.monotonicMs();
    memories.set(key, { failures, startedMs: memories.get(key)?.startedMs ?? nowMs });
    if (memories.size < 2 * (processing.size + delayed.size + 512)) return;
    for (const [idle, memory] of memories) {
      const isInUse = memory.failures > 0 || processing.has(idle) || delayed.has(idle);
      if (!isInUse && memory.startedMs + options.minGapMs < nowMs) memories.delete(idle);
    }
  }

  return {
    add(key, priority, delayMs = 0) {
      if (!isShutDown) enter({ key, priority, readyMs: clock.monotonicMs() + delayMs });
    },
    async next(signal) {
      while (!isShutDown && !signal.aborted) {
        const entry = pop();
        if (entry !== undefined) return { key: entry.key, priority: entry.priority };
        await new Promise<void>((wake) => {
          const onAbort = (): void => {
            waiters.splice(waiters.indexOf(wakeUp), 1);
            wake();
          };
          const wakeUp = (): void => {
            signal.removeEventListener("abort", onAbort);
            wake();
          };
          waiters.push(wakeUp);
          signal.addEventListener("abort", onAbort, { once: true });
        });
      }
      return undefined;
    },
    done(key, visit) {
      const dirty = processing.get(key);
      processing.delete(key);
      const nowMs = clock.monotonicMs();
      const memory = memories.get(key);
      let planned: Entry | undefined;
      switch (visit.kind) {
        case "forget":
          memories.delete(key);
          break;
        case "again":
          remember(key, 0);
          planned = { key, priority: visit.priority, readyMs: nowMs + visit.afterMs };
          break;
        case "retry": {
          const failures = memory?.failures ?? 0;
          remember(key, failures + 1);
          const waitMs = Math.max(backoffMs(failures), visit.retryAfterMs ?? 0);
          planned = { key, priority: "retry", readyMs: nowMs + waitMs };
          break;
        }
        case "hold":
          // It was not looked at: the gap between two visits does not apply to what comes now.
          memories.set(key, { failures: memory?.failures ?? 0, startedMs: Number.NEGATIVE_INFINITY });
          planned = { key, priority: visit.priority, readyMs: nowMs + visit.afterMs };
          break;
      }
      const next = dirty === undefined ? planned : merged(planned, dirty);
      if (next !== undefined && !isShutDown) enter(next);
    },
    depth: () => [...ready.values()].reduce((sum, entries) => sum + entries.size, 0),
    shutDown() {
      isShutDown = true;
      alarm.cancel();
      for (const wake of waiters.splice(0)) wake();
    },
  };
}

/** One visit for both: the sooner time, the better priority; but a far-off better priority does not go before its time. */
function merged(waiting: Entry | undefined, added: Entry): Entry {
  if (waiting === undefined) return added;
  const sooner = added.readyMs < waiting.readyMs ? added : waiting;
  const priority = STEP[added.priority] < STEP[waiting.priority] ? added.priority : waiting.priority;
  return { key: added.key, priority, readyMs: sooner.readyMs };
}
