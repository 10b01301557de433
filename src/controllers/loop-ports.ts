/** What every loop is given. Nothing here is global: the composition root makes it once. */
import type { EventPort, KubeObject, KubePort, ObjectCache } from "../kube/port.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { FleetFigures } from "../runtime/metrics-fleet.ts";

export interface LoopPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly kube: KubePort;
  readonly events: EventPort;
  readonly caches: Caches;
  /** Namespace in which the operator keeps what is its own (registration slots). */
  readonly operatorNamespace: string;
  /** The value of the ownership tag (S2). */
  readonly ownerID: string;
  readonly figures: FleetFigures;
  /** Whether this process may still act outside: leader, with more lease left than a call takes. */
  readonly mayAct: () => boolean;
}

/** Unparsed objects as the API server serves them; loops parse what they use. */
export interface Caches {
  readonly pools: ObjectCache<KubeObject>;
  readonly agents: ObjectCache<KubeObject>;
  readonly domains: ObjectCache<KubeObject>;
  readonly tenants: ObjectCache<KubeObject>;
  readonly configurations: ObjectCache<KubeObject>;
  readonly groupScopes: ObjectCache<KubeObject>;
  readonly provisioningTests: ObjectCache<KubeObject>;
  readonly namespaces: ObjectCache<KubeObject>;
  /** Leases of the operator's namespace: registration slots among them. */
  readonly slots: ObjectCache<KubeObject>;
}

/** Index names, declared where the caches are made. */
export const INDEX = {
  agentsByPoolUID: "poolUID",
  agentsByUID: "uid",
  agentsByPoolName: "poolName",
  agentsByDNSName: "dnsName",
  agentsByTenant: "tenant",
  agentsByInstanceID: "instanceID",
  poolsByUID: "uid",
  poolsByDomain: "domain",
  poolsByTenant: "tenant",
  domainsByDNSName: "dnsName",
  tenantsByTenantID: "tenantID",
  configurationsByTenant: "tenant",
  configurationsByDomain: "domain",
  configurationsByUID: "uid",
  groupScopesByConfiguration: "configuration",
  provisioningTestsByConfiguration: "configuration",
  provisioningTestsByRead: "read",
} as const;
