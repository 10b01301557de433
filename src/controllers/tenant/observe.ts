/**
 * Reads everything that one pass over a tenant stands on.
 * Guarantees: no call leaves for an identity that is not granted, for an object that does not own its tenant and client, or while it goes; what could
 * not be read is told apart from what is not there (S5).
 */
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { parseConfiguration, parseTenant } from "../../api/parse.ts";
import type { EntraAccess, TokenFacts } from "../../entra/access/port.ts";
import type { Listing } from "../../entra/outcome.ts";
import { consents } from "../../fleet/consent.ts";
import { keyText, type KubeObject } from "../../kube/port.ts";
import { ENTRA_TO_AD } from "../../sync/configuration/connector.ts";
import { clientOwner } from "../../sync/tenant/ownership.ts";
import { dependsOnOwnership } from "../../sync/tenant/permissions.ts";
import type { DeclaredConfiguration, IdentityEvidence, TenantSnapshot } from "../../sync/tenant/snapshot.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import { isPaused } from "../references.ts";
import type { TenantReadings } from "./readings.ts";

export async function observeTenant(
  tenant: EntraTenant,
  { ports, readings, isFresh }: { ports: EntraLoopPorts; readings: TenantReadings; isFresh: boolean },
  signal: AbortSignal,
): Promise<TenantSnapshot> {
  const { caches, clock, entra } = ports;
  const { uid } = tenant.metadata;
  const owner = clientOwner(tenant, tenantsNaming(caches, tenant.spec.tenantID));
  const mayAsk = owner.metadata.uid === uid && tenant.metadata.deletionTimestamp === undefined;
  const read = { ports, readings, isFresh, signal };
  const first = mayAsk ? await identity(tenant, tenant.spec.credential, read) : NOT_ASKED;
  const { scopeCredential } = tenant.spec;
  const second =
    scopeCredential === undefined
      ? undefined
      : mayAsk
        ? await identity(tenant, { ...scopeCredential, type: scopeCredential.type }, read)
        : NOT_ASKED;
  const declared = declaredConfigurations(tenant, caches);
  const { access, evidence } = first;
  const asks = access !== undefined && evidence.kind === "issued" ? { access, facts: evidence.facts } : undefined;
  return {
    tenant,
    owner,
    isPaused: isPaused(tenant),
    credential: evidence,
    scopeCredential: second?.evidence,
    configurations: asks === undefined ? declared : await withOwners(declared, asks, read, uid),
    found:
      asks === undefined || declared.length === 0
        ? undefined
        : await readings.read(uid, "found", async () =>
            idsOf(await entra.applications.findByTemplate(asks.access, ENTRA_TO_AD.applicationTemplateID, signal)),
          ),
    skus:
      asks === undefined
        ? undefined
        : await readings.read(uid, "skus", () => entra.tenant.subscribedSkus(asks.access, signal)),
    dependants: dependantsOf(tenant, caches),
    nowMs: clock.nowMs(),
  };
}

interface Read {
  readonly ports: EntraLoopPorts;
  readonly readings: TenantReadings;
  readonly isFresh: boolean;
  readonly signal: AbortSignal;
}

interface Identity {
  readonly evidence: IdentityEvidence;
  readonly access: EntraAccess | undefined;
}

const NOT_ASKED: Identity = { evidence: { kind: "notAsked" }, access: undefined };

async function identity(
  tenant: EntraTenant,
  credential: NonNullable<EntraTenant["spec"]["scopeCredential"]> | EntraTenant["spec"]["credential"],
  { ports, readings, isFresh, signal }: Read,
): Promise<Identity> {
  const { entra } = ports;
  const { tenantID, cloud } = tenant.spec;
  const resolution = entra.access.resolve({ namespace: tenant.metadata.namespace ?? "", cloud, tenantID }, credential);
  if (resolution.kind === "none") return { evidence: { kind: "none" }, access: undefined };
  if (resolution.kind === "refused") return { evidence: resolution, access: undefined };
  const { access } = resolution;
  const token = await entra.access.token(access, { isFresh }, signal);
  if (token.kind === "failed") return { evidence: token, access };
  const hasSecret = access.proof.kind === "secret" || access.proof.kind === "certificate";
  const needsEnds = hasSecret && token.facts.certificateExpiresAtMs === undefined;
  const own = needsEnds
    ? await readings.read(tenant.metadata.uid, `own ${access.clientID}`, () =>
        entra.tenant.ownCredentials(access, signal),
      )
    : undefined;
  return { evidence: { kind: "issued", facts: token.facts, own }, access };
}

