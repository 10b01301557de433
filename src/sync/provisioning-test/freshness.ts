/**
 * How long a change of the canary's members took from Entra into AD, within what scheduled runs can tell.
 * Guarantees: bounds, never a guess: the change was made between two looks at Entra, and AD was seen with it at a third instant; whether the job
 * brought it, or the run itself, is told apart.
 * Never: measures where members cannot be compared; changes at rest (L1: it moves with runs only).
 */
import { memberHash } from "./member-hash.ts";
import type { ComparableMembers } from "./members.ts";
import type { ProvisioningTest } from "../../api/provisioning-test.ts";

export type Freshness = NonNullable<ProvisioningTest["status"]["freshness"]>;

/** `undefined`: members that Entra does not identify in AD cannot be looked for there. */
export function membersInEntra(members: ComparableMembers | undefined): string | undefined {
  return members?.isWhole === true ? memberHash(members.guids.values()) : undefined;
}

/** Whether AD should be read before the run, because only then it shows what the job did by itself. */
export function isChangeOpen(freshness: Freshness | undefined): boolean {
  return freshness?.change !== undefined && freshness.change.seenAt === undefined;
}

/** After a look at Entra. The look itself moves once a run, and a run writes status anyway. */
export function afterLook(
  before: Freshness | undefined,
  { members, atText }: { readonly members: string | undefined; readonly atText: string },
): Freshness | undefined {
  if (members === undefined) return before;
  if (before === undefined) return { members, lookedAt: atText };
  if (before.members === members) return { ...before, lookedAt: atText };
  return { members, lookedAt: atText, change: { after: before.lookedAt, changedAt: atText } };
}

/** After a read of AD: with the members of Entra, the open change has arrived. */
export function afterRead(
  before: Freshness | undefined,
  {
    directoryHash,
    atText,
    by,
  }: { readonly directoryHash: string | null; readonly atText: string; readonly by: "Job" | "Test" },
): Freshness | undefined {
  if (before?.change === undefined || before.change.seenAt !== undefined || directoryHash !== before.members)
    return before;
  const { after } = before.change;
  const minutesMax = Math.max(0, Math.ceil((Date.parse(atText) - Date.parse(after)) / 60_000));
  return { ...before, change: { ...before.change, seenAt: atText, by, minutesMax } };
}
