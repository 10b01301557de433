/** Runs one object's loop on the clock of a world, as a worker would: one pass at a time, at the times that it asks for. Only tests import this file. */
import { setImmediate } from "node:timers/promises";
import type { VirtualClock } from "../../../sim/src/core/clock.ts";
import type { ObjectKey, Reconcile } from "../../../src/kube/port.ts";

export interface WorldLoop {
  /** One pass; time goes on while it waits for an answer. Tells when it wants to be called again. */
  pass(): Promise<number>;
  /** Passes until the loop asks for a longer wait than that. */
  settle(untilMs?: number): Promise<void>;
  run(forMs: number): Promise<void>;
}

/** World time passes in steps, so that answers in flight arrive in their order. */
export async function wait(clock: VirtualClock, forMs: number): Promise<void> {
  for (let leftMs = forMs; leftMs > 0; leftMs -= STEP_MS) {
    await setImmediate();
    clock.advance(Math.min(STEP_MS, leftMs));
  }
  await setImmediate();
}
const STEP_MS = 60_000;

export function worldLoop(clock: VirtualClock, reconcile: Reconcile, key: ObjectKey): WorldLoop {
  const loop: WorldLoop = {
    async pass() {
      let answer: Awaited<ReturnType<Reconcile>> | undefined;
      let rejection: Error | undefined;
      reconcile(key, new AbortController().signal).then(
        (result) => (answer = result),
        (error: unknown) => (rejection = new Error("the pass rejected", { cause: error })),
      );
      for (let turn = 0; answer === undefined && turn < TURNS_MAX; turn += 1) {
        await setImmediate();
        if (rejection !== undefined) throw rejection;
        if (turn > 20) clock.advance(100);
      }
      if (answer === undefined) throw new Error("the pass does not end");
      if (answer.kind === "done") return Infinity;
      return answer.kind === "requeue" ? answer.afterMs : (answer.retryAfterMs ?? 30_000);
    },
    async settle(untilMs = 60_000) {
      for (let passes = 0; passes < 80; passes += 1) {
        const waitMs = await loop.pass();
        if (waitMs > untilMs) return;
        await wait(clock, Math.max(waitMs, 1));
      }
      throw new Error("the loop did not come to rest");
    },
    async run(forMs) {
      for (const untilMs = clock.nowMs() + forMs; clock.nowMs() < untilMs;)
        await wait(clock, Math.max(1, Math.min(await loop.pass(), untilMs - clock.nowMs())));
    },
  };
  return loop;
}
const TURNS_MAX = 20_000;
