/**
 * Reads everything that one pass over a configuration stands on.
 * Guarantees: no call to Graph before every reference consents, the domain is free and the identity is granted.
 */
import { claimantsOf } from "./claims.ts";
import { domainAt, domainsNaming, modeSource, referenceKey, tenantAt } from "../references.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { parseProvisioningTest } from "../../api/parse.ts";
import { dnsNameOwner } from "../../fleet/domain/ownership.ts";
import { effectiveMode } from "../../fleet/effective-mode.ts";
import { keyText } from "../../kube/port.ts";
import { variantOf, type ConnectorVariant } from "../../sync/configuration/connector.ts";
import { isDeletedInEntra } from "../../sync/configuration/deletion.ts";
import { checkConfigurationReferences } from "../../sync/configuration/references.ts";
import type { ConfigurationSnapshot, EntraView, ReferenceVerdict } from "../../sync/configuration/snapshot.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import type { ConfigurationMemory } from "./memory.ts";
import type { ConfigurationPorts } from "./ports.ts";
import { readEntra } from "./read-entra.ts";

export async function observeConfiguration(
  configuration: SyncConfiguration,
  ports: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<ConfigurationSnapshot> {
  const { caches, clock, entraSettings, trust } = ports;
  const namespace = configuration.metadata.namespace ?? "";
  const variant = variantOf(configuration);
  const tenant = tenantAt(caches, referenceKey(configuration.spec.tenantRef, namespace));
  const domain =
    variant.kind === "EntraToAD" ? domainAt(caches, referenceKey(variant.declared.domainRef, namespace)) : undefined;
  const references = referencesOf(configuration, variant, ports);
  const nowMs = clock.nowMs();
  const base = {
    configuration,
    variant,
    references,
    mode: effectiveMode(
      [tenant, domain, configuration].flatMap((object) => (object === undefined ? [] : [modeSource(object)])),
    ),
    gate: gateOf(configuration, caches),
    tests: testsOf(configuration, caches),
    nowMs,
  };
  const isApprovalTrusted = configuration.spec.approvals === undefined || (await trust.isTrusted(signal));
  const permissions = { allowedUnverified: entraSettings.allowedUnverified, isApprovalTrusted };
  const entra: EntraView = isWorthAsking(base)
    ? await readEntra({ ...base, permissions }, ports, memory, signal)
    : { kind: "unasked" };
  return { ...base, permissions, entra };
}

function isWorthAsking({
  configuration,
  variant,
  references,
}: Omit<ConfigurationSnapshot, "entra" | "permissions">): boolean {
  if (variant.kind !== "EntraToAD" || references.kind !== "resolved") return false;
  return configuration.metadata.deletionTimestamp === undefined || isDeletedInEntra(configuration);
}

function referencesOf(
  configuration: SyncConfiguration,
  variant: ConnectorVariant,
  ports: ConfigurationPorts,
): ReferenceVerdict {
  const { caches, entra } = ports;
  const namespace = configuration.metadata.namespace ?? "";
  if (variant.kind !== "EntraToAD") return { kind: "waiting", reason: "ConnectorNotServed", message: "" };
  const tenant = tenantAt(caches, referenceKey(configuration.spec.tenantRef, namespace));
  const domain = domainAt(caches, referenceKey(variant.declared.domainRef, namespace));
  const access =
    tenant === undefined
      ? undefined
      : entra.access.resolve(
          { namespace: tenant.metadata.namespace ?? "", cloud: tenant.spec.cloud, tenantID: tenant.spec.tenantID },
          tenant.spec.credential,
        );
  const isDeleting = configuration.metadata.deletionTimestamp !== undefined;
  const evidence = {
    configuration,
    declared: variant.declared,
    namespace: { name: namespace, labels: caches.namespaces.get({ namespace: "", name: namespace })?.metadata.labels },
    tenant,
    domain,
    domainOwner: domain === undefined ? undefined : dnsNameOwner(domain, domainsNaming(caches, domain.spec.dnsName)),
    claimants:
      tenant === undefined || domain === undefined
        ? []
        : claimantsOf(tenant.spec.tenantID, domain.spec.dnsName, caches),
    access,
  };
  // What is to be undone needs the tenant, the domain's object and an identity; who may use them was judged when it was made.
  if (isDeleting && tenant !== undefined && domain !== undefined && access?.kind === "granted")
    return { kind: "resolved", references: { tenant, domain, access: access.access } };
  return checkConfigurationReferences(evidence);
}

function testsOf({ metadata }: SyncConfiguration, caches: Caches) {
  const path = keyText({ namespace: metadata.namespace ?? "", name: metadata.name });
  return caches.provisioningTests.byIndex(INDEX.provisioningTestsByConfiguration, path).flatMap((object) => {
    const parsed = parseProvisioningTest(object);
    return parsed.kind === "parsed" ? [parsed.object] : [];
  });
}

function gateOf({ spec, metadata }: SyncConfiguration, caches: Caches) {
  const { gateRef } = spec.start;
  if (gateRef === undefined) return undefined;
  const object = caches.provisioningTests.get({ namespace: metadata.namespace ?? "", name: gateRef.name });
  const parsed = object === undefined ? undefined : parseProvisioningTest(object);
  return parsed?.kind === "parsed" ? parsed.object : undefined;
}
