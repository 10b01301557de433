/**
 * The two loops of scopes, and what wakes them: one a GroupScope, one a SyncConfiguration as the writer of its assignments.
 * Guarantees: an edit of one scope wakes that scope and its configuration's writer, nobody else (C2).
 */
import { GROUP_SCOPE, SYNC_CONFIGURATION, AD_DOMAIN, ENTRA_TENANT } from "../../api/kinds.ts";
import type { SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { keyOf, keyText, type KubeObject, type ObjectKey, type Reconcile, type ResourceKind } from "../../kube/port.ts";
import type { ApprovalTrust } from "../approval-trust.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import * as wake from "../wake.ts";
import { assignmentReconciler } from "./assignments.ts";
import { groupScopeReconciler } from "./controller.ts";
import { scopePorts, type ScopePorts } from "./ports.ts";
import { configurationKey } from "./surroundings.ts";
import { parseGroupScope } from "../../api/parse.ts";

/** What the registry is told of a loop; a part of its `ControllerOptions`. */
export interface LoopOptions {
  readonly name: string;
  readonly kind: ResourceKind;
  readonly reconcile: Reconcile;
  readonly watches: readonly Watch[];
  readonly minGapMs?: number;
}

interface Watch {
  readonly kind: ResourceKind;
  readonly keysOf: (object: KubeObject) => readonly ObjectKey[];
  readonly trigger: "Spec";
  readonly facts?: (object: KubeObject) => unknown;
}

interface Handle {
  enqueue(key: ObjectKey, priority?: "change" | "resync"): void;
}

/** Readings of many scopes that come within this are one look at their union: 6,000 of them after a start are not 6,000 looks (C2). */
const GATHER_MS = 500;

export function addScopeLoops<Loop extends Handle>(
  add: (options: LoopOptions) => Loop,
  ports: EntraLoopPorts & { readonly trust: ApprovalTrust },
): readonly Loop[] {
  const shared = scopePorts(ports);
  const { caches } = ports;
  const scopes = add({
    name: "group-scope",
    kind: GROUP_SCOPE,
    reconcile: groupScopeReconciler(shared),
    watches: [
      spec(GROUP_SCOPE, (scope) => [keyOf(scope)], bindings),
      spec(SYNC_CONFIGURATION, scopesOfConfiguration(caches), identityOf),
      spec(ENTRA_TENANT, scopesOfTenant(caches)),
      spec(wake.NAMESPACE, scopesInNamespace(caches)),
    ],
  });
  const assignments = add({
    name: "assignments",
    minGapMs: GATHER_MS,
    kind: SYNC_CONFIGURATION,
    reconcile: assignmentReconciler(shared),
    watches: [
      spec(SYNC_CONFIGURATION, (configuration) => [keyOf(configuration)], writable),
      spec(GROUP_SCOPE, configurationOfScope),
      spec(ENTRA_TENANT, wake.configurationsOfTenant(caches)),
      spec(AD_DOMAIN, wake.configurationsOfDomain(caches)),
    ],
  });
  wireBoard(shared, scopes, assignments);
  return [scopes, assignments];
}

export function wireBoard({ board, directories, caches }: ScopePorts, scopes: Handle, assignments: Handle): void {
  board.onReading((configuration) => assignments.enqueue(configuration, "change"));
  // After a start every scope is judged before it was read: that must not put all of them before a person's change.
  board.onVerdict((scope, isAwaited) => scopes.enqueue(scope, isAwaited ? "resync" : "change"));
  // Who is concerned is known only to the scopes themselves; a look costs none of them a call.
  directories.onChange(() => caches.groupScopes.list().forEach((scope) => scopes.enqueue(keyOf(scope), "resync")));
}

function spec(kind: ResourceKind, keysOf: Watch["keysOf"], facts?: (object: KubeObject) => unknown): Watch {
  return { kind, keysOf, trigger: "Spec", ...(facts === undefined ? {} : { facts }) };
}

function bindings(scope: KubeObject): unknown {
  const parsed = parseGroupScope(scope);
  return parsed.kind === "parsed" ? [parsed.object.status.bindings, parsed.object.status.baseline] : undefined;
}

/** What scopes read of a configuration's status. */
function identityOf(configuration: KubeObject): unknown {
  return statusOf(configuration)?.servicePrincipalID;
}

/** What the writer reads of it. */
function writable(configuration: KubeObject): unknown {
  const status = statusOf(configuration);
  return [status?.servicePrincipalID, status?.jobs?.map(({ id, quarantine }) => [id, quarantine !== undefined])];
}

function statusOf(object: KubeObject): SyncConfigurationStatus | undefined {
  return (object as { readonly status?: SyncConfigurationStatus }).status;
}

function scopesOfConfiguration({ groupScopes }: Caches) {
  return (configuration: KubeObject): readonly ObjectKey[] =>
    groupScopes.byIndex(INDEX.groupScopesByConfiguration, keyText(keyOf(configuration))).map(keyOf);
}

function scopesOfTenant(caches: Caches) {
  return (tenant: KubeObject): readonly ObjectKey[] =>
    caches.configurations
      .byIndex(INDEX.configurationsByTenant, keyText(keyOf(tenant)))
      .flatMap(scopesOfConfiguration(caches));
}

function scopesInNamespace({ groupScopes }: Caches) {
  return (namespace: KubeObject): readonly ObjectKey[] =>
    groupScopes
      .list()
      .filter(({ metadata }) => metadata.namespace === namespace.metadata.name)
      .map(keyOf);
}

function configurationOfScope(scope: KubeObject): readonly ObjectKey[] {
  const parsed = parseGroupScope(scope);
  return parsed.kind === "parsed" ? [configurationKey(parsed.object)] : [];
}
