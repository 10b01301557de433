/**
 * Which keys a change on the Entra side concerns, and what of a status concerns others. Pure and quick; never throws on any shape of object.
 */
import { parseAgent, parseConfiguration } from "../api/parse.ts";
import type { SyncConfiguration } from "../api/sync-configuration.ts";
import { jobFacts } from "../fleet/entra-view.ts";
import { keyOf, keyText, type KubeObject, type ObjectKey } from "../kube/port.ts";
import { INDEX, type Caches } from "./loop-ports.ts";
import { referenceKey } from "./references.ts";
import { domainOfAgent } from "./wake.ts";

type Keys = readonly ObjectKey[];

/** The tests of a configuration. */
export function testsOfConfiguration({ provisioningTests }: Caches) {
  return (configuration: KubeObject): Keys =>
    provisioningTests.byIndex(INDEX.provisioningTestsByConfiguration, pathOf(configuration)).map(keyOf);
}

/** What a test reads of its configuration's status. */
export function configurationForTests(object: KubeObject): unknown {
  const configuration = configurationFrom(object);
  if (configuration === undefined) return undefined;
  const { servicePrincipalID, schemaHash, jobs = [], conditions = [] } = configuration.status;
  return [
    servicePrincipalID,
    schemaHash,
    jobs.map(({ id, state, quarantine }) => [id, state, quarantine?.reason]),
    ["Provisioned", "SchemaInSync", "SecretsInSync"].map((type) => {
      const condition = conditions.find((one) => one.type === type);
      return [condition?.status, condition?.observedGeneration];
    }),
  ];
}

export function testsOfTenant(caches: Caches) {
  return (tenant: KubeObject): Keys =>
    testsOf(caches.configurations.byIndex(INDEX.configurationsByTenant, pathOf(tenant)), caches);
}

export function testsOfDomain(caches: Caches) {
  return (domain: KubeObject): Keys =>
    testsOf(caches.configurations.byIndex(INDEX.configurationsByDomain, pathOf(domain)), caches);
}

/** A host that becomes Ready can read AD for the tests of its domain. */
export function testsOfAgent(caches: Caches) {
  return (agent: KubeObject): Keys =>
    domainOfAgent(agent).flatMap((key) =>
      testsOf(caches.configurations.byIndex(INDEX.configurationsByDomain, keyText(key)), caches),
    );
}

/** What a test reads of an agent's status. */
export function agentForTests(object: KubeObject): unknown {
  const parsed = parseAgent(object);
  if (parsed.kind !== "parsed") return undefined;
  const { conditions, instanceID } = parsed.object.status;
  return [conditions?.find(({ type }) => type === "Ready")?.status, instanceID];
}

/** The agents whose Entra view a configuration's jobs are. */
export function agentsOfConfiguration(caches: Caches) {
  return (object: KubeObject): Keys => {
    const dnsName = dnsNameOf(object, caches);
    return dnsName === undefined ? [] : caches.agents.byIndex(INDEX.agentsByDNSName, dnsName).map(keyOf);
  };
}

export function poolsOfConfiguration(caches: Caches) {
  return (object: KubeObject): Keys => {
    const key = domainKeyOf(object);
    return key === undefined ? [] : caches.pools.byIndex(INDEX.poolsByDomain, keyText(key)).map(keyOf);
  };
}

/** What agents and pools read of a configuration's status: whether its jobs are well, and not when they last ran (C2, C3). */
export function configurationForAgents(object: KubeObject): unknown {
  const configuration = configurationFrom(object);
  return configuration === undefined ? undefined : jobFacts(configuration);
}

/** Every object that names the tenant of a configuration: the vendor counts by tenant. */
export function tenantsOfConfiguration(caches: Caches) {
  return (object: KubeObject): Keys => {
    const configuration = configurationFrom(object);
    if (configuration === undefined) return [];
    const key = referenceKey(configuration.spec.tenantRef, configuration.metadata.namespace ?? "");
    const tenant = caches.tenants.get(key);
    return tenant === undefined ? [key] : rivalsOfTenant(caches)(tenant);
  };
}

/** What a tenant reads of a configuration's status. */
export function configurationForTenant(object: KubeObject): unknown {
  return configurationFrom(object)?.status.servicePrincipalID;
}

/** Others that name the same tenant: when the older one goes, the younger one takes over. */
export function rivalsOfTenant({ tenants }: Caches) {
  return (tenant: KubeObject): Keys => {
    const spec = "spec" in tenant ? (tenant.spec as { readonly tenantID?: unknown }) : {};
    const tenantID = typeof spec.tenantID === "string" ? spec.tenantID.toLowerCase() : "";
    return tenants.byIndex(INDEX.tenantsByTenantID, tenantID).map(keyOf);
  };
}

/** The first scope or test of a configuration changes what its tenant's identities need. */
export function tenantsOfDependant(caches: Caches) {
  return (object: KubeObject): Keys => {
    const spec = "spec" in object ? (object.spec as { readonly configurationRef?: unknown }) : {};
    const reference = spec.configurationRef as { readonly name?: unknown; readonly namespace?: unknown } | undefined;
    if (typeof reference?.name !== "string") return [];
    const namespace = typeof reference.namespace === "string" ? reference.namespace : (object.metadata.namespace ?? "");
    const configuration = caches.configurations.get({ namespace, name: reference.name });
    return configuration === undefined ? [] : tenantsOfConfiguration(caches)(configuration);
  };
}

/** Agents of a tenant that come or go decide whether it is still in use. */
export function tenantOfAgent(object: KubeObject): Keys {
  const parsed = parseAgent(object);
  if (parsed.kind !== "parsed") return [];
  const { name, namespace } = parsed.object.spec.template.tenant;
  return name === undefined ? [] : [{ namespace: namespace ?? parsed.object.metadata.namespace ?? "", name }];
}

function testsOf(configurations: readonly KubeObject[], caches: Caches): Keys {
  return configurations.flatMap(testsOfConfiguration(caches));
}

function domainKeyOf(object: KubeObject): ObjectKey | undefined {
  const configuration = configurationFrom(object);
  const reference = configuration?.spec.entraToAD?.domainRef ?? configuration?.spec.adToEntra?.domainRef;
  return configuration === undefined || reference === undefined
    ? undefined
    : referenceKey(reference, configuration.metadata.namespace ?? "");
}

function dnsNameOf(object: KubeObject, { domains }: Caches): string | undefined {
  const key = domainKeyOf(object);
  const domain = key === undefined ? undefined : domains.get(key);
  const spec = domain !== undefined && "spec" in domain ? (domain.spec as { readonly dnsName?: unknown }) : {};
  return typeof spec.dnsName === "string" ? spec.dnsName.toLowerCase() : undefined;
}

function configurationFrom(object: KubeObject): SyncConfiguration | undefined {
  const parsed = parseConfiguration(object);
  return parsed.kind === "parsed" ? parsed.object : undefined;
}

function pathOf(object: KubeObject): string {
  return keyText(keyOf(object));
}
