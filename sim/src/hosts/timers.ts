/**
 * The timers of one powered-on guest. Guarantees: a frozen guest's timers stand still and go on with their rest when it thaws;
 * after `end` none fires.
 */
import type { WorldClock } from "../core/clock.ts";

interface Waiting {
  remainingMs: number;
  sinceMs: number;
  readonly callback: () => void;
  cancel: (() => void) | undefined;
}

export class GuestTimers {
  readonly #clock: WorldClock;
  readonly #waiting = new Set<Waiting>();
  #isPaused = false;
  #isEnded = false;

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  /** The returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    if (this.#isEnded) return () => undefined;
    const waiting: Waiting = { remainingMs: delayMs, sinceMs: this.#clock.nowMs(), callback, cancel: undefined };
    this.#waiting.add(waiting);
    if (!this.#isPaused) this.#start(waiting);
    return () => {
      waiting.cancel?.();
      this.#waiting.delete(waiting);
    };
  }

  pause(): void {
    this.#isPaused = true;
    for (const waiting of this.#waiting) {
      waiting.cancel?.();
      waiting.cancel = undefined;
      waiting.remainingMs = Math.max(0, waiting.remainingMs - (this.#clock.nowMs() - waiting.sinceMs));
    }
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const waiting of this.#waiting) this.#start(waiting);
  }

  end(): void {
    this.#isEnded = true;
    for (const waiting of this.#waiting) waiting.cancel?.();
    this.#waiting.clear();
  }

  #start(waiting: Waiting): void {
    waiting.sinceMs = this.#clock.nowMs();
    waiting.cancel = this.#clock.schedule(waiting.remainingMs, () => {
      this.#waiting.delete(waiting);
      waiting.callback();
    });
  }
}
