/**
 * Which keys a change concerns, and the indexes that answer it. Pure and quick; never throws on any shape of object.
 */
import type { KubeObject, ObjectKey, ResourceKind } from "../kube/port.ts";
import { keyText } from "../kube/port.ts";
import { parseAgent, parsePool, parseProvisioningTest } from "../api/parse.ts";
import { SHOWN_BY_HOSTS } from "../fleet/domain/summary.ts";
import { INDEX, type Caches } from "./loop-ports.ts";
import { poolAgent } from "./pool/pool-agent.ts";

export type Key = ObjectKey;
type Keys = readonly Key[];

export const NAMESPACE: ResourceKind = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  isNamespaced: false,
};

/** Index functions of the agents' cache. */
export const AGENT_INDEXES = {
  [INDEX.agentsByUID]: (agent: KubeObject) => [agent.metadata.uid],
  [INDEX.agentsByPoolUID]: (agent: KubeObject) =>
    (agent.metadata.ownerReferences ?? []).flatMap(({ uid, controller }) => (controller === true ? [uid] : [])),
  [INDEX.agentsByPoolName]: (agent: KubeObject) => poolOfAgent(agent).map(keyText),
  [INDEX.agentsByDNSName]: (agent: KubeObject) =>
    present(textAt(agent, "spec", "template", "domain", "dnsName")?.toLowerCase()),
  [INDEX.agentsByTenant]: (agent: KubeObject) => referenceText(agent, ["spec", "template", "tenant"]),
  [INDEX.agentsByInstanceID]: (agent: KubeObject) => present(textAt(agent, "status", "instanceID")),
} as const;

export const POOL_INDEXES = {
  [INDEX.poolsByUID]: (pool: KubeObject) => [pool.metadata.uid],
  [INDEX.poolsByDomain]: (pool: KubeObject) => referenceText(pool, ["spec", "domainRef"]),
  [INDEX.poolsByTenant]: (pool: KubeObject) => referenceText(pool, ["spec", "tenantRef"]),
} as const;

export const DOMAIN_INDEXES = {
  [INDEX.domainsByDNSName]: (domain: KubeObject) => present(textAt(domain, "spec", "dnsName")?.toLowerCase()),
} as const;

export const TENANT_INDEXES = {
  [INDEX.tenantsByTenantID]: (tenant: KubeObject) => present(textAt(tenant, "spec", "tenantID")?.toLowerCase()),
} as const;

export const CONFIGURATION_INDEXES = {
  [INDEX.configurationsByTenant]: (configuration: KubeObject) => referenceText(configuration, ["spec", "tenantRef"]),
  [INDEX.configurationsByDomain]: (configuration: KubeObject) =>
    ["entraToAD", "adToEntra"].flatMap((member) => referenceText(configuration, ["spec", member, "domainRef"])),
  [INDEX.configurationsByUID]: (configuration: KubeObject) => [configuration.metadata.uid],
} as const;

export const GROUP_SCOPE_INDEXES = {
  [INDEX.groupScopesByConfiguration]: (scope: KubeObject) => referenceText(scope, ["spec", "configurationRef"]),
} as const;

export const PROVISIONING_TEST_INDEXES = {
  [INDEX.provisioningTestsByConfiguration]: (test: KubeObject) => referenceText(test, ["spec", "configurationRef"]),
  [INDEX.provisioningTestsByRead]: (test: KubeObject) =>
    present(textAt(test, "status", "run", "reader", "operationID")),
} as const;

export function poolOfAgent(agent: KubeObject): Keys {
  const name = textAt(agent, "spec", "poolRef", "name");
  return name === undefined ? [] : [{ namespace: agent.metadata.namespace ?? "", name }];
}

export function poolsOfDomain({ pools }: Caches) {
  return (domain: KubeObject): Keys => pools.byIndex(INDEX.poolsByDomain, pathOf(domain)).map(keyOf);
}

export function poolsOfTenant({ pools }: Caches) {
  return (tenant: KubeObject): Keys => pools.byIndex(INDEX.poolsByTenant, pathOf(tenant)).map(keyOf);
}

export function poolsOfNamespace({ pools }: Caches) {
  return (namespace: KubeObject): Keys =>
    pools
      .list()
      .filter(({ metadata }) => metadata.namespace === namespace.metadata.name)
      .map(keyOf);
}

export function agentItself(agent: KubeObject): Keys {
  return [keyOf(agent)];
}

/** The pool's loop writes its permission into the agent's own status: without this the agent sees it only at its next visit. */
export function permission(agent: KubeObject): unknown {
  return textAt(agent, "status", "retirement", "reason");
}

/** What a pool reads of an agent's record: steps on the way to Ready are not among it (C2). */
export function agentForPool(agent: KubeObject): unknown {
  const parsed = parseAgent(agent);
  return parsed.kind === "parsed" ? poolAgent(parsed.object, { kind: "unread" }, {}) : undefined;
}

/** What an agent reads of its pool's status. */
export function poolForAgents(pool: KubeObject): unknown {
  const parsed = parsePool(pool);
  if (parsed.kind !== "parsed") return undefined;
  const { released, awaitingRegistrationOn, slots, observedGeneration } = parsed.object.status;
  return [released, awaitingRegistrationOn, slots, observedGeneration];
}

