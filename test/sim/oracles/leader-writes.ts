/**
 * docs/architecture.md, "The process": before an unsafe call outside, the lease must outlast the call. Only the leader changes anything in the cloud.
 * Guarantees: judged by the Lease in the API server when the write arrives: its sender holds it, or held it until so lately that the call may have
 * been on its way (slowly, where the plan slows calls). A process that stood still may find one message already sent; it may not send another.
 * Never: judges writes to the cluster: those carry the version on which they stand.
 */
import type { Oracle } from "../run/scene.ts";
import { minutes, SECOND_MS } from "./sight/reading.ts";

const LEASE = "cloudsync-operator";
/** A message to AWS takes less than a second (test/sim/run/network.ts). */
const ON_ITS_WAY_MS = SECOND_MS;

export function leaderWrites(): Oracle {
  let holder = "";
  /** By holder: when it was last seen to hold the lease. */
  const heldUntilMs = new Map<string, number>();

  return {
    name: "one leader",
    after(happening, scene) {
      if (happening.kind !== "call") return undefined;
      const { call, fate } = happening;
      const nowMs = scene.nowMs();
      if (call.side === "kube") {
        if (!call.isWrite || !call.about.startsWith("leases")) return undefined;
        const lease = scene.objects("leases").find(({ metadata }) => metadata.name === LEASE);
        const next = (lease?.spec?.["holderIdentity"] as string | undefined) ?? "";
        if (next !== holder) heldUntilMs.set(holder, nowMs);
        holder = next;
        return undefined;
      }
      if (!call.isWrite || fate.kind === "lostRequest" || call.operator === holder) return undefined;
      const untilMs = heldUntilMs.get(call.operator);
      if (untilMs !== undefined && nowMs - untilMs <= ON_ITS_WAY_MS) return undefined;
      const since = untilMs === undefined ? "never held it" : `held it until ${minutes(nowMs - untilMs)} before`;
      return `${call.operator} sent ${call.site}, but ${holder === "" ? "nobody" : holder} holds the lease: ${call.operator} ${since}`;
    },
  };
}
