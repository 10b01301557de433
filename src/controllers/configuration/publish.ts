/**
 * Writes a configuration's status: computed whole, written once if different, guarded by the version that the decision stood on.
 * Never: an age, a poll's time or a count that moves by itself (L1); `scope`, which the writer of its assignments counts and writes (its own field manager).
 */
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import { ANNOTATIONS, SYNC_CONFIGURATION } from "../../api/kinds.ts";
import type { SyncConfiguration, SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { mergeConditions, rfc3339Seconds } from "../../kube/conditions.ts";
import type { KubeOutcome } from "../../kube/port.ts";
import type { ConfigurationAction } from "../../sync/configuration/action.ts";
import type { Assessment } from "../../sync/configuration/assessment.ts";
import { DIFFERENCES_SHOWN_MAX } from "../../sync/configuration/difference.ts";
import { configurationFindings, shownJobs } from "../../sync/configuration/summary.ts";
import type { ConfigurationSnapshot } from "../../sync/configuration/snapshot.ts";
import type { ConfigurationPorts } from "./ports.ts";

const FIELD_MANAGER = "cloudsync-configuration";

export function writeConfigurationStatus(
  configuration: SyncConfiguration,
  status: SyncConfigurationStatus,
  { kube }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<KubeOutcome<SyncConfiguration>> {
  const own = { ...configuration, status: ownPart(configuration.status) };
  const options = { fieldManager: FIELD_MANAGER, resourceVersion: configuration.metadata.resourceVersion };
  return kube.applyStatus(SYNC_CONFIGURATION, own, ownPart(status), options, signal);
}

function ownPart({ scope: _writersOwn, ...own }: SyncConfigurationStatus): SyncConfigurationStatus {
  return own;
}

/** The whole status after this pass. Pure. `remembered` is the status as the action left it. */
export function nextConfigurationStatus(
  snapshot: ConfigurationSnapshot,
  found: Assessment | undefined,
  action: ConfigurationAction,
  remembered: SyncConfigurationStatus,
): SyncConfigurationStatus {
  const { configuration, entra, nowMs } = snapshot;
  const generation = configuration.metadata.generation ?? 0;
  const requested = configuration.metadata.annotations?.[ANNOTATIONS.requestedAt];
  const isAnswered = requested !== undefined && entra.kind !== "failed";
  const { drift: _drift, ...kept } = remembered;
  const applicationID = entra.kind === "read" ? entra.shell.applicationID : undefined;
  return {
    ...kept,
    observedGeneration: generation,
    ...(isAnswered ? { lastHandledRequest: requested } : {}),
    ...(applicationID === undefined ? {} : { applicationID }),
    ...(found === undefined ? {} : { jobs: shownJobs(snapshot, found) }),
    ...driftOf(found, remembered),
    ...(found?.schemaHash === undefined ? {} : { schemaHash: found.schemaHash }),
    ...planOf(action, remembered),
    conditions: mergeConditions({
      previous: configuration.status.conditions,
      types: [...CONDITION_TYPES.SyncConfiguration, ...COMMON_CONDITIONS],
      findings: configurationFindings(snapshot, found, action),
      generation,
      nowMs,
    }),
  };
}

/** Not read is not "no drift": the last list stays. */
function driftOf(
  found: Assessment | undefined,
  { drift: before }: SyncConfigurationStatus,
): Pick<SyncConfigurationStatus, "drift"> {
  const drift = found === undefined ? before : found.drift.slice(0, DIFFERENCES_SHOWN_MAX);
  return drift === undefined || drift.length === 0 ? {} : { drift };
}

const SAMPLE_MAX = 20;

function planOf(
  action: ConfigurationAction,
  { plan: stored }: SyncConfigurationStatus,
): Pick<SyncConfigurationStatus, "plan"> {
  if (action.kind !== "hold" || action.plan === undefined) return {};
  const { plan, leaving, moving, sample } = action.plan;
  return {
    plan: {
      hash: plan.hash,
      serial: plan.serial,
      expiresAt: rfc3339Seconds(plan.expiresAtMs),
      ...(stored?.consumed === undefined ? {} : { consumed: stored.consumed }),
      ...(leaving === undefined ? {} : { leaving }),
      ...(moving === undefined ? {} : { moving }),
      ...(sample.length === 0 ? {} : { sample: sample.slice(0, SAMPLE_MAX) }),
    },
  };
}
