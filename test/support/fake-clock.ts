/**
 * Manual time for unit tests.
 * Guarantees: callbacks run in order of their time, then of their scheduling, only inside `advance`; between two callbacks all
 * pending promises settle, so that what one causes is scheduled before the next is chosen.
 * Never: reads real time.
 */
import { setImmediate } from "node:timers/promises";
import type { Clock, Dice } from "../../src/runtime/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time forward step by step, running what falls due. */
  advance(byMs: number): Promise<void>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
  /** How many waits are scheduled. */
  pending(): number;
  /** Shifts the wall clock only, as a clock correction does. */
  jumpWallClock(byMs: number): void;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Starts at a fixed instant; monotonic time starts at 1,000,000 so that 0 is never mistaken for "unset". */
export function fakeClock(startMs = Date.parse("2026-01-01T00:00:00Z")): FakeClock {
  let elapsedMs = 0;
  let wallShiftMs = 0;
  let order = 0;
  const timers = new Set<Timer>();

  // A macrotask turn runs every microtask that is queued, and I/O callbacks that are due.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  };

  function earliest(untilMs: number): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers) {
      if (timer.atMs > untilMs) continue;
      const isSooner =
        found === undefined || timer.atMs < found.atMs || (timer.atMs === found.atMs && timer.order < found.order);
      if (isSooner) found = timer;
    }
    return found;
  }

  return {
    nowMs: () => startMs + elapsedMs + wallShiftMs,
    monotonicMs: () => 1_000_000 + elapsedMs,
    schedule(delayMs, callback) {
      order += 1;
      const timer = { atMs: elapsedMs + Math.max(0, delayMs), order, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(byMs) {
      const untilMs = elapsedMs + byMs;
      await settle();
      for (let timer = earliest(untilMs); timer !== undefined; timer = earliest(untilMs)) {
        timers.delete(timer);
        elapsedMs = Math.max(elapsedMs, timer.atMs);
        timer.callback();
        await settle();
      }
      elapsedMs = untilMs;
      await settle();
    },
    settle,
    pending: () => timers.size,
    jumpWallClock: (byMs) => {
      wallShiftMs += byMs;
    },
  };
}

/** A reproducible dice (mulberry32); print the seed when a test fails. */
export function seededDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
