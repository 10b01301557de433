/**
 * Kinds that this version does not act on: they say so, because tools read the absence of Ready as fine (kstatus).
 * Guarantees: Ready=Unknown for the current generation, written once.
 */
import { COMMON_CONDITIONS, CONDITION_TYPES, type Condition } from "../../api/conditions.ts";
import { mergeConditions } from "../../kube/conditions.ts";
import type { KubeObject, ObjectCache, Reconcile, ResourceKind } from "../../kube/port.ts";
import type { LoopPorts } from "../loop-ports.ts";

const FIELD_MANAGER = "cloudsync-unserved";

interface WithStatus extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export type UnservedKind = Extract<keyof typeof CONDITION_TYPES, "SyncConfiguration" | "GroupScope">;

export function unservedReconciler(
  resource: ResourceKind & { readonly kind: UnservedKind },
  cache: ObjectCache<KubeObject>,
  ports: LoopPorts,
): Reconcile {
  return async function reconcile(key, signal) {
    const object = cache.get(key) as WithStatus | undefined;
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return { kind: "done" };
    const generation = object.metadata.generation ?? 0;
    const message = `This version of the operator does not act on ${resource.kind} yet; what refers to it may still read its spec.`;
    const conditions = mergeConditions({
      previous: object.status?.conditions,
      types: [...CONDITION_TYPES[resource.kind], ...COMMON_CONDITIONS],
      findings: [{ type: "Ready", status: "Unknown", reason: "NotServed", message }],
      generation,
      nowMs: ports.clock.nowMs(),
    });
    const written = await ports.kube.applyStatus(
      resource,
      object,
      { observedGeneration: generation, conditions },
      { fieldManager: FIELD_MANAGER },
      signal,
    );
    return written.kind === "ok" || written.kind === "notFound"
      ? { kind: "done" }
      : { kind: "retry", reason: "StatusNotWritten" };
  };
}
