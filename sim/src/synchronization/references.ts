/**
 * Which members of a group become references in AD (entra-graph reference, 8.1, 3.3).
 * Guarantees: only members with an object in the same forest; others are skipped silently, and remembered where they may still come.
 */
import type { Domain } from "../ad/domain.ts";
import { fold } from "../ad/distinguished-name.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import type { DirectoryUser } from "../entra/objects.ts";

export interface ReferenceParts {
  readonly directory: EntraDirectory;
  readonly forest: readonly Domain[];
  /** objectGUID of groups that the same configuration has provisioned and that are in scope. */
  readonly groupGUID: (groupID: string) => string | undefined;
  readonly writesOnPremisesMembers: boolean;
}

export interface References {
  readonly guids: ReadonlySet<string>;
  /** Members that have no object in AD yet. */
  readonly missing: readonly string[];
}

export function referencesOf(memberIDs: readonly string[], parts: ReferenceParts): References {
  const guids = new Set<string>();
  const missing: string[] = [];
  for (const memberID of memberIDs) {
    const reference = referenceOf(memberID, parts);
    if (reference.kind === "missing") missing.push(memberID);
    if (reference.kind === "found") guids.add(reference.guid);
  }
  return { guids, missing };
}

/** `never`: whatever may come, this member is no reference. */
type Reference = { readonly kind: "found"; readonly guid: string } | { readonly kind: "missing" | "never" };

function referenceOf(memberID: string, parts: ReferenceParts): Reference {
  const member = parts.directory.object(memberID);
  if (member?.kind === "user") return userReference(member, parts);
  // AD-owned member groups never; cloud groups when they are in scope themselves.
  if (member?.kind !== "group" || member.onPremisesSyncEnabled === true) return { kind: "never" };
  const guid = parts.groupGUID(memberID);
  return guid === undefined ? { kind: "missing" } : { kind: "found", guid };
}

/** A synced user is found by its GUID; only while the membership switch is on. Users that the same configuration provisions are not modelled. */
function userReference(user: DirectoryUser, { forest, writesOnPremisesMembers }: ReferenceParts): Reference {
  if (!writesOnPremisesMembers) return { kind: "never" };
  const guid = user.onPremisesObjectIdentifier;
  const isThere = guid !== null && forest.some((domain) => domain.nameOf(guid) !== undefined);
  return isThere ? { kind: "found", guid: fold(guid) } : { kind: "missing" };
}
