/**
 * The registry: every loop of the operator, a line each, and what wakes it. Start reading here.
 */
import { agentReconciler } from "./controllers/agent/controller.ts";
import type { AgentPorts } from "./controllers/agent/ports.ts";
import { LEASE } from "./controllers/agent/registration-slot.ts";
import { configurationReconciler } from "./controllers/configuration/controller.ts";
import type { ConfigurationPorts } from "./controllers/configuration/ports.ts";
import { domainReconciler } from "./controllers/domain/controller.ts";
import { poolReconciler } from "./controllers/pool/controller.ts";
import type { PoolPorts } from "./controllers/pool/ports.ts";
import { testReconciler } from "./controllers/provisioning-test/controller.ts";
import type { TestPorts } from "./controllers/provisioning-test/ports.ts";
import { addScopeLoops } from "./controllers/scope/loops.ts";
import { tenantReconciler } from "./controllers/tenant/controller.ts";
import * as wake from "./controllers/wake.ts";
import * as entra from "./controllers/wake-entra.ts";
import * as kinds from "./api/kinds.ts";
import type { ControllerHandle, ControllerOptions } from "./kube/controller-options.ts";
import type { KubeObject, ResourceKind } from "./kube/port.ts";

export interface Registrar {
  addController(options: ControllerOptions): ControllerHandle;
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

export type LoopsPorts = AgentPorts & PoolPorts & TestPorts & ConfigurationPorts;

export function addLoops(registrar: Registrar, ports: LoopsPorts, settings: LoopSettings): Loops {
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
      specOf(kinds.SYNC_CONFIGURATION, entra.poolsOfConfiguration(caches), entra.configurationForAgents),
      specOf(wake.NAMESPACE, wake.poolsOfNamespace(caches)),
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
      specOf(kinds.SYNC_CONFIGURATION, entra.agentsOfConfiguration(caches), entra.configurationForAgents),
      statusOf(LEASE, wake.agentsOfSlot(caches)),
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
      specOf(kinds.ENTRA_TENANT, entra.rivalsOfTenant(caches)),
      specOf(kinds.SYNC_CONFIGURATION, entra.tenantsOfConfiguration(caches), entra.configurationForTenant),
      specOf(kinds.GROUP_SCOPE, entra.tenantsOfDependant(caches)),
      specOf(kinds.PROVISIONING_TEST, entra.tenantsOfDependant(caches)),
      specOf(kinds.CLOUD_SYNC_AGENT, entra.tenantOfAgent),
    ],
  });
  const configuration = add({
    name: "configuration",
    kind: kinds.SYNC_CONFIGURATION,
    reconcile: configurationReconciler(ports),
    watches: [
      specOf(kinds.ENTRA_TENANT, wake.configurationsOfTenant(caches)),
      specOf(kinds.AD_DOMAIN, wake.configurationsOfDomain(caches)),
      specOf(kinds.SYNC_CONFIGURATION, wake.rivalsOfConfiguration(caches)),
      specOf(kinds.PROVISIONING_TEST, wake.configurationOfTest, wake.testForConfiguration),
      specOf(wake.NAMESPACE, wake.configurationsOfNamespace(caches)),
    ],
  });
  const scopes = addScopeLoops(add, ports);
  const test = add({
    name: "provisioning-test",
    kind: kinds.PROVISIONING_TEST,
    reconcile: testReconciler(ports),
    watches: [
      specOf(kinds.SYNC_CONFIGURATION, entra.testsOfConfiguration(caches), entra.configurationForTests),
      specOf(kinds.ENTRA_TENANT, entra.testsOfTenant(caches)),
      specOf(kinds.AD_DOMAIN, entra.testsOfDomain(caches)),
      specOf(kinds.CLOUD_SYNC_AGENT, entra.testsOfAgent(caches), entra.agentForTests),
    ],
  });
  return { pool, agent, test, all: [pool, agent, domain, tenant, configuration, ...scopes, test] };
}

/** A pass that changed something is followed by the next one after this; it only keeps two passes of a key apart. */
const VISIT_GAP_MS = 100;
