/** Declares every cache of the operator, with the indexes that its loops ask for. */
import * as kinds from "../api/kinds.ts";
import { LEASE } from "../controllers/agent/registration-slot.ts";
import type { Caches } from "../controllers/loop-ports.ts";
import * as wake from "../controllers/wake.ts";
import type { KubeRuntime } from "../kube/runtime-port.ts";

export function declareCaches(kube: KubeRuntime, operatorNamespace: string): Caches {
  return {
    pools: kube.cacheOf(kinds.CLOUD_SYNC_AGENT_POOL, { indexes: wake.POOL_INDEXES }),
    agents: kube.cacheOf(kinds.CLOUD_SYNC_AGENT, { indexes: wake.AGENT_INDEXES }),
    domains: kube.cacheOf(kinds.AD_DOMAIN, { indexes: wake.DOMAIN_INDEXES }),
    tenants: kube.cacheOf(kinds.ENTRA_TENANT, { indexes: wake.TENANT_INDEXES }),
    configurations: kube.cacheOf(kinds.SYNC_CONFIGURATION, { indexes: wake.CONFIGURATION_INDEXES }),
    groupScopes: kube.cacheOf(kinds.GROUP_SCOPE, { indexes: wake.GROUP_SCOPE_INDEXES }),
    provisioningTests: kube.cacheOf(kinds.PROVISIONING_TEST, { indexes: wake.PROVISIONING_TEST_INDEXES }),
    namespaces: kube.cacheOf(wake.NAMESPACE),
    slots: kube.cacheOf(LEASE, { namespaces: [operatorNamespace] }),
  };
}
