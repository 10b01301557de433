/**
 * Turns the plan's faults into the fate of each call and each piece of a watch.
 * Guarantees: chance comes from dice of its own, asked only where a fault could strike; a struck write is counted like any other.
 */
import type { Fate, OutsideCall, PieceFate, Strikes } from "./outside.ts";
import type { KubeFault, Plan, WatchFault } from "./plan.ts";

export interface StrikeOptions {
  readonly plan: Pick<Plan, "faults" | "strikes">;
  readonly elapsedMs: () => number;
  readonly dice: () => number;
  /** False once the plan's troubles are declared over. */
  readonly isStriking: () => boolean;
  /** Number of the write that is just arriving, from 1; undefined for one that goes on at rest too and has no number. */
  readonly numberOf: (call: OutsideCall) => number | undefined;
}

export function planStrikes(options: StrikeOptions): Strikes {
  const { plan, elapsedMs, dice } = options;
  const kubeFaults = plan.faults.filter((fault) => fault.on === "kube");
  const watchFaults = plan.faults.filter((fault) => fault.on === "watch");
  const isNow = ({ fromMs, forMs }: { readonly fromMs: number; readonly forMs: number }): boolean =>
    options.isStriking() && elapsedMs() >= fromMs && elapsedMs() < fromMs + forMs;

  return {
    fateOf(call) {
      const number = options.numberOf(call);
      const strike = plan.strikes.find(({ write }) => write === number);
      if (strike?.fate === "death") return { kind: "death" };
      if (strike?.fate === "lostAnswer") return { kind: "lostAnswer", symptom: dice() < 0.5 ? "reset" : "timeout" };
      if (call.side !== "kube") return { kind: "served" };
      const fault = kubeFaults.find((one) => isNow(one) && concerns(one, call) && dice() < one.probability);
      return fault === undefined ? { kind: "served" } : fateBy(fault);
    },
    pieceOf({ kind }, line): PieceFate {
      const fault = watchFaults.find((one) => isNow(one) && (one.kind ?? kind) === kind && dice() < one.probability);
      if (fault === undefined) return { kind: "delivered" };
      return pieceBy(fault, line);
    },
  };
}

function concerns({ site }: KubeFault, call: OutsideCall): boolean {
  return site === undefined || call.site.includes(site);
}

function fateBy({ effect }: KubeFault): Fate {
  if (effect.kind !== "refused") return effect;
  return { ...effect, reason: REASONS[effect.status] };
}

const REASONS = { 409: "Conflict", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable" } as const;

/** Only a change that a later event will contain may be lost: what is added or gone is told once (an honest server keeps its promise). */
function pieceBy({ effect }: WatchFault, line: string): PieceFate {
  if (effect.kind !== "dropped") return effect;
  return line.startsWith('{"type":"MODIFIED"') ? { kind: "dropped" } : { kind: "delivered" };
}
