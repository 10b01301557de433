/** Declares every cache of the operator, with the indexes that its loops ask for. */
import * as kinds from "../api/kinds.ts";
import { LEASE } from "../controllers/agent/registration-slot.ts";
import type { Caches } from "../controllers/loop-ports.ts";
import * as wake from "../controllers/wake.ts";
import type { KubeObject, ObjectCache, ResourceKind } from "../kube/port.ts";
import type { KubeRuntime } from "../kube/runtime-port.ts";

export interface DeclaredCaches {
  readonly caches: Caches;
  readonly cacheOf: (kind: ResourceKind) => ObjectCache<KubeObject>;
}

export function declareCaches(kube: KubeRuntime, operatorNamespace: string): DeclaredCaches {
  const byPlural = new Map<string, ObjectCache<KubeObject>>();
  const declare = (
    kind: ResourceKind,
    options: Parameters<KubeRuntime["cacheOf"]>[1] = {},
  ): ObjectCache<KubeObject> => {
    const cache = kube.cacheOf(kind, options);
    byPlural.set(kind.plural, cache);
    return cache;
  };
  const caches: Caches = {
    pools: declare(kinds.CLOUD_SYNC_AGENT_POOL, { indexes: wake.POOL_INDEXES }),
    agents: declare(kinds.CLOUD_SYNC_AGENT, { indexes: wake.AGENT_INDEXES }),
    domains: declare(kinds.AD_DOMAIN, { indexes: wake.DOMAIN_INDEXES }),
    tenants: declare(kinds.ENTRA_TENANT, { indexes: wake.TENANT_INDEXES }),
    configurations: declare(kinds.SYNC_CONFIGURATION, { indexes: wake.CONFIGURATION_INDEXES }),
    groupScopes: declare(kinds.GROUP_SCOPE, { indexes: wake.GROUP_SCOPE_INDEXES }),
    provisioningTests: declare(kinds.PROVISIONING_TEST, { indexes: wake.PROVISIONING_TEST_INDEXES }),
    namespaces: declare(wake.NAMESPACE),
    slots: declare(LEASE, { namespaces: [operatorNamespace] }),
  };
  return {
    caches,
    cacheOf(kind) {
      const cache = byPlural.get(kind.plural);
      if (cache === undefined) throw new Error(`no cache of ${kind.kind} is declared`);
      return cache;
    },
  };
}
