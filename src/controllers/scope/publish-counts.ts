/**
 * Shows in a configuration's status how much of the vendor's limits its assignments use.
 * Guarantees: written by the loop that counts them, and by no other; only when a count changed, while groups come in at most every 30 s (L1, C3).
 * Never: a number from a list that is not complete; counts in mode All, where assignments do not say what is in scope.
 */
import { SYNC_CONFIGURATION } from "../../api/kinds.ts";
import type { SyncConfiguration, SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { SCOPE_LIMITS } from "../../sync/scope/eligibility.ts";
import type { AssignmentDecision } from "../../sync/scope/snapshot.ts";
import type { ScopePorts } from "./ports.ts";
import type { WriterMemory } from "./writer-memory.ts";

const FIELD_MANAGER = "cloudsync-assignments";
const PROGRESS_MS = 30_000;

type Counts = SyncConfigurationStatus["scope"];

interface Counted {
  readonly ports: ScopePorts;
  readonly configuration: SyncConfiguration;
  readonly memory: WriterMemory;
  readonly signal: AbortSignal;
}

/** @returns false when it has to be tried again */
export async function publishCounts(
  counted: Counted,
  groups: AssignmentDecision["groups"],
  isBusy: boolean,
): Promise<boolean> {
  const { ports, configuration, memory } = counted;
  const nowMs = ports.clock.monotonicMs();
  if (isBusy && memory.countsShownMs !== undefined && nowMs - memory.countsShownMs < PROGRESS_MS) return true;
  memory.countsShownMs = nowMs;
  const isSelected = configuration.spec.entraToAD?.scope.mode === "Selected";
  return write(counted, isSelected ? countsOf(groups, configuration.status.scope) : undefined);
}

/** Nobody looks at the assignments any more: what was counted last would only grow old. */
export function withdrawCounts(counted: Counted): Promise<boolean> {
  return write(counted, undefined);
}

function countsOf({ inScope, memberships }: AssignmentDecision["groups"], shown: Counts): Counts {
  // After a start members are counted anew, a few at a time; as many groups as before have the memberships that were counted before.
  const known = memberships ?? (shown?.groups === inScope ? shown.memberships : undefined);
  return {
    groups: inScope,
    groupsMax: SCOPE_LIMITS.groupsMax,
    ...(known === undefined ? {} : { memberships: known }),
    membershipsMax: SCOPE_LIMITS.membershipsMax,
  };
}

async function write({ ports, configuration, signal }: Counted, scope: Counts): Promise<boolean> {
  const partOf = (counts: Counts): object => (counts === undefined ? {} : { scope: counts });
  // The rest of the status is the configuration's own loop's, and no reason to write.
  const current = { ...configuration, status: partOf(configuration.status.scope) };
  const options = { fieldManager: FIELD_MANAGER, resourceVersion: configuration.metadata.resourceVersion };
  const { kind } = await ports.kube.applyStatus(SYNC_CONFIGURATION, current, partOf(scope), options, signal);
  return kind === "ok" || kind === "notFound";
}
