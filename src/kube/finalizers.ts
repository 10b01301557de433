/**
 * The order around a finalizer: on before anything outside exists, off only after everything outside is gone.
 * Guarantees: `ensureFinalizer` answers `present` only for a copy that has it; `releaseFinalizer` is the last write.
 * Never: removes a finalizer because cleaning up failed (the caller asks for removal only on proof); touches others' finalizers.
 */
import type { KubeObject, KubeOutcome, KubePort, ResourceKind } from "./port.ts";

export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

export interface FinalizerTarget<T extends KubeObject> {
  readonly port: KubePort;
  readonly kind: ResourceKind;
  readonly object: T;
  readonly finalizer: string;
}

/**
 * `present`: go on. `added`: it was written just now, end the pass (the next one sees it in the cache).
 * `deleting`: the object goes without having had it, so nothing outside may be made. Else the write's outcome.
 */
export type EnsuredFinalizer<T> =
  | { readonly kind: "present" }
  | { readonly kind: "added"; readonly object: T }
  | { readonly kind: "deleting" }
  | Exclude<KubeOutcome<T>, { kind: "ok" }>;

export async function ensureFinalizer<T extends KubeObject>(
  { port, kind, object, finalizer }: FinalizerTarget<T>,
  signal: AbortSignal,
): Promise<EnsuredFinalizer<T>> {
  if (hasFinalizer(object, finalizer)) return { kind: "present" };
  if (isDeleting(object)) return { kind: "deleting" };
  const finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  const outcome = await port.setFinalizers(kind, object, finalizers, signal);
  return outcome.kind === "ok" ? { kind: "added", object: outcome.object } : outcome;
}

/** Lets the object go. `ok` also when the finalizer was not there or the object is gone already. */
export async function releaseFinalizer<T extends KubeObject>(
  { port, kind, object, finalizer }: FinalizerTarget<T>,
  signal: AbortSignal,
): Promise<KubeOutcome<T>> {
  if (!hasFinalizer(object, finalizer)) return { kind: "ok", object };
  const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
  const outcome = await port.setFinalizers(kind, object, finalizers, signal);
  return outcome.kind === "notFound" ? { kind: "ok", object } : outcome;
}

/** What cleaning up reached: only `clean` lets the object go. */
export type CleanUp =
  | { readonly kind: "clean" }
  | { readonly kind: "pending"; readonly reason: string }
  | { readonly kind: "blocked"; readonly reason: string };

/** Runs the clean-up of a deleting object and releases it on `clean`; in every other case the finalizer stays. */
export async function finalize<T extends KubeObject>(
  target: FinalizerTarget<T>,
  cleanUp: (signal: AbortSignal) => Promise<CleanUp>,
  signal: AbortSignal,
): Promise<Exclude<CleanUp, { kind: "clean" }> | { readonly kind: "released"; readonly outcome: KubeOutcome<T> }> {
  if (!hasFinalizer(target.object, target.finalizer))
    return { kind: "released", outcome: { kind: "ok", object: target.object } };
  const reached = await cleanUp(signal);
  if (reached.kind !== "clean") return reached;
  return { kind: "released", outcome: await releaseFinalizer(target, signal) };
}
