/**
 * Writes a pool's status: computed whole, written once if different, guarded by the version that the decision stood on.
 */
import type { CloudSyncAgentPool, CloudSyncAgentPoolStatus } from "../../api/cloud-sync-agent-pool.ts";
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import { ANNOTATIONS, CLOUD_SYNC_AGENT_POOL, LABELS } from "../../api/kinds.ts";
import type { PoolAction } from "../../fleet/pool/decide.ts";
import { awaitingRegistrationOn, poolCounts, poolFindings, poolSummary } from "../../fleet/pool/summary.ts";
import { mergeConditions, rfc3339Seconds } from "../../kube/conditions.ts";
import type { KubeOutcome } from "../../kube/port.ts";
import type { ObservedPool } from "./observe.ts";
import type { PoolPorts } from "./ports.ts";

export const POOL_FIELD_MANAGER = "cloudsync-pool";

export function writePoolStatus(
  pool: CloudSyncAgentPool,
  status: CloudSyncAgentPoolStatus,
  { kube }: PoolPorts,
  signal: AbortSignal,
): Promise<KubeOutcome<CloudSyncAgentPool>> {
  const options = { fieldManager: POOL_FIELD_MANAGER, resourceVersion: pool.metadata.resourceVersion };
  return kube.applyStatus(CLOUD_SYNC_AGENT_POOL, pool, status, options, signal);
}

/** The whole status after this pass. Pure. `stored` is the status as the action left it. */
export function nextPoolStatus(
  observed: ObservedPool,
  action: PoolAction,
  stored: CloudSyncAgentPoolStatus,
): CloudSyncAgentPoolStatus {
  const { snapshot, image, references } = observed;
  const { pool, preflight, nowMs } = snapshot;
  const generation = pool.metadata.generation ?? 0;
  const requested = pool.metadata.annotations?.[ANNOTATIONS.requestedAt];
  const awaiting = awaitingRegistrationOn(snapshot);
  const { awaitingRegistrationOn: _old, ...kept } = stored;
  return {
    ...kept,
    ...poolCounts(snapshot),
    observedGeneration: generation,
    selector: `${LABELS.poolUID}=${pool.metadata.uid}`,
    summary: poolSummary(snapshot, action),
    ...(requested === undefined ? {} : { lastHandledRequest: requested }),
    ...(awaiting === undefined ? {} : { awaitingRegistrationOn: awaiting }),
    ...(preflight.kind === "passed" ? { templateHash: preflight.templateHash } : {}),
    ...(references === undefined ? {} : { desiredVersion: references.installer.version }),
    ...(image === undefined ? {} : { resolvedImage: { ...image, resolvedAt: resolvedAt(pool, image.query, nowMs) } }),
    leftovers: leftoversOf(observed, stored),
    conditions: mergeConditions({
      previous: pool.status.conditions,
      types: [...CONDITION_TYPES.CloudSyncAgentPool, ...COMMON_CONDITIONS],
      findings: poolFindings(snapshot, action),
      generation,
      nowMs,
    }),
  };
}

function resolvedAt(pool: CloudSyncAgentPool, query: string, nowMs: number): string {
  const stored = pool.status.resolvedImage;
  return stored?.query === query ? stored.resolvedAt : rfc3339Seconds(nowMs);
}

/** status.leftovers holds at most this many (src/api); the newest matter most to who looks. */
const LEFTOVERS_MAX = 20;
/** After a stop Entra lists the agent as inactive and drops it after about 10 days (agent-host reference, 12). */
const ENTRA_RECORD_AGE_MS = 10 * 24 * 3_600_000;

/** What outlives a host in this version: its computer account, its Entra record, and instances that have no record here. */
function leftoversOf(
  { snapshot }: ObservedPool,
  stored: CloudSyncAgentPoolStatus,
): NonNullable<CloudSyncAgentPoolStatus["leftovers"]> {
  const { agents, instances, nowMs } = snapshot;
  const kept = (stored.leftovers ?? []).filter(
    ({ kind, expectedGoneAt }) =>
      kind !== "Instance" && (expectedGoneAt === undefined || Date.parse(expectedGoneAt) > nowMs),
  );
  const orphans =
    instances.kind === "read"
      ? instances.orphans
      : (stored.leftovers ?? []).filter(({ kind }) => kind === "Instance").map(({ name }) => name);
  const leaving = agents.filter(
    ({ isDeleting, host, computerName }) => isDeleting && host === "gone" && computerName !== undefined,
  );
  const fresh = leaving.flatMap(({ name, computerName = "" }) => [
    { kind: "ADComputer" as const, name: computerName, agentName: name },
    {
      kind: "EntraAgent" as const,
      name: computerName,
      agentName: name,
      expectedGoneAt: rfc3339Seconds(nowMs + ENTRA_RECORD_AGE_MS),
    },
  ]);
  const isKept = ({ kind, name }: { kind: string; name: string }): boolean =>
    kept.some((entry) => entry.kind === kind && entry.name === name);
  const all = [
    ...orphans.map((name) => ({ kind: "Instance" as const, name, agentName: "unknown" })),
    ...fresh.filter((entry) => !isKept(entry)),
    ...kept,
  ];
  return all.slice(0, LEFTOVERS_MAX);
}
