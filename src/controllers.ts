/**
 * The registry: every loop of the operator, a line each, and what wakes it. Start reading here.
 */
import { agentReconciler } from "./controllers/agent/controller.ts";
import type { AgentPorts } from "./controllers/agent/ports.ts";
import { LEASE } from "./controllers/agent/registration-slot.ts";
import { approvalTrust } from "./controllers/approval-trust.ts";
import { configurationReconciler } from "./controllers/configuration/controller.ts";
import { domainReconciler } from "./controllers/domain/controller.ts";
import { testReconciler } from "./controllers/provisioning-test/controller.ts";
import type { TestPorts } from "./controllers/provisioning-test/ports.ts";
import { tenantReconciler } from "./controllers/tenant/controller.ts";
import { poolReconciler } from "./controllers/pool/controller.ts";
import type { PoolPorts } from "./controllers/pool/ports.ts";
import { unservedReconciler, type UnservedKind } from "./controllers/unserved/controller.ts";
import * as wake from "./controllers/wake.ts";
import * as wakeEntra from "./controllers/wake-entra.ts";
import * as kinds from "./api/kinds.ts";
import type { ControllerHandle, ControllerOptions } from "./kube/controller-options.ts";
import type { KubeObject, ObjectCache, ResourceKind } from "./kube/port.ts";

export interface Registrar {
  addController(options: ControllerOptions): ControllerHandle;
  cacheOf(kind: ResourceKind): ObjectCache<KubeObject>;
}

export interface LoopSettings {
  readonly workers: number;
  readonly resyncMs: number;
  readonly passTimeoutMs: number;
}

export interface Loops {
  readonly pool: ControllerHandle;
  readonly agent: ControllerHandle;
  readonly test: ControllerHandle;
  readonly all: readonly ControllerHandle[];
}

export function addLoops(
  registrar: Registrar,
  ports: AgentPorts & PoolPorts & TestPorts,
  settings: LoopSettings,
): Loops {
  const { caches } = ports;
  const add = (options: Omit<ControllerOptions, keyof LoopSettings>) =>
    registrar.addController({ ...settings, minGapMs: VISIT_GAP_MS, ...options });
  const statusOf = (kind: ResourceKind, keysOf: (object: KubeObject) => readonly wake.Key[]) => ({
    kind,
    keysOf,
    trigger: "Status" as const,
  });
  /** `facts`: what of its status matters as well. */
  const specOf = (
    kind: ResourceKind,
    keysOf: (object: KubeObject) => readonly wake.Key[],
    facts?: (object: KubeObject) => unknown,
  ) => ({
    kind,
    keysOf,
    trigger: "Spec" as const,
    ...(facts === undefined ? {} : { facts }),
  });

  const pool = add({
    name: "pool",
    kind: kinds.CLOUD_SYNC_AGENT_POOL,
    reconcile: poolReconciler(ports),
    watches: [
      specOf(kinds.CLOUD_SYNC_AGENT, wake.poolOfAgent, wake.agentForPool),
      specOf(kinds.AD_DOMAIN, wake.poolsOfDomain(caches)),
      specOf(kinds.ENTRA_TENANT, wake.poolsOfTenant(caches)),
      specOf(wake.NAMESPACE, wake.poolsOfNamespace(caches)),
      specOf(kinds.SYNC_CONFIGURATION, wakeEntra.poolsOfConfiguration(caches), wakeEntra.configurationForAgents),
    ],
  });
  const agent = add({
    name: "agent",
    kind: kinds.CLOUD_SYNC_AGENT,
    reconcile: agentReconciler(ports),
    watches: [
      specOf(kinds.CLOUD_SYNC_AGENT, wake.agentItself, wake.permission),
      specOf(kinds.CLOUD_SYNC_AGENT_POOL, wake.agentsOfPool(caches), wake.poolForAgents),
      specOf(kinds.AD_DOMAIN, wake.agentsOfDomain(caches)),
      specOf(kinds.ENTRA_TENANT, wake.agentsOfTenant(caches)),
      statusOf(LEASE, wake.agentsOfSlot(caches)),
      specOf(kinds.SYNC_CONFIGURATION, wakeEntra.agentsOfConfiguration(caches), wakeEntra.configurationForAgents),
    ],
  });
  const domain = add({
    name: "domain",
    kind: kinds.AD_DOMAIN,
    reconcile: domainReconciler(ports),
    watches: [
      specOf(kinds.CLOUD_SYNC_AGENT, wake.domainOfAgent, wake.agentForDomain),
      statusOf(LEASE, wake.domainsOfSlot(caches)),
      specOf(kinds.AD_DOMAIN, wake.rivalsOfDomain(caches)),
      specOf(kinds.SYNC_CONFIGURATION, wake.domainOfConfiguration),
    ],
  });
  const tenant = add({
    name: "tenant",
    kind: kinds.ENTRA_TENANT,
    reconcile: tenantReconciler(ports),
    watches: [
      specOf(kinds.SYNC_CONFIGURATION, wakeEntra.tenantsOfConfiguration(caches), wakeEntra.configurationForTenant),
      specOf(kinds.GROUP_SCOPE, wakeEntra.tenantsOfDependant(caches)),
      specOf(kinds.PROVISIONING_TEST, wakeEntra.tenantsOfDependant(caches)),
      specOf(kinds.CLOUD_SYNC_AGENT, wakeEntra.tenantOfAgent),
      specOf(kinds.ENTRA_TENANT, wakeEntra.rivalsOfTenant(caches)),
    ],
  });
  const test = add({
    name: "test",
    kind: kinds.PROVISIONING_TEST,
    reconcile: testReconciler(ports),
    watches: [
      specOf(kinds.SYNC_CONFIGURATION, wakeEntra.testsOfConfiguration(caches), wakeEntra.configurationForTests),
      specOf(kinds.CLOUD_SYNC_AGENT, wakeEntra.testsOfAgent(caches), wakeEntra.agentForTests),
      specOf(kinds.AD_DOMAIN, wakeEntra.testsOfDomain(caches)),
      specOf(kinds.ENTRA_TENANT, wakeEntra.testsOfTenant(caches)),
    ],
  });
  const configuration = add({
    name: "configuration",
    kind: kinds.SYNC_CONFIGURATION,
    reconcile: configurationReconciler({ ...ports, trust: approvalTrust(ports) }),
    watches: [
      specOf(kinds.ENTRA_TENANT, wake.configurationsOfTenant(caches)),
      specOf(kinds.AD_DOMAIN, wake.configurationsOfDomain(caches)),
      specOf(kinds.SYNC_CONFIGURATION, wake.rivalsOfConfiguration(caches)),
      specOf(kinds.PROVISIONING_TEST, wake.configurationOfTest, wake.testForConfiguration),
      specOf(wake.NAMESPACE, wake.configurationsOfNamespace(caches)),
    ],
  });
  const unserved = UNSERVED.map((resource) =>
    add({
      name: `unserved-${resource.plural}`,
      kind: resource,
      reconcile: unservedReconciler(resource, registrar.cacheOf(resource), ports),
    }),
  );
  return { pool, agent, test, all: [pool, agent, domain, tenant, test, configuration, ...unserved] };
}

/** A pass that changed something is followed by the next one after this; it only keeps two passes of a key apart. */
const VISIT_GAP_MS = 100;

const UNSERVED: readonly (ResourceKind & { readonly kind: UnservedKind })[] = [
  { ...kinds.GROUP_SCOPE, kind: "GroupScope" },
];
