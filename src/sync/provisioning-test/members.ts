/**
 * Which members take part in a run, and what AD could hold of them.
 * Guarantees: the choice follows from test, generation and members alone, whatever order Graph answers in; a null property is unknown, never
 * "cloud-only"; no one takes part who is not a direct member (a run must not bring a stranger into a group of AD).
 */
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { Member } from "../../entra/groups/port.ts";
import { sha256Hex } from "../../runtime/hash.ts";

/** Graph's limit of a request (entra-graph reference, 5.1). */
export const BATCH_SIZE = 5;

export type Chosen =
  | { readonly kind: "chosen"; readonly ids: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

export function chooseMembers(test: ProvisioningTest, members: readonly Member[]): Chosen {
  const wanted = test.spec.subject.members;
  if (wanted === undefined) return { kind: "chosen", ids: [] };
  return wanted.ids === undefined
    ? { kind: "chosen", ids: sampleOf(test, members).slice(0, wanted.sample ?? 0) }
    : listed(wanted.ids, members);
}

export function batchOf(ids: readonly string[], batch: number): readonly string[] {
  return ids.slice(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE);
}

/** A group alone is one batch without members. */
export function batchCount(ids: readonly string[]): number {
  return Math.max(1, Math.ceil(ids.length / BATCH_SIZE));
}

/** Users that AD may hold, in an order that looks like chance and is none. */
function sampleOf({ metadata }: ProvisioningTest, members: readonly Member[]): readonly string[] {
  return members
    .filter(({ kind, isSyncedFromAD }) => kind === "user" && isSyncedFromAD !== false)
    .map(({ id }) => ({ id, rank: sha256Hex("sample", metadata.uid, metadata.generation ?? 0, id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ id }) => id);
}

function listed(ids: readonly string[], members: readonly Member[]): Chosen {
  const known = new Map(members.map((member) => [member.id, member]));
  const strangers = ids.filter((id) => !known.has(id));
  if (strangers.length > 0) {
    const message = `Not a direct member of the group: ${strangers.slice(0, 3).join(", ")}. Correct subject.members.ids.`;
    return { kind: "refused", reason: "NotAMember", message };
  }
  const nested = ids.filter((id) => known.get(id)?.kind !== "user");
  if (nested.length > 0) {
    const message = `On-demand runs take users as members, not nested groups: remove ${nested.slice(0, 3).join(", ")}.`;
    return { kind: "refused", reason: "NotSupported", message };
  }
  return { kind: "chosen", ids: [...ids].sort() };
}

/** What AD can hold of a group's members, by objectGUID. */
export interface ComparableMembers {
  readonly guids: ReadonlyMap<string, string>; // by Entra id
  /** Nobody is left out: of every member it is known whether AD holds it, and as what. */
  readonly isWhole: boolean;
}

/**
 * Synced users are in AD under their objectGUID (entra-graph reference, 8.1; unverified that v1.0 shows it). Cloud-only users, devices and service
 * principals are skipped by the vendor; nested groups may be there under a GUID that Entra does not show.
 */
export function comparableMembers(members: readonly Member[]): ComparableMembers {
  const guids = new Map<string, string>();
  let isWhole = true;
  for (const { id, kind, isSyncedFromAD, onPremisesObjectIdentifier } of members) {
    if (kind === "device" || kind === "servicePrincipal" || (kind === "user" && isSyncedFromAD === false)) continue;
    if (kind === "user" && isSyncedFromAD === true && onPremisesObjectIdentifier !== undefined)
      guids.set(id, onPremisesObjectIdentifier.toLowerCase());
    else isWhole = false;
  }
  return { guids, isWhole };
}