/** What a domain shows of its agents: what their hosts have found in it. */
export function agentForDomain(agent: KubeObject): unknown {
  const parsed = parseAgent(agent);
  if (parsed.kind !== "parsed") return undefined;
  const conditions = parsed.object.status.conditions ?? [];
  return SHOWN_BY_HOSTS.map((link) => conditions.find(({ type }) => type === link)?.status);
}

export function agentsOfPool({ agents }: Caches) {
  return (pool: KubeObject): Keys => agents.byIndex(INDEX.agentsByPoolUID, pool.metadata.uid).map(keyOf);
}

export function agentsOfDomain({ agents }: Caches) {
  return (domain: KubeObject): Keys => agents.byIndex(INDEX.agentsByDNSName, dnsNameOf(domain)).map(keyOf);
}

export function agentsOfTenant({ agents }: Caches) {
  return (tenant: KubeObject): Keys => agents.byIndex(INDEX.agentsByTenant, pathOf(tenant)).map(keyOf);
}

/** A registration slot that was taken or given back concerns every agent of its domain. */
export function agentsOfSlot({ agents }: Caches) {
  return (lease: KubeObject): Keys =>
    slotDNSName(lease).flatMap((dnsName) => agents.byIndex(INDEX.agentsByDNSName, dnsName).map(keyOf));
}

export function domainsOfSlot({ domains }: Caches) {
  return (lease: KubeObject): Keys =>
    slotDNSName(lease).flatMap((dnsName) => domains.byIndex(INDEX.domainsByDNSName, dnsName).map(keyOf));
}

export function domainOfAgent(agent: KubeObject): Keys {
  const name = textAt(agent, "spec", "template", "domain", "name");
  const namespace = textAt(agent, "spec", "template", "domain", "namespace") ?? agent.metadata.namespace ?? "";
  return name === undefined ? [] : [{ namespace, name }];
}

/** Others that name the same DNS name: when the older one goes, the younger one takes over. */
export function rivalsOfDomain({ domains }: Caches) {
  return (domain: KubeObject): Keys => domains.byIndex(INDEX.domainsByDNSName, dnsNameOf(domain)).map(keyOf);
}

export function configurationsOfTenant({ configurations }: Caches) {
  return (tenant: KubeObject): Keys => configurations.byIndex(INDEX.configurationsByTenant, pathOf(tenant)).map(keyOf);
}

export function configurationsOfDomain({ configurations }: Caches) {
  return (domain: KubeObject): Keys => configurations.byIndex(INDEX.configurationsByDomain, pathOf(domain)).map(keyOf);
}

/** Others of the same tenant: when the older of two for one domain goes, the younger one takes over. */
export function rivalsOfConfiguration({ configurations, tenants }: Caches) {
  return (configuration: KubeObject): Keys =>
    referenceText(configuration, ["spec", "tenantRef"])
      .flatMap((path) => tenants.get(keyFrom(path)) ?? [])
      .flatMap((tenant) =>
        tenants.byIndex(INDEX.tenantsByTenantID, textAt(tenant, "spec", "tenantID")?.toLowerCase() ?? ""),
      )
      .flatMap((tenant) => configurations.byIndex(INDEX.configurationsByTenant, pathOf(tenant)).map(keyOf));
}

export function configurationOfTest(test: KubeObject): Keys {
  return referenceText(test, ["spec", "configurationRef"]).map(keyFrom);
}

/** What a configuration reads of a test: how its newest run ended, and of what. */
export function testForConfiguration(test: KubeObject): unknown {
  const parsed = parseProvisioningTest(test);
  if (parsed.kind !== "parsed") return undefined;
  const { last } = parsed.object.status;
  return [last?.result, last?.reason, last?.generation, last?.schemaHash];
}

export function configurationsOfNamespace({ configurations }: Caches) {
  return (namespace: KubeObject): Keys =>
    configurations
      .list()
      .filter(({ metadata }) => metadata.namespace === namespace.metadata.name)
      .map(keyOf);
}

/** The domain that a configuration keeps in use. */
export function domainOfConfiguration(configuration: KubeObject): Keys {
  return ["entraToAD", "adToEntra"]
    .flatMap((member) => referenceText(configuration, ["spec", member, "domainRef"]))
    .map(keyFrom);
}

function keyFrom(path: string): Key {
  const slash = path.indexOf("/");
  return { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}

function slotDNSName(lease: KubeObject): readonly string[] {
  return present(lease.metadata.annotations?.["cloudsync.dev/dns-name"]?.toLowerCase());
}

function dnsNameOf(domain: KubeObject): string {
  return textAt(domain, "spec", "dnsName")?.toLowerCase() ?? "";
}

function pathOf({ metadata }: KubeObject): string {
  return keyText({ namespace: metadata.namespace ?? "", name: metadata.name });
}

function keyOf({ metadata }: KubeObject): Key {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}

function referenceText(object: KubeObject, path: readonly string[]): readonly string[] {
  const name = textAt(object, ...path, "name");
  const namespace = textAt(object, ...path, "namespace") ?? object.metadata.namespace ?? "";
  return name === undefined ? [] : [keyText({ namespace, name })];
}

function textAt(object: unknown, ...path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    object,
  );
  return typeof value === "string" && value !== "" ? value : undefined;
}

function present(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
