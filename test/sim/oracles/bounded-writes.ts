/**
 * C3: Kubernetes writes to an agent are bounded by its life and by what happened in it, and no write is sent in a circle.
 * Guarantees: every write that took effect counts, of all operators together; a loop that writes on and on is found within an hour of its life,
 * one that is refused on and on within {@link CIRCLE_MS}.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { MINUTE_MS } from "./sight/reading.ts";

/** docs/benchmarks.md: about 23 writes for an agent from nothing to Ready; its end and slow hosts triple it. */
const WRITES_PER_LIFE = 70;
/** A failed step is tried again every 10 min, with four writes; a host that comes and goes changes conditions at each probe. */
const WRITES_PER_HOUR = 60;
/** A restart, a deed or a struck call makes agents look again; each look may change conditions and go back. */
const WRITES_PER_TROUBLE = 20;
/** A fault window makes conditions flap for as long as it lasts. */
const WRITES_PER_TROUBLED_MINUTE = 10;

/** One and the same write, refused or not: a key's back-off grows to five minutes, so that no trouble explains so many. */
const CIRCLE_WRITES = 200;
export const CIRCLE_MS = 10 * MINUTE_MS;

/** Renewed every two seconds: the one write that goes on at rest (L1). */
const LEASES = "leases/";

interface Life {
  readonly sinceMs: number;
  writes: number;
}

export function boundedWrites(): Oracle {
  const lives = new Map<string, Life>();
  const circles = new Map<string, Life>();
  let troubles = 0;

  function circle(write: string, nowMs: number): string | undefined {
    const known = circles.get(write);
    const window = known === undefined || nowMs - known.sinceMs > CIRCLE_MS ? { sinceMs: nowMs, writes: 0 } : known;
    circles.set(write, window);
    window.writes += 1;
    if (window.writes <= CIRCLE_WRITES) return undefined;
    return `"${write}" was sent ${window.writes} times in ${((nowMs - window.sinceMs) / MINUTE_MS).toFixed(1)} min`;
  }

  return {
    name: "C3",
    after(happening, scene) {
      if (happening.kind === "deed" || happening.kind === "life") troubles += 1;
      if (happening.kind !== "call") return undefined;
      const { call, fate, status } = happening;
      if (fate.kind !== "served") troubles += 1;
      if (call.side !== "kube" || !call.isWrite || call.about.startsWith(LEASES)) return undefined;
      const circling = circle(`${call.site} ${call.about}`, scene.nowMs());
      if (circling !== undefined) return circling;
      if (!call.about.startsWith("cloudsyncagents/") || (status ?? 500) >= 300) return undefined;
      const life = lives.get(call.about) ?? { sinceMs: scene.nowMs(), writes: 0 };
      lives.set(call.about, life);
      life.writes += 1;
      const most = mostWrites(life, troubles, scene);
      if (life.writes <= most) return undefined;
      const lifeMinutes = ((scene.nowMs() - life.sinceMs) / MINUTE_MS).toFixed(0);
      return `${life.writes} writes to ${call.about} in ${lifeMinutes} min with ${troubles} troubles, bound ${most}`;
    },
  };
}

function mostWrites({ sinceMs }: Life, troubles: number, scene: Scene): number {
  const hours = (scene.nowMs() - sinceMs) / (60 * MINUTE_MS);
  const troubledMinutes = scene.plan.faults.reduce((sum, { forMs }) => sum + forMs / MINUTE_MS, 0);
  return Math.ceil(
    WRITES_PER_LIFE +
      WRITES_PER_HOUR * hours +
      WRITES_PER_TROUBLE * troubles +
      WRITES_PER_TROUBLED_MINUTE * troubledMinutes,
  );
}
