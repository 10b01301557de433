/**
 * A GroupScope's status: computed whole, written once if different.
 * Guarantees: below 32 KiB whatever the size of the scope (counts, first offenders, a hash); nothing in it changes by itself (L1).
 */
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import type { GroupScope, GroupScopeStatus } from "../../api/group-scope.ts";
import { ANNOTATIONS, GROUP_SCOPE } from "../../api/kinds.ts";
import { mergeConditions, rfc3339Seconds } from "../../kube/conditions.ts";
import type { KubeOutcome, KubePort } from "../../kube/port.ts";
import { sampleOf } from "../../sync/scope/decide.ts";
import type { Rebinding } from "../../sync/scope/resolution.ts";
import { scopeFindings, type ScopeFacts } from "../../sync/scope/summary.ts";

const FIELD_MANAGER = "cloudsync-group-scope";

export interface Shown extends ScopeFacts {
  /** Names of groups; only of those that the namespace was granted. */
  readonly displayNameOf: (groupID: string) => string | undefined;
  readonly selectorHash: string | undefined;
  readonly isRequestHandled: boolean;
}

export function nextStatus(scope: GroupScope, shown: Shown, nowMs: number): GroupScopeStatus {
  const { verdict, reading, selectorHash } = shown;
  const generation = scope.metadata.generation ?? 0;
  const requested = scope.metadata.annotations?.[ANNOTATIONS.requestedAt];
  const handled = shown.isRequestHandled ? requested : scope.status.lastHandledRequest;
  const bindings = bindingsOf(scope, shown);
  const baseline =
    verdict?.isFirstApplyDone === true && selectorHash !== undefined && reading.kind === "resolved"
      ? selectorHash
      : scope.status.baseline === selectorHash
        ? scope.status.baseline
        : undefined;
  const names = (ids: readonly string[]): readonly string[] => ids.map((id) => shown.displayNameOf(id) ?? id);
  return {
    observedGeneration: generation,
    ...(handled === undefined ? {} : { lastHandledRequest: handled }),
    ...(bindings.length === 0 ? {} : { bindings }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(verdict === undefined
      ? { ...(scope.status.counts === undefined ? {} : { counts: scope.status.counts }) }
      : {
          counts: {
            desired: verdict.desired,
            assigned: verdict.assigned,
            toAdd: verdict.toAdd,
            toRemove: verdict.toRemove,
            ineligible: verdict.ineligible.length,
            contended: verdict.contended,
            ...(verdict.foreign === undefined ? {} : { foreign: verdict.foreign }),
          },
        }),
    ...(verdict?.plan === undefined
      ? {}
      : {
          plan: {
            hash: verdict.plan.hash,
            serial: verdict.plan.serial,
            expiresAt: rfc3339Seconds(verdict.plan.expiresAtMs),
            ...(verdict.consumed === undefined ? {} : { consumed: verdict.consumed }),
            toRemove: names(verdict.plan.groupIDs),
          },
        }),
    ...(verdict !== undefined && verdict.toAdd > 0 && verdict.hold === undefined
      ? { progress: { done: verdict.assigned, total: verdict.assigned + verdict.toAdd } }
      : {}),
    ...(verdict === undefined || verdict.ineligible.length === 0
      ? {}
      : {
          ineligible: sampleOf(verdict.ineligible).map(({ id, reason }) => {
            const displayName = shown.displayNameOf(id);
            return { id, reason, ...(displayName === undefined ? {} : { displayName }) };
          }),
        }),
    conditions: mergeConditions({
      previous: scope.status.conditions,
      types: [...CONDITION_TYPES.GroupScope, ...COMMON_CONDITIONS],
      findings: scopeFindings(shown),
      generation,
      nowMs,
    }),
  };
}

/** Bindings stay until their name is no longer declared; while nothing could be read the stored ones stay. */
function bindingsOf(scope: GroupScope, { reading }: Shown): NonNullable<GroupScopeStatus["bindings"]> {
  const stored = scope.status.bindings ?? [];
  if (reading.kind !== "resolved") return stored;
  const declared = new Set(scope.spec.groups?.displayNames ?? []);
  return [...reading.resolution.bindings]
    .filter(([displayName]) => declared.has(displayName))
    .map(([displayName, id]) => ({ displayName, id }))
    .sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}

export function writeScopeStatus(
  scope: GroupScope,
  status: object,
  kube: KubePort,
  signal: AbortSignal,
): Promise<KubeOutcome<GroupScope>> {
  const options = { fieldManager: FIELD_MANAGER, resourceVersion: scope.metadata.resourceVersion };
  return kube.applyStatus(GROUP_SCOPE, scope, status, options, signal);
}

/** The name now stands for the group that the approved plan says; written before the plan counts as used. */
export function writeRebindings(
  scope: GroupScope,
  rebindings: readonly Rebinding[],
  kube: KubePort,
  signal: AbortSignal,
): Promise<KubeOutcome<GroupScope>> {
  const to = new Map(rebindings.map(({ displayName, to: id }) => [displayName, id]));
  const bindings = (scope.status.bindings ?? []).map(({ displayName, id }) => ({
    displayName,
    id: to.get(displayName) ?? id,
  }));
  return writeScopeStatus(scope, { ...scope.status, bindings }, kube, signal);
}
