/**
 * The fate of a tenant's in-use finalizer; a tenant's loop writes nothing else outside its status.
 * Guarantees: set while the object lives; gone when nothing outside depends on it any more, or when a person lets it go (S10).
 */
import { ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import type { TenantSnapshot } from "./snapshot.ts";

export type TenantAction =
  | { readonly kind: "rest" }
  | { readonly kind: "addFinalizer" }
  | { readonly kind: "removeFinalizer" }
  | { readonly kind: "hold"; readonly reason: "InUse"; readonly message: string };

export const DEPENDANTS_SHOWN_MAX = 5;

export function decideTenant({ tenant, dependants }: Pick<TenantSnapshot, "tenant" | "dependants">): TenantAction {
  const isHeld = (tenant.metadata.finalizers ?? []).includes(FINALIZERS.inUse);
  if (tenant.metadata.deletionTimestamp === undefined) return isHeld ? { kind: "rest" } : { kind: "addFinalizer" };
  if (!isHeld) return { kind: "rest" };
  const isReleased = tenant.metadata.annotations?.[ANNOTATIONS.release] === "true";
  if (dependants.length === 0 || isReleased) return { kind: "removeFinalizer" };
  const message = `${dependants.length} objects still have something to undo through this tenant: ${dependants.slice(0, DEPENDANTS_SHOWN_MAX).join(", ")}. Delete them, or annotate this object with cloudsync.dev/release.`;
  return { kind: "hold", reason: "InUse", message };
}
