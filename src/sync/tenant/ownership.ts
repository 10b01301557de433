/**
 * Of two objects that name the same tenant and client the older wins (design, section 2): tokens, buckets and uniqueness hang on what is named.
 */
import type { EntraTenant } from "../../api/entra-tenant.ts";

/** The object that owns `tenant`'s tenant and client, among all that are read; it may be `tenant` itself. */
export function clientOwner(tenant: EntraTenant, all: readonly EntraTenant[]): EntraTenant {
  const rivals = all.filter((other) => clientOf(other) === clientOf(tenant));
  return [tenant, ...rivals].sort(olderFirst)[0] ?? tenant;
}

function clientOf({ spec }: EntraTenant): string {
  return [spec.cloud, spec.tenantID.toLowerCase(), spec.credential.clientID.toLowerCase()].join("|");
}

function olderFirst(a: EntraTenant, b: EntraTenant): number {
  return (
    compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compare(a.metadata.namespace ?? "", b.metadata.namespace ?? "") ||
    compare(a.metadata.name, b.metadata.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
