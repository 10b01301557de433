/**
 * From Graph's groups and members to ours.
 * Guarantees: null and absent are `undefined` (Unknown), never false: for a kind of member that the caller may not read Graph sends the type and
 * the id alone, all else null (entra-graph reference, 13). A group is never "cloud-only" because something was not readable.
 */
import * as z from "zod";
import { fieldOf } from "../call/answer.ts";
import { maybeText, maybeTexts, maybeTruth, text } from "../call/wire.ts";
import type { Group, GroupChange, Member, MemberKind } from "./port.ts";

export const GROUP_FIELDS = "id,displayName,securityEnabled,mailEnabled,onPremisesSyncEnabled,groupTypes";

const groupFields = z.object({
  id: text,
  displayName: maybeText,
  securityEnabled: maybeTruth,
  mailEnabled: maybeTruth,
  groupTypes: maybeTexts,
  onPremisesSyncEnabled: z.boolean().nullish(),
});

/**
 * `onPremisesSyncEnabled` is null, not false, for a group of the cloud (entra-graph reference, 9.1). Only beside a property that is always set
 * does null mean that; without one the object was not readable.
 */
export const group = groupFields.transform((value): Group => ({
  id: value.id,
  displayName: value.displayName ?? "",
  isSecurityEnabled: value.securityEnabled,
  isMailEnabled: value.mailEnabled,
  isSyncedFromAD: value.onPremisesSyncEnabled ?? (value.securityEnabled === undefined ? undefined : false),
  groupTypes: value.groupTypes,
}));

const MEMBER_KINDS: ReadonlyMap<string, MemberKind> = new Map<string, MemberKind>([
  ["#microsoft.graph.user", "user"],
  ["#microsoft.graph.group", "group"],
  ["#microsoft.graph.device", "device"],
  ["#microsoft.graph.orgcontact", "contact"],
  ["#microsoft.graph.serviceprincipal", "servicePrincipal"],
]);

const memberFields = z.object({
  id: text,
  "@odata.type": maybeText,
  displayName: maybeText,
  accountEnabled: maybeTruth,
  securityEnabled: maybeTruth,
  onPremisesSyncEnabled: z.boolean().nullish(),
  onPremisesObjectIdentifier: maybeText,
  onPremisesDomainName: maybeText,
});

export const member = memberFields.transform((value): Member => {
  const kind = MEMBER_KINDS.get(value["@odata.type"]?.toLowerCase() ?? "") ?? "other";
  return {
    id: value.id,
    kind,
    displayName: value.displayName,
    isSyncedFromAD: value.onPremisesSyncEnabled ?? (isReadable(kind, value) ? false : undefined),
    onPremisesObjectIdentifier: value.onPremisesObjectIdentifier,
    onPremisesDomainName: value.onPremisesDomainName,
  };
});

/**
 * Whether null in `onPremisesSyncEnabled` means "of the cloud": only beside a property that every object of the kind has, and that the smaller
 * read permissions do not show either (User.ReadBasic.All shows displayName but neither accountEnabled nor onPremisesSyncEnabled).
 */
function isReadable(
  kind: MemberKind,
  { accountEnabled, securityEnabled }: { accountEnabled?: boolean | undefined; securityEnabled?: boolean | undefined },
): boolean {
  return (kind === "user" && accountEnabled !== undefined) || (kind === "group" && securityEnabled !== undefined);
}

/** One object of a delta page; an object may come several times, and with it only what changed (entra-graph reference, 10.3). */
export const groupChange = z
  .object({
    id: text,
    displayName: maybeText,
    "@removed": z.unknown().optional(),
    "members@delta": z.array(z.unknown()).optional().catch(undefined),
  })
  .transform((value): GroupChange => {
    const ids = value["members@delta"]?.map((entry) => fieldOf(entry, "id"));
    const memberIDs = ids?.filter((id): id is string => typeof id === "string");
    return {
      id: value.id,
      kind: value["@removed"] === undefined || value["@removed"] === null ? "changed" : "removed",
      ...(value.displayName === undefined ? {} : { displayName: value.displayName }),
      ...(memberIDs === undefined ? {} : { memberIDs }),
    };
  });