/** Owners are asked for only where `OwnedBy` would be enough, and nothing wider is granted. */
function withOwners(
  declared: readonly DeclaredConfiguration[],
  { access, facts }: { readonly access: EntraAccess; readonly facts: TokenFacts },
  { ports, readings, signal }: Read,
  uid: string,
): Promise<readonly DeclaredConfiguration[]> {
  const { applications } = ports.entra;
  return Promise.all(
    declared.map(async (configuration) => {
      const { servicePrincipalID } = configuration;
      if (servicePrincipalID === undefined || !dependsOnOwnership(configuration, facts.roles)) return configuration;
      const owners = await readings.read(uid, `owners ${servicePrincipalID}`, async (): Promise<Listing<string>> => {
        const principal = await applications.servicePrincipal(access, servicePrincipalID, signal);
        if (principal.kind !== "found") return unread(principal);
        const application = await applications.applicationOf(access, principal.value.appID, signal);
        if (application.kind !== "found") return unread(application);
        return applications.applicationOwners(access, application.value.id, signal);
      });
      return { ...configuration, owners };
    }),
  );
}

function unread(reading: { readonly kind: string; readonly failure?: unknown }): Listing<string> {
  if (reading.kind === "failed" && reading.failure !== undefined) return reading as Listing<string>;
  return {
    kind: "failed",
    failure: {
      class: "NotFound",
      reason: "ApplicationNotFound",
      message: "The application of the configuration was not found.",
      fix: "None: it is read again.",
    },
  };
}

function idsOf(listing: Listing<{ readonly id: string }>): Listing<string> {
  return listing.kind === "failed" ? listing : { ...listing, items: listing.items.map(({ id }) => id).sort() };
}

function tenantsNaming(caches: Caches, tenantID: string): readonly EntraTenant[] {
  return caches.tenants.byIndex(INDEX.tenantsByTenantID, tenantID.toLowerCase()).flatMap((object) => {
    const parsed = parseTenant(object);
    return parsed.kind === "parsed" ? [parsed.object] : [];
  });
}

/** Of every object that names the real tenant, with the consent of the one that it names: the vendor counts by tenant. */
function declaredConfigurations(tenant: EntraTenant, caches: Caches): readonly DeclaredConfiguration[] {
  return tenantsNaming(caches, tenant.spec.tenantID)
    .flatMap((named) => configurationsOf(named, caches).map((configuration) => ({ named, configuration })))
    .map(({ named, configuration }) => declaredConfiguration(configuration, named, caches))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function configurationsOf(tenant: EntraTenant, caches: Caches): readonly SyncConfiguration[] {
  const namespace = tenant.metadata.namespace ?? "";
  return caches.configurations
    .byIndex(INDEX.configurationsByTenant, keyText({ namespace, name: tenant.metadata.name }))
    .flatMap((object) => {
      const parsed = parseConfiguration(object);
      if (parsed.kind !== "parsed") return [];
      const from = parsed.object.metadata.namespace ?? "";
      const labels = caches.namespaces.get({ namespace: "", name: from })?.metadata.labels;
      return consents(tenant.spec.allowedNamespaces, namespace, { name: from, labels }) ? [parsed.object] : [];
    });
}

function declaredConfiguration(
  { metadata, spec, status }: SyncConfiguration,
  tenant: EntraTenant,
  { groupScopes, provisioningTests }: Caches,
): DeclaredConfiguration {
  const path = keyText({ namespace: metadata.namespace ?? "", name: metadata.name });
  return {
    path,
    connector: spec.connector,
    isEnforced: spec.mode === "Enforce" && tenant.spec.mode === "Enforce",
    isDeletedOutside: spec.deletionPolicy === "Delete",
    isAdopted: spec.adopt !== undefined,
    servicePrincipalID: status.servicePrincipalID ?? spec.adopt?.servicePrincipalID,
    hasScopes: groupScopes.byIndex(INDEX.groupScopesByConfiguration, path).length > 0,
    hasTests: provisioningTests.byIndex(INDEX.provisioningTestsByConfiguration, path).length > 0,
    hasAdministrativeUnits: (spec.allowedNamespaces.entries ?? []).some(
      ({ groups }) => groups?.administrativeUnits !== undefined,
    ),
    owners: undefined,
  };
}

/** Agents hold a registration of this tenant; a configuration has something outside to undo while it carries a finalizer of ours. */
function dependantsOf(tenant: EntraTenant, caches: Caches): readonly string[] {
  const path = keyText({ namespace: tenant.metadata.namespace ?? "", name: tenant.metadata.name });
  const agents = caches.agents.byIndex(INDEX.agentsByTenant, path);
  const configurations = caches.configurations
    .byIndex(INDEX.configurationsByTenant, path)
    .filter(({ metadata }) => metadata.finalizers?.some((name) => name.startsWith("cloudsync.dev/")) === true);
  return [...configurations, ...agents].map(pathOf).sort();
}

function pathOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}
