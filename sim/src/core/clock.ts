/**
 * The world's time and chance. Guarantees: everything in the world that takes time goes through one clock, so the same world runs
 * in real time behind HTTP servers and on a virtual clock in one process; one seed decides all chance.
 */
export interface WorldClock {
  /** Milliseconds since the epoch, as the world's services report them. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs` of world time; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** Uniform numbers in [0, 1), from the world's seed. */
export type WorldDice = () => number;
