/** Declares every cache of the operator, with the indexes that its loops ask for. */
import * as kinds from "../api/kinds.ts";
import { LEASE } from "../controllers/agent/registration-slot.ts";
import type { Caches } from "../controllers/loop-ports.ts";
import { AGENT_INDEXES, DOMAIN_INDEXES, NAMESPACE, POOL_INDEXES } from "../controllers/wake.ts";
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
    pools: declare(kinds.CLOUD_SYNC_AGENT_POOL, { indexes: POOL_INDEXES }),
    agents: declare(kinds.CLOUD_SYNC_AGENT, { indexes: AGENT_INDEXES }),
    domains: declare(kinds.AD_DOMAIN, { indexes: DOMAIN_INDEXES }),
    tenants: declare(kinds.ENTRA_TENANT),
    namespaces: declare(NAMESPACE),
    slots: declare(LEASE, { namespaces: [operatorNamespace] }),
  };
  for (const kind of [kinds.SYNC_CONFIGURATION, kinds.GROUP_SCOPE, kinds.PROVISIONING_TEST]) declare(kind);
  return {
    caches,
    cacheOf(kind) {
      const cache = byPlural.get(kind.plural);
      if (cache === undefined) throw new Error(`no cache of ${kind.kind} is declared`);
      return cache;
    },
  };
}
