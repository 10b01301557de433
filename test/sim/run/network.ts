/**
 * How messages travel between actors: each has a delay that the seed decides.
 * Guarantees: messages that leave in one event are put into an order of their own text before chance is asked, so that the number of microtasks an SDK
 * happens to take does not decide anything; a channel keeps the order of what goes through it.
 * Never: decides what happens to a message beyond its delay.
 */
import type { Actor, Scheduler } from "../../../sim/src/virtual/scheduler.ts";

export interface Message {
  /** Orders the messages of one event: who, where, what. */
  readonly text: string;
  readonly to: Actor;
  readonly delayMs: DelayRange;
  readonly arrive: () => void;
}

/** Most messages take about `usual`; one in twenty up to `worst`. */
export interface DelayRange {
  readonly usualMs: number;
  readonly worstMs: number;
}

export const KUBE_DELAY: DelayRange = { usualMs: 4, worstMs: 60 };
export const WATCH_DELAY: DelayRange = { usualMs: 8, worstMs: 400 };
export const AWS_DELAY: DelayRange = { usualMs: 40, worstMs: 900 };
export const GRAPH_DELAY: DelayRange = { usualMs: 120, worstMs: 900 };

const SLOW_SHARE = 0.05;

export class Network {
  readonly #scheduler: Scheduler;
  readonly #dice: () => number;
  #leaving: Message[] = [];

  constructor(scheduler: Scheduler, dice: () => number) {
    this.#scheduler = scheduler;
    this.#dice = dice;
  }

  send(message: Message): void {
    this.#leaving.push(message);
  }

  /** At the end of each event: what it sent goes on its way. */
  flush(): void {
    if (this.#leaving.length === 0) return;
    const leaving = this.#leaving;
    this.#leaving = [];
    if (leaving.length > 1)
      leaving.sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0));
    for (const { to, text, delayMs, arrive } of leaving) {
      this.#scheduler.schedule(to, this.delay(delayMs), text, arrive);
    }
  }

  delay({ usualMs, worstMs }: DelayRange): number {
    const random = this.#dice();
    if (random >= SLOW_SHARE) return usualMs * (0.5 + random);
    return usualMs + (worstMs - usualMs) * (random / SLOW_SHARE);
  }

  /** A one-way stream to one actor, such as a watch: in order, each piece with a delay of its own. */
  channel(to: Actor, range: DelayRange, what: string): Channel {
    let lastMs = 0;
    return {
      push: (extraMs, arrive) => {
        const atMs = Math.max(lastMs, this.#scheduler.nowMs() + this.delay(range) + extraMs);
        lastMs = atMs;
        this.#scheduler.schedule(to, atMs - this.#scheduler.nowMs(), what, arrive);
      },
    };
  }
}

export interface Channel {
  push(extraMs: number, arrive: () => void): void;
}
