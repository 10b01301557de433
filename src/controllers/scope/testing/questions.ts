/** What the tests of these loops ask a bench for again and again. Only tests import this file. */
import type { ObjectKey } from "../../../kube/port.ts";
import type { Bench } from "./bench.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** POSTs that took effect. */
export function posts({ graph }: Bench): number {
  return graph.log.filter(({ call }) => call === "POST").length;
}

/** Groups whose assignment was deleted, in order. */
export function deletes({ graph }: Bench): readonly string[] {
  return graph.log.flatMap(({ call, groupID }) => (call === "DELETE" ? [groupID ?? ""] : []));
}

/** Of the plan that waits; empty when none does. */
export function planHash(bench: Bench, key: ObjectKey): string {
  return (bench.scope(key).status?.["plan"] as { hash: string } | undefined)?.hash ?? "";
}

export function putMany({ graph }: Bench, count: number, prefix = "sg-sales-"): readonly string[] {
  return Array.from({ length: count }, (_, index) => graph.put(`${prefix}${String(index).padStart(5, "0")}`));
}
