/**
 * The checks of a reference that pools and configurations have in common: consent of tenant and domain, one owner of a DNS name, a domain that is held.
 * Guarantees: a missing or unaccepted object is waited for, a refusal needs a person; each names what to do. Pure.
 */
import type { ADDomain } from "../api/ad-domain.ts";
import { FINALIZERS } from "../api/kinds.ts";
import type { EntraTenant } from "../api/entra-tenant.ts";
import { consents, type NamespaceLabels } from "./consent.ts";

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface Refusal {
  readonly kind: "waiting" | "refused";
  readonly reason: string;
  readonly message: string;
}

export interface SharedReferences {
  readonly tenant: EntraTenant;
  readonly domain: ADDomain;
  /** The domain object that owns the DNS name (the older of two). */
  readonly domainOwner: ADDomain | undefined;
  /** Of whoever refers to them. */
  readonly namespace: NamespaceLabels;
}

export function tenantConsents({ tenant, namespace }: SharedReferences): Refusal | undefined {
  if (consents(tenant.spec.allowedNamespaces, tenant.metadata.namespace ?? "", namespace)) return undefined;
  return refused(
    "TenantNotConsenting",
    `EntraTenant ${pathOf(tenant)} does not admit namespace ${namespace.name}: its owner adds it to spec.allowedNamespaces.`,
  );
}

export function domainConsents({ domain, namespace }: SharedReferences): Refusal | undefined {
  if (consents(domain.spec.allowedNamespaces, domain.metadata.namespace ?? "", namespace)) return undefined;
  return refused(
    "DomainNotConsenting",
    `ADDomain ${pathOf(domain)} does not admit namespace ${namespace.name}: its owner adds it to spec.allowedNamespaces.`,
  );
}

export function domainIsUnique({ domain, domainOwner }: SharedReferences): Refusal | undefined {
  if (domainOwner === undefined || domainOwner.metadata.uid === domain.metadata.uid) return undefined;
  return refused(
    "DomainNotUnique",
    `ADDomain ${pathOf(domainOwner)} is older and owns ${domain.spec.dnsName}: refer to it, or delete it.`,
  );
}

/** The domain must not vanish under what is made for it: its in-use finalizer stands first. */
export function domainIsHeld({ domain }: SharedReferences): Refusal | undefined {
  if (domain.metadata.deletionTimestamp !== undefined)
    return waiting("DomainDeleting", `ADDomain ${pathOf(domain)} is being deleted: nothing new is made for it.`);
  if ((domain.metadata.finalizers ?? []).includes(FINALIZERS.inUse)) return undefined;
  return waiting("DomainNotAccepted", `ADDomain ${pathOf(domain)} has not been looked at yet.`);
}

export function missingReference(
  kind: "EntraTenant" | "ADDomain",
  reference: { readonly name: string; readonly namespace?: string },
  from: Named,
): Refusal {
  const path = `${reference.namespace ?? from.metadata.namespace ?? ""}/${reference.name}`;
  return waiting(
    kind === "EntraTenant" ? "TenantNotFound" : "DomainNotFound",
    `${kind} ${path} does not exist, or lies outside the watched namespaces: apply it, or correct the reference.`,
  );
}

export function refused(reason: string, message: string): Refusal {
  return { kind: "refused", reason, message };
}

export function pathOf({ metadata }: Named): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function waiting(reason: string, message: string): Refusal {
  return { kind: "waiting", reason, message };
}
