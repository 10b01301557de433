/**
 * C3: Kubernetes writes to an agent are bounded by its life and by what happened in it.
 * Guarantees: every write that took effect counts, of all operators together; a loop that writes on and on is found within an hour of its life.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { MINUTE_MS } from "./sight/reading.ts";

/** docs/benchmarks.md: about 51 writes for an agent from nothing to Ready; its end, a replacement and slow hosts triple it. */
const WRITES_PER_LIFE = 150;
/** A failed step is tried again every 10 min, with four writes; a host that comes and goes changes conditions at each probe. */
const WRITES_PER_HOUR = 60;
/** A restart, a deed or a struck call makes agents look again; each look may change conditions and go back. */
const WRITES_PER_TROUBLE = 20;
/** A fault window makes conditions flap for as long as it lasts. */
const WRITES_PER_TROUBLED_MINUTE = 10;

interface Life {
  readonly sinceMs: number;
  writes: number;
}

export function boundedWrites(): Oracle {
  const lives = new Map<string, Life>();
  let troubles = 0;

  return {
    name: "C3",
    after(happening, scene) {
      if (happening.kind === "deed" || happening.kind === "life") troubles += 1;
      if (happening.kind !== "call") return undefined;
      const { call, fate, status } = happening;
      if (fate.kind !== "served") troubles += 1;
      if (call.side !== "kube" || !call.isWrite || !call.about.startsWith("cloudsyncagents/")) return undefined;
      if ((status ?? 500) >= 300) return undefined;
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
