/** Looks up what a namespaced reference names, parsed; absent and unreadable are the same to a loop: not there yet. */
import type { ADDomain } from "../api/ad-domain.ts";
import type { CloudSyncAgentPool } from "../api/cloud-sync-agent-pool.ts";
import type { EntraTenant } from "../api/entra-tenant.ts";
import { ANNOTATIONS } from "../api/kinds.ts";
import { parseDomain, parsePool, parseTenant } from "../api/parse.ts";
import type { ModeSource } from "../fleet/effective-mode.ts";
import type { KubeObject, ObjectKey } from "../kube/port.ts";
import { INDEX, type Caches } from "./loop-ports.ts";

export function referenceKey(
  reference: { readonly name: string; readonly namespace?: string },
  ownNamespace: string,
): ObjectKey {
  return { namespace: reference.namespace ?? ownNamespace, name: reference.name };
}

export function tenantAt(caches: Caches, key: ObjectKey): EntraTenant | undefined {
  const object = caches.tenants.get(key);
  const parsed = object === undefined ? undefined : parseTenant(object);
  return parsed?.kind === "parsed" ? parsed.object : undefined;
}

export function domainAt(caches: Caches, key: ObjectKey): ADDomain | undefined {
  const object = caches.domains.get(key);
  return object === undefined ? undefined : domainFrom(object);
}

export function poolAt(caches: Caches, key: ObjectKey): CloudSyncAgentPool | undefined {
  const object = caches.pools.get(key);
  const parsed = object === undefined ? undefined : parsePool(object);
  return parsed?.kind === "parsed" ? parsed.object : undefined;
}

/** All domain objects that name the same DNS name. */
export function domainsNaming(caches: Caches, dnsName: string): readonly ADDomain[] {
  return caches.domains
    .byIndex(INDEX.domainsByDNSName, dnsName.toLowerCase())
    .flatMap((object) => domainFrom(object) ?? []);
}

export function isPaused(object: KubeObject): boolean {
  return object.metadata.annotations?.[ANNOTATIONS.paused] === "true";
}

/** The row of an object in the effective mode; kinds without a mode are only ever paused. */
export function modeSource(object: KubeObject & { readonly spec: object }): ModeSource {
  const mode = "mode" in object.spec && typeof object.spec.mode === "string" ? object.spec.mode : undefined;
  return { kind: object.kind, name: object.metadata.name, mode, isPaused: isPaused(object) };
}

function domainFrom(object: KubeObject): ADDomain | undefined {
  const parsed = parseDomain(object);
  return parsed.kind === "parsed" ? parsed.object : undefined;
}
