/**
 * What a scope stands in, from caches alone: its configuration, the tenant, the identities, the modes, the consent.
 * Never: calls Graph.
 */
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { GroupScope } from "../../api/group-scope.ts";
import { ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import { parseConfiguration, parseGroupScope } from "../../api/parse.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { AccessResolution } from "../../entra/access/port.ts";
import { consents } from "../../fleet/consent.ts";
import { effectiveMode, type EffectiveMode } from "../../fleet/effective-mode.ts";
import { hasFinalizer, isDeleting } from "../../kube/finalizers.ts";
import { keyOf, keyText, type ObjectKey } from "../../kube/port.ts";
import { grantOf, type Grant } from "../../sync/scope/grant.ts";
import type { Hold } from "../../sync/scope/snapshot.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import { domainAt, modeSource, referenceKey, tenantAt } from "../references.ts";

export function configurationAt(caches: Caches, key: ObjectKey): SyncConfiguration | undefined {
  const object = caches.configurations.get(key);
  const parsed = object === undefined ? undefined : parseConfiguration(object);
  return parsed?.kind === "parsed" ? parsed.object : undefined;
}

export function configurationKey(scope: GroupScope): ObjectKey {
  return referenceKey(scope.spec.configurationRef, scope.metadata.namespace ?? "");
}

/** Every GroupScope that names the configuration, whether or not it may. */
export function scopesOf(caches: Caches, key: ObjectKey): readonly GroupScope[] {
  return caches.groupScopes.byIndex(INDEX.groupScopesByConfiguration, keyText(key)).flatMap((object) => {
    const parsed = parseGroupScope(object);
    return parsed.kind === "parsed" ? [parsed.object] : [];
  });
}

export function isReleased(scope: GroupScope): boolean {
  return scope.metadata.annotations?.[ANNOTATIONS.release] === "true";
}

/** Going, and what it brought in goes with it. A scope that goes otherwise is as good as gone. */
export function isEnding(scope: GroupScope): boolean {
  return (
    isDeleting(scope) &&
    scope.spec.deletionPolicy === "Delete" &&
    !isReleased(scope) &&
    hasFinalizer(scope, FINALIZERS.groupScope)
  );
}

export function grantFor(configuration: SyncConfiguration, namespace: string, caches: Caches): Grant {
  const labels = caches.namespaces.get({ namespace: "", name: namespace })?.metadata.labels;
  const own = configuration.metadata.namespace ?? "";
  return grantOf(configuration.spec.allowedNamespaces, own, { name: namespace, labels });
}

export interface Surroundings {
  readonly tenant: EntraTenant;
  /** Reads. */
  readonly reader: AccessResolution;
  /** Writes assignments: the tenant's second identity where it has one. */
  readonly writer: AccessResolution;
}

export function surroundingsOf(
  configuration: SyncConfiguration,
  { caches, entra }: Pick<EntraLoopPorts, "caches" | "entra">,
): Surroundings | Hold {
  const key = referenceKey(configuration.spec.tenantRef, configuration.metadata.namespace ?? "");
  const tenant = tenantAt(caches, key);
  if (tenant === undefined)
    return {
      reason: "TenantNotFound",
      message: `The EntraTenant ${keyText(key)} is not there: apply it, or correct the configuration's tenantRef.`,
    };
  const from = configuration.metadata.namespace ?? "";
  const labels = caches.namespaces.get({ namespace: "", name: from })?.metadata.labels;
  if (!consents(tenant.spec.allowedNamespaces, key.namespace, { name: from, labels }))
    return {
      reason: "TenantNotGranted",
      message: `The EntraTenant ${keyText(key)} does not let the configuration's namespace in: ask its owner for spec.allowedNamespaces.`,
    };
  const { cloud, tenantID, credential, scopeCredential } = tenant.spec;
  const where = { namespace: key.namespace, cloud, tenantID };
  return {
    tenant,
    reader: entra.access.resolve(where, credential),
    writer: entra.access.resolve(where, scopeCredential ?? credential),
  };
}

export function configurationMode(
  configuration: SyncConfiguration,
  tenant: EntraTenant,
  caches: Caches,
): EffectiveMode {
  const domainRef = configuration.spec.entraToAD?.domainRef;
  const domain =
    domainRef === undefined
      ? undefined
      : domainAt(caches, referenceKey(domainRef, configuration.metadata.namespace ?? ""));
  return effectiveMode([configuration, tenant, ...(domain === undefined ? [] : [domain])].map(modeSource));
}

export function scopeMode(scope: GroupScope): EffectiveMode {
  return effectiveMode([modeSource(scope)]);
}

export function pathOf(scope: GroupScope): string {
  return keyText(keyOf(scope));
}

/** What a reading stands on: another generation of either object makes it void. */
export function generationsOf(scope: GroupScope, configuration: SyncConfiguration, grant: Grant): string {
  const part = ({ metadata }: GroupScope | SyncConfiguration): string => `${metadata.uid}/${metadata.generation ?? 0}`;
  // A request is part of it: it is answered only by what was looked at after it.
  return `${part(scope)} ${part(configuration)} ${grant.kind} ${scope.metadata.annotations?.[ANNOTATIONS.requestedAt] ?? ""}`;
}
