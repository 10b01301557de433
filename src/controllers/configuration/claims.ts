/**
 * Which other objects lay claim to the same tenant, whichever objects they name: the real tenant and DNS name count (design, section 2).
 * Never: calls Graph.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { parseConfiguration, parseTenant } from "../../api/parse.ts";
import { consents } from "../../fleet/consent.ts";
import { keyText } from "../../kube/port.ts";
import { variantOf } from "../../sync/configuration/connector.ts";
import { olderFirst } from "../../sync/configuration/references.ts";
import type { Candidate } from "../../sync/configuration/snapshot.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import { domainAt, referenceKey } from "../references.ts";

/** Configurations of any namespace that mean the same tenant and DNS name. */
export function claimantsOf(tenantID: string, dnsName: string, caches: Caches): readonly SyncConfiguration[] {
  return configurationsOf(tenantID, caches)
    .filter(({ configuration }) => servedDNSName(configuration, caches) === dnsName.toLowerCase())
    .map(({ configuration }) => configuration);
}

/**
 * How many domains of the tenant have an older configuration declared that Entra does not show yet: applied together, none of them sees the others there.
 */
export function countAhead(
  configuration: SyncConfiguration,
  { tenantID, candidates }: { readonly tenantID: string; readonly candidates: readonly Candidate[] },
  caches: Caches,
): number {
  const ids = new Set(candidates.map(({ servicePrincipal }) => servicePrincipal.id));
  const there = new Set(candidates.flatMap(({ secrets }) => (secrets.kind === "read" ? (secrets.domain ?? []) : [])));
  const ahead = configurationsOf(tenantID, caches)
    .filter((other) => other.isAdmitted && olderFirst(other.configuration, configuration) < 0)
    .filter(({ configuration: { metadata } }) => metadata.deletionTimestamp === undefined)
    .filter(
      ({ configuration: { spec, status } }) =>
        !ids.has(status.servicePrincipalID ?? spec.adopt?.servicePrincipalID ?? ""),
    )
    .flatMap((other) => servedDNSName(other.configuration, caches) ?? []);
  const own = servedDNSName(configuration, caches);
  return new Set(ahead.filter((dnsName) => dnsName !== own && !there.has(dnsName))).size;
}

interface Claim {
  readonly configuration: SyncConfiguration;
  /** The EntraTenant that it names lets its namespace in. */
  readonly isAdmitted: boolean;
}

function configurationsOf(tenantID: string, caches: Caches): readonly Claim[] {
  return caches.tenants.byIndex(INDEX.tenantsByTenantID, tenantID.toLowerCase()).flatMap((object) => {
    const tenant = parseTenant(object);
    const namespace = object.metadata.namespace ?? "";
    return caches.configurations
      .byIndex(INDEX.configurationsByTenant, keyText({ namespace, name: object.metadata.name }))
      .flatMap((claimant): readonly Claim[] => {
        const parsed = parseConfiguration(claimant);
        if (parsed.kind !== "parsed") return [];
        const from = parsed.object.metadata.namespace ?? "";
        const labels = caches.namespaces.get({ namespace: "", name: from })?.metadata.labels;
        const isAdmitted =
          tenant.kind === "parsed" && consents(tenant.object.spec.allowedNamespaces, namespace, { name: from, labels });
        return [{ configuration: parsed.object, isAdmitted }];
      });
  });
}

function servedDNSName(configuration: SyncConfiguration, caches: Caches): string | undefined {
  const variant = variantOf(configuration);
  if (variant.kind !== "EntraToAD") return undefined;
  const key = referenceKey(variant.declared.domainRef, configuration.metadata.namespace ?? "");
  return domainAt(caches, key)?.spec.dnsName.toLowerCase();
}
