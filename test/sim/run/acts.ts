/**
 * Carries out the plan's acts, one after another, each at its time.
 * Guarantees: an act that waits for rest waits at most its patience, so that a fleet that troubles keep from rest meets the next act all the same.
 */
import type { Actor, Scheduler } from "../../../sim/src/virtual/scheduler.ts";
import type { Lives } from "./lives.ts";
import { carryOut, type Hands } from "./person.ts";
import type { Act, Deed } from "./plan.ts";

export interface ActsOptions {
  readonly scheduler: Scheduler;
  readonly person: Actor;
  readonly acts: readonly Act[];
  readonly hands: Hands;
  readonly lives: Lives;
  readonly isSettled: () => boolean;
  readonly tell: (deed: Deed) => void;
}

const PATIENCE_MS = 2 * 3_600_000;
const LOOK_EVERY_MS = 5_000;

export class Acts {
  readonly #options: ActsOptions;
  #next = 0;

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  start(): void {
    const act = this.#options.acts[this.#next];
    if (act === undefined) return;
    const { scheduler, person } = this.#options;
    scheduler.schedule(person, act.afterMs, "a person waits", () =>
      this.#when(act, scheduler.elapsedMs() + (act.patienceMs ?? PATIENCE_MS)),
    );
  }

  areDone(): boolean {
    return this.#next >= this.#options.acts.length;
  }

  waitsFor(): string {
    return JSON.stringify(this.#options.acts[this.#next]);
  }

  #when(act: Act, untilMs: number): void {
    const { scheduler, person, isSettled, tell } = this.#options;
    if (act.isSettledFirst && !isSettled() && scheduler.elapsedMs() < untilMs) {
      scheduler.schedule(person, LOOK_EVERY_MS, "a person waits", () => this.#when(act, untilMs));
      return;
    }
    tell(act.deed);
    this.#do(act.deed);
    this.#next += 1;
    this.start();
  }

  #do(deed: Deed): void {
    const { lives, hands } = this.#options;
    switch (deed.kind) {
      case "operator":
        if (deed.action === "kill") lives.kill(deed.index);
        else if (deed.action === "stop") lives.stop(deed.index);
        else lives.pause(deed.index, deed.forMs);
        return;
      case "restartWith":
        lives.restartWith(deed.flags);
        return;
      case "jumpClock":
        lives.jumpClock(deed.index, deed.byMs);
        return;
      case "compactWatchHistory":
        hands.server.compact();
        return;
      default:
        carryOut(hands, deed);
    }
  }
}
