/**
 * The deletions that a quarantine holds back, as one hash that an approval can name.
 * Guarantees: a hash only over a complete reading that found something; one more entry is another hash.
 * Source: entra-graph reference, 2.6: held objects appear in the provisioning log as stagedDelete.
 */
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import type { Listing } from "../../entra/outcome.ts";
import type { ProvisioningLogEntry } from "../../entra/provisioning-log/port.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { sha256Hex } from "../../runtime/hash.ts";

export type StagedDeletes =
  | { readonly kind: "known"; readonly hash: string; readonly count: number; readonly names: readonly string[] }
  | { readonly kind: "unknown"; readonly message: string };

/** The run that was held may have begun before the quarantine did; runs before the last good one are over. */
const LOOK_BACK_MS = 24 * 3_600_000;

export function stagedSinceMs({ status }: SynchronizationJob): number {
  const beganMs = status.quarantine?.seriesBeganMs ?? status.quarantine?.beganMs ?? 0;
  const goodMs = status.lastSuccessfulExecution?.endedMs;
  return goodMs !== undefined && goodMs < beganMs && goodMs > beganMs - LOOK_BACK_MS ? goodMs : beganMs - LOOK_BACK_MS;
}

export function stagedDeletes(
  listing: Listing<ProvisioningLogEntry> | undefined,
  about: {
    readonly configurationUID: string;
    readonly servicePrincipalID: string;
    readonly jobID: string;
    readonly began: string;
  },
): StagedDeletes {
  if (listing === undefined || listing.kind !== "complete")
    return {
      kind: "unknown",
      message: "The provisioning log could not be read completely, so there is nothing to approve yet.",
    };
  const staged = listing.items.filter(
    ({ jobID, action }) => jobID === about.jobID && action.toLowerCase() === "stageddelete",
  );
  if (staged.length === 0)
    return { kind: "unknown", message: "The provisioning log does not show the deletions that are held back yet." };
  // Each attempt logs the same objects again: an object counts once.
  const byObject = new Map(staged.map((entry) => [entry.sourceID ?? entry.targetID ?? entry.id, entry]));
  const objects = [...byObject.keys()].sort();
  const names = objects.map((id) => byObject.get(id)?.sourceDisplayName ?? id);
  return {
    kind: "known",
    hash: `sha256:${sha256Hex(canonicalJSON({ ...about, objects }))}`,
    count: objects.length,
    names,
  };
}
