/**
 * Whether a pool wants a host for a slot now: what an agent without one asks before it launches.
 * Guarantees: a pool that was scaled down meanwhile launches nothing that its loop is about to take away again (S3: live instances <= replicas + maxSurge).
 * Pure.
 */
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";

/** True once the pool's loop has judged the present spec, has no slot too many, and keeps this one. */
export function wantsHost({ metadata, spec, status }: CloudSyncAgentPool, slot: number): boolean {
  const { slots = [], observedGeneration } = status;
  return (
    observedGeneration === metadata.generation &&
    slots.length <= spec.replicas &&
    slots.some((record) => record.slot === slot)
  );
}
