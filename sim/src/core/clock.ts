/**
 * The world's time and chance. Guarantees: everything in the world that takes time goes through one clock, so the same world runs
 * in real time behind HTTP servers and on a virtual clock in one process; one seed decides all chance.
 * Never: a callback before its time, or two callbacks of one instant out of the order in which they were scheduled.
 */
import { DueQueue } from "./due-queue.ts";

export interface WorldClock {
  /** Milliseconds since the epoch, as the world's services report them. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs` of world time; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** Uniform numbers in [0, 1), from the world's seed. */
export type WorldDice = () => number;

/** Node's timers hold a 32-bit delay; a longer wait is cut into pieces (Node.js documentation, setTimeout). */
const TIMER_DELAY_MS_MAX = 2_147_483_647;

/**
 * Real time, `timeScale` times as fast: at 60 a minute of the world takes a second. Scaled time starts at the present instant.
 * A pending callback holds no process open: the servers do.
 */
export function realClock({ timeScale = 1 }: { readonly timeScale?: number } = {}): WorldClock {
  if (!(timeScale > 0)) throw new RangeError(`timeScale ${timeScale} must be above 0`);
  const startedMs = Date.now();
  const startedMonotonicMs = performance.now();
  const nowMs = (): number => Math.floor(startedMs + (performance.now() - startedMonotonicMs) * timeScale);
  const wait = (remainingMs: number, callback: () => void, timer: { current: NodeJS.Timeout | undefined }): void => {
    const pieceMs = Math.min(remainingMs, TIMER_DELAY_MS_MAX);
    const next = (): void => (remainingMs > pieceMs ? wait(remainingMs - pieceMs, callback, timer) : callback());
    timer.current = setTimeout(next, pieceMs);
    timer.current.unref();
  };
  return {
    nowMs,
    schedule(delayMs, callback) {
      const timer: { current: NodeJS.Timeout | undefined } = { current: undefined };
      wait(Math.max(0, delayMs) / timeScale, callback, timer);
      return () => clearTimeout(timer.current);
    },
  };
}

/** A clock that only moves when told; callbacks run inside {@link VirtualClock.advance}, in order of time, then of scheduling. */
export interface VirtualClock extends WorldClock {
  /** Moves time forward, running what becomes due, callbacks of callbacks included. */
  advance(byMs: number): void;
  /** When the next callback is due, `undefined` when nothing waits. */
  nextDueMs(): number | undefined;
}

export function virtualClock(startMs: number = Date.UTC(2026, 10, 1)): VirtualClock {
  let nowMs = startMs;
  const queue = new DueQueue();
  return {
    nowMs: () => nowMs,
    nextDueMs: () => queue.first()?.dueMs,
    schedule: (delayMs, callback) => queue.add(nowMs + Math.max(0, delayMs), callback),
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let due = queue.first(); due !== undefined && due.dueMs <= untilMs; due = queue.first()) {
        queue.removeFirst();
        nowMs = due.dueMs;
        due.callback();
      }
      nowMs = untilMs;
    },
  };
}

/** Mulberry32: small, seedable, good enough for choosing faults; the same seed gives the same numbers on every machine. */
export function seededDice(seed: number): WorldDice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
