/** A group of Entra as the synchronization service imports it. Pure. */
import type { DirectoryGroup } from "../entra/objects.ts";
import type { SourceAttributes } from "./expression/evaluate.ts";
import { FALSE, TRUE, type Value } from "./expression/source.ts";

const word = (isTrue: boolean): string => (isTrue ? TRUE : FALSE);

export function groupAttributes(group: DirectoryGroup): SourceAttributes {
  const values = new Map<string, Value>([
    ["objectId", group.id],
    ["displayName", group.displayName],
    ["description", group.description],
    ["mail", group.mail],
    ["mailNickname", group.mailNickname],
    ["mailEnabled", word(group.mailEnabled)],
    ["securityEnabled", word(group.securityEnabled)],
    // Cloud and converted groups carry null in Graph, and pass `IS FALSE` here: else no group would ever be in scope [I].
    ["dirSyncEnabled", word(group.onPremisesSyncEnabled === true)],
    ["IsSoftDeleted", FALSE],
    ...Object.entries(group.extensions),
  ]);
  return (name) => values.get(name) ?? null;
}

/** Always ANDed in front of a configuration's own clauses, whatever its schema says (entra-graph reference, 3.2). */
export function isEligible(group: DirectoryGroup): boolean {
  return group.securityEnabled && !group.mailEnabled && group.onPremisesSyncEnabled !== true;
}
