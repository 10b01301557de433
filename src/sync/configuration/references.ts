/**
 * The checks that stand before any call to Graph leaves for a configuration, in the order in which a person would look.
 * Guarantees: the first refusal is named with what to do; of two objects that mean the same tenant and domain the older wins.
 * Never: needs an answer from outside the cluster.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import { FINALIZERS } from "../../api/kinds.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { AccessResolution } from "../../entra/access/port.ts";
import { consents, type NamespaceLabels } from "../../fleet/consent.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import type { EntraToADDeclaration } from "./connector.ts";
import type { ReferenceVerdict, Refusal } from "./snapshot.ts";
import { wantedContainer } from "./target-container.ts";

export interface ReferenceEvidence {
  readonly configuration: SyncConfiguration;
  readonly declared: EntraToADDeclaration;
  readonly namespace: NamespaceLabels;
  readonly tenant: EntraTenant | undefined;
  readonly domain: ADDomain | undefined;
  /** The domain object that owns the DNS name (the older of two). */
  readonly domainOwner: ADDomain | undefined;
  /** Of all configurations of this connector, tenant and DNS name, whichever objects they name; this one may be among them. */
  readonly claimants: readonly SyncConfiguration[];
  /** Undefined while there is no tenant to resolve it from. */
  readonly access: AccessResolution | undefined;
}

export function checkConfigurationReferences(evidence: ReferenceEvidence): ReferenceVerdict {
  const { configuration, declared, tenant, domain, access } = evidence;
  if (tenant === undefined) return missing("Tenant", "EntraTenant", configuration.spec.tenantRef, configuration);
  if (domain === undefined) return missing("Domain", "ADDomain", declared.domainRef, configuration);
  const refusal = CHECKS.map((check) => check({ ...evidence, tenant, domain })).find((found) => found !== undefined);
  if (refusal !== undefined) return refusal;
  if (access?.kind !== "granted") return identityRefusal(access);
  return { kind: "resolved", references: { tenant, domain, access: access.access } };
}

interface Resolved extends ReferenceEvidence {
  readonly tenant: EntraTenant;
  readonly domain: ADDomain;
}

const CHECKS: readonly ((evidence: Resolved) => Refusal | undefined)[] = [
  tenantConsents,
  domainConsents,
  domainIsUnique,
  domainIsHeld,
  isFirstClaimant,
  containerIsAllowed,
];

function tenantConsents({ tenant, namespace }: Resolved): Refusal | undefined {
  if (consents(tenant.spec.allowedNamespaces, tenant.metadata.namespace ?? "", namespace)) return undefined;
  return refused(
    "TenantNotConsenting",
    `EntraTenant ${pathOf(tenant)} does not admit namespace ${namespace.name}: its owner adds it to spec.allowedNamespaces.`,
  );
}

function domainConsents({ domain, namespace }: Resolved): Refusal | undefined {
  if (consents(domain.spec.allowedNamespaces, domain.metadata.namespace ?? "", namespace)) return undefined;
  return refused(
    "DomainNotConsenting",
    `ADDomain ${pathOf(domain)} does not admit namespace ${namespace.name}: its owner adds it to spec.allowedNamespaces.`,
  );
}

function domainIsUnique({ domain, domainOwner }: Resolved): Refusal | undefined {
  if (domainOwner === undefined || domainOwner.metadata.uid === domain.metadata.uid) return undefined;
  return refused(
    "DomainNotUnique",
    `ADDomain ${pathOf(domainOwner)} is older and owns ${domain.spec.dnsName}: refer to it, or delete it.`,
  );
}

function domainIsHeld({ domain }: Resolved): Refusal | undefined {
  if (domain.metadata.deletionTimestamp !== undefined) {
    const message = `ADDomain ${pathOf(domain)} is being deleted: nothing new is written for it.`;
    return { kind: "waiting", reason: "DomainDeleting", message };
  }
  if ((domain.metadata.finalizers ?? []).includes(FINALIZERS.inUse)) return undefined;
  return {
    kind: "waiting",
    reason: "DomainNotAccepted",
    message: `ADDomain ${pathOf(domain)} has not been looked at yet.`,
  };
}

/** The vendor supports one configuration for each AD domain (entra-graph reference, section 2). */
function isFirstClaimant({ configuration, claimants, domain, tenant }: Resolved): Refusal | undefined {
  const [first] = [configuration, ...claimants].sort(olderFirst);
  if (first === undefined || first.metadata.uid === configuration.metadata.uid) return undefined;
  return refused(
    "DomainTaken",
    `SyncConfiguration ${pathOf(first)} is older and serves ${domain.spec.dnsName} in tenant ${tenant.spec.tenantID}, which may have one configuration a domain: use it, or delete it.`,
  );
}

function containerIsAllowed({ declared, domain }: Resolved): Refusal | undefined {
  const verdict = wantedContainer(declared, domain.spec.provisioningContainers);
  return verdict.kind === "refused" ? refused(verdict.reason, verdict.message) : undefined;
}

function identityRefusal(access: AccessResolution | undefined): Refusal {
  if (access?.kind === "refused") return refused(access.failure.reason, sentenceOf(access.failure));
  return refused("NoIdentity", "The EntraTenant names no identity that may read it: set spec.credential.");
}

function missing(
  word: string,
  kind: string,
  reference: { readonly name: string; readonly namespace?: string },
  configuration: SyncConfiguration,
): Refusal {
  const path = `${reference.namespace ?? configuration.metadata.namespace ?? ""}/${reference.name}`;
  return {
    kind: "waiting",
    reason: `${word}NotFound`,
    message: `${kind} ${path} does not exist, or lies outside the watched namespaces: apply it, or correct the reference.`,
  };
}

function refused(reason: string, message: string): Refusal {
  return { kind: "refused", reason, message };
}

function pathOf({ metadata }: ADDomain | EntraTenant | SyncConfiguration): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function olderFirst({ metadata: left }: SyncConfiguration, { metadata: right }: SyncConfiguration): number {
  return (
    compare(left.creationTimestamp, right.creationTimestamp) ||
    compare(left.namespace ?? "", right.namespace ?? "") ||
    compare(left.name, right.name)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
