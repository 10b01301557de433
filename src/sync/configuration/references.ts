/**
 * The checks that stand before any call to Graph leaves for a configuration, in the order in which a person would look.
 * Guarantees: the first refusal is named with what to do; of two objects that mean the same tenant and domain the older wins.
 * Never: needs an answer from outside the cluster.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { AccessResolution } from "../../entra/access/port.ts";
import type { NamespaceLabels } from "../../fleet/consent.ts";
import {
  domainConsents,
  domainIsHeld,
  domainIsUnique,
  missingReference,
  pathOf,
  refused,
  tenantConsents,
  type Refusal,
} from "../../fleet/shared-references.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import type { EntraToADDeclaration } from "./connector.ts";
import type { ReferenceVerdict } from "./snapshot.ts";
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
  if (tenant === undefined) return missingReference("EntraTenant", configuration.spec.tenantRef, configuration);
  if (domain === undefined) return missingReference("ADDomain", declared.domainRef, configuration);
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

/** Of two configurations for one thing the older wins (design, section 2). */
export function olderFirst({ metadata: left }: SyncConfiguration, { metadata: right }: SyncConfiguration): number {
  return (
    compare(left.creationTimestamp, right.creationTimestamp) ||
    compare(left.namespace ?? "", right.namespace ?? "") ||
    compare(left.name, right.name)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
