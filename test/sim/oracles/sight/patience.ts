/**
 * How old what an operator acts on may lawfully be, given the troubles of the plan. Pure.
 * Guarantees: without troubles these are small; each trouble adds what the product's documents allow for it, and no more.
 */
import type { Fault, Plan } from "../../run/plan.ts";
import { MINUTE_MS, SECOND_MS } from "./reading.ts";

export interface Patience {
  /** From a decision to the arrival of its effect. */
  readonly inFlightMs: number;
  /** Age of the operator's copy of the cluster when an effect arrives. */
  readonly clusterViewMs: number;
  /** Age of its list of hosts when an effect arrives. */
  readonly cloudViewMs: number;
  /** How far an operator's wall clock may be from true time. */
  readonly clockErrorMs: number;
}

/** One pass ends after a minute (src/runtime/limits.ts, passMs); what it sent may still be on its way for a second. */
const PASS_MS = MINUTE_MS + SECOND_MS;
/** A piece of a watch takes less than half a second; the work queue waits a second between two visits of a key. */
const WATCH_MS = 2 * SECOND_MS;
/** docs/kube-runtime.md: 150 s of silence, then a back-off of up to 30 s and a list. */
const SILENCE_MS = 150 * SECOND_MS + 35 * SECOND_MS;
/** docs/kube-runtime.md: what a watch kept back is found by the compare, each 30 to 60 minutes. */
const COMPARE_MS = 62 * MINUTE_MS;
/** docs/operations.md, inventory-interval 30 s and a tenth, the list itself, and the lag of EC2's lists. */
const INVENTORY_MS = 45 * SECOND_MS;

/**
 * How long after its evidence has become too old a status may still say the old thing: one inventory interval, a pass, and the longest
 * back-off of a key whose write was refused or contended (docs/kube-runtime.md, work queue: 5 min).
 */
export const DETECTION_MS = 7 * MINUTE_MS;

/** Troubles by which a list does not come, or late; one that comes and lies is no excuse (S5). */
const KEEPS_LISTS: ReadonlySet<string> = new Set([
  "error",
  "throttle",
  "accessDenied",
  "latency",
  "lostRequest",
  "lostResponse",
]);

export function patienceOf({ acts, faults }: Plan): Patience {
  let [pausedMs, lateMs, silenceMs, kubeMs, cloudMs, clockErrorMs] = [0, 0, 0, 0, 0, 0];
  for (const { deed } of acts) {
    if (deed.kind === "operator" && deed.action === "pause") pausedMs += deed.forMs;
    if (deed.kind === "jumpClock") clockErrorMs += Math.abs(deed.byMs);
  }
  for (const fault of faults) {
    if (fault.on === "cloud") {
      if (KEEPS_LISTS.has(fault.rule.effect.kind)) cloudMs += fault.forMs;
      if (fault.rule.effect.kind === "latency") lateMs = Math.max(lateMs, fault.rule.effect.delayMs);
      continue;
    }
    if (fault.on === "kube" && fault.effect.kind === "late") lateMs = Math.max(lateMs, fault.effect.delayMs);
    if (fault.on === "kube") kubeMs += fault.forMs;
    else silenceMs = Math.max(silenceMs, keptBackMs(fault));
  }
  const inFlightMs = PASS_MS + pausedMs + lateMs;
  const clusterViewMs = inFlightMs + WATCH_MS + silenceMs + kubeMs;
  return { inFlightMs, clusterViewMs, cloudViewMs: inFlightMs + INVENTORY_MS + cloudMs, clockErrorMs };
}

/** docs/operations.md, absence-proof-window: what complete lists do not show over so long counts as gone. */
const ABSENCE_PROOF_MS = 5 * MINUTE_MS;

/** Whether the plan makes lists leave out what is there for as long as the proof of an absence takes: then it is believed, by design (S5). */
export function isAbsenceFeigned({ faults }: Pick<Plan, "faults">, nowMs: number): boolean {
  return faults.some((fault) => {
    if (fault.on !== "cloud" || fault.fromMs > nowMs) return false;
    const { effect } = fault.rule;
    switch (effect.kind) {
      case "emptyList":
        return Math.min(nowMs - fault.fromMs, fault.forMs) >= ABSENCE_PROOF_MS;
      case "notFoundWindow":
        return effect.windowMs >= ABSENCE_PROOF_MS;
      case "tagLag":
        return effect.lagMs >= ABSENCE_PROOF_MS;
      default:
        return false;
    }
  });
}

/**
 * Since when the operator's ways have been free of the plan's troubles, and what its watches kept back found; undefined while they are not.
 * @param ways `kube`: the API server's alone; `all`: the cloud's as well
 */
export function clearSinceMs(
  { faults }: Pick<Plan, "faults">,
  nowMs: number,
  ways: "kube" | "all",
): number | undefined {
  const begun = faults.filter(({ on, fromMs }) => fromMs <= nowMs && (ways === "all" || on !== "cloud"));
  const endMs = Math.max(0, ...begun.map((fault) => fault.fromMs + fault.forMs + keptBackMs(fault)));
  return endMs > nowMs ? undefined : endMs;
}

/** How long after the end of a fault of a watch the operator may still not know what it kept back. */
function keptBackMs(fault: Fault): number {
  if (fault.on !== "watch") return 0;
  switch (fault.effect.kind) {
    case "late":
      return fault.effect.delayMs;
    case "silent":
      return SILENCE_MS;
    case "dropped":
      return COMPARE_MS;
  }
}
