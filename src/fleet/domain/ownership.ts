/**
 * Of two objects that name the same domain the older wins (design, section 2): locks and uniqueness hang on the DNS name, never on the object.
 */
import type { ADDomain } from "../../api/ad-domain.ts";

/** The domain object that owns `domain`'s DNS name, among all that are read; it may be `domain` itself. */
export function dnsNameOwner(domain: ADDomain, all: readonly ADDomain[]): ADDomain {
  const key = domain.spec.dnsName.toLowerCase();
  const rivals = all.filter((other) => other.spec.dnsName.toLowerCase() === key);
  return [domain, ...rivals].sort(olderFirst)[0] ?? domain;
}

function olderFirst(a: ADDomain, b: ADDomain): number {
  return (
    compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compare(a.metadata.namespace ?? "", b.metadata.namespace ?? "") ||
    compare(a.metadata.name, b.metadata.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
