/**
 * Objects that could not be written, and when they are tried again: 6, 12 and 24 hours after the first failure, then daily until day 28
 * (entra-graph reference, 2.4). Guarantees: an object that changes is tried at once all the same.
 */
import type { Delays } from "../core/delays.ts";
import type { EntryProblem } from "./target-values.ts";

export interface Escrow {
  readonly problem: EntryProblem;
  readonly firstFailedMs: number;
  /** `undefined`: given up. */
  readonly nextAttemptMs: number | undefined;
}

export class Escrows {
  readonly #held = new Map<string, Escrow>();
  readonly #delays: Delays;

  constructor(delays: Delays) {
    this.#delays = delays;
  }

  get size(): number {
    return this.#held.size;
  }

  list(): readonly (readonly [objectID: string, escrow: Escrow])[] {
    return [...this.#held];
  }

  due(nowMs: number): readonly string[] {
    if (this.#held.size === 0) return [];
    return [...this.#held].flatMap(([id, { nextAttemptMs }]) =>
      nextAttemptMs !== undefined && nextAttemptMs <= nowMs ? [id] : [],
    );
  }

  fail(objectID: string, problem: EntryProblem, nowMs: number): void {
    const firstFailedMs = this.#held.get(objectID)?.firstFailedMs ?? nowMs;
    this.#held.set(objectID, { problem, firstFailedMs, nextAttemptMs: this.#nextAttempt(firstFailedMs, nowMs) });
  }

  succeed(objectID: string): void {
    this.#held.delete(objectID);
  }

  clear(): void {
    this.#held.clear();
  }

  #nextAttempt(firstFailedMs: number, nowMs: number): number | undefined {
    const ms = (name: string): number => this.#delays.ms(`synchronization.${name}`);
    const dailyMs = ms("dailyRetry");
    const early = [ms("firstRetry"), ms("secondRetry")];
    const days = Math.floor(ms("retryEnd") / dailyMs);
    const offsets = [...early, ...Array.from({ length: days }, (_, day) => (day + 1) * dailyMs)];
    return offsets.map((offsetMs) => firstFailedMs + offsetMs).find((atMs) => atMs > nowMs);
  }
}
