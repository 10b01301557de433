/** A clock for tests that only moves when told. Guarantees: callbacks run in order of time; promises settle between two of them. */
import type { Clock } from "../../runtime/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time forward, running what becomes due. */
  advance(byMs: number): Promise<void>;
  /** Lets promises and the SDK's own turns settle without moving time. */
  settle(): Promise<void>;
  pendingCount(): number;
}

interface Due {
  readonly atMs: number;
  readonly sequence: number;
  readonly callback: () => void;
}

const START_MS = Date.UTC(2026, 10, 22);
/** An SDK call passes a few dozen turns of the event loop between its call and its answer. */
const TURNS = 30;

export function manualClock(): ManualClock {
  let elapsedMs = 0;
  let sequence = 0;
  let pending: Due[] = [];
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    nowMs: () => START_MS + elapsedMs,
    monotonicMs: () => elapsedMs,
    schedule(delayMs, callback) {
      const due = { atMs: elapsedMs + Math.max(0, delayMs), sequence: (sequence += 1), callback };
      pending.push(due);
      return () => {
        pending = pending.filter((other) => other !== due);
      };
    },
    async advance(byMs) {
      const untilMs = elapsedMs + byMs;
      await settle();
      for (;;) {
        const [next] = pending
          .filter(({ atMs }) => atMs <= untilMs)
          .sort((left, right) => left.atMs - right.atMs || left.sequence - right.sequence);
        if (next === undefined) break;
        pending = pending.filter((other) => other !== next);
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.callback();
        await settle();
      }
      elapsedMs = untilMs;
    },
    settle,
    pendingCount: () => pending.length,
  };
}
