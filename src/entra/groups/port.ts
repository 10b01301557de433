/**
 * Groups, members and their changes.
 * Guarantees: a property that Graph did not send, or sent as null for want of permission, is `undefined` (Unknown), never false (entra-graph reference, 13).
 */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Reading } from "../outcome.ts";
import type { Failure } from "../../runtime/failure.ts";

export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly isSecurityEnabled: boolean | undefined;
  readonly isMailEnabled: boolean | undefined;
  /** `onPremisesSyncEnabled`: true = owned by AD; `undefined` where it was not readable. */
  readonly isSyncedFromAD: boolean | undefined;
  /** "Unified" marks a Microsoft 365 group; "DynamicMembership" a dynamic one. */
  readonly groupTypes: readonly string[] | undefined;
}

export type MemberKind = "user" | "group" | "device" | "contact" | "servicePrincipal" | "other";
export interface Member {
  readonly id: string;
  readonly kind: MemberKind;
  readonly displayName: string | undefined;
  /** `undefined`: not readable with the permissions at hand, so unknown. */
  readonly isSyncedFromAD: boolean | undefined;
  /** AD objectGUID of a synced user, where Graph shows it [unverified on $select in v1.0]. */
  readonly onPremisesObjectIdentifier: string | undefined;
  readonly onPremisesDomainName: string | undefined;
}

export interface GroupChange {
  readonly id: string;
  readonly kind: "changed" | "removed";
  /** Present properties of this change only. */
  readonly displayName?: string;
  /** Members added or removed since the last look, where asked for; large groups come over several pages. */
  readonly memberIDs?: readonly string[];
}

/** `restarted`: the token has expired or been withdrawn (410, resyncRequired): read everything anew, then start from `latest`. */
export type GroupChanges =
  | { readonly kind: "read"; readonly changes: readonly GroupChange[]; readonly deltaLink: string }
  | { readonly kind: "restarted" }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface GroupPort {
  group(access: EntraAccess, id: string, signal: AbortSignal): Promise<Reading<Group>>;
  /** By id, in batches of 20; an id that Graph does not know has no entry; `partial` when a part failed. */
  groups(access: EntraAccess, ids: readonly string[], signal: AbortSignal): Promise<Listing<Group>>;
  byDisplayName(access: EntraAccess, displayName: string, signal: AbortSignal): Promise<Listing<Group>>;
  /** `filter` is OData that src/sync has checked; advanced queries are eventual: never used to confirm a write. */
  byFilter(access: EntraAccess, filter: string, signal: AbortSignal): Promise<Listing<Group>>;
  /** Groups of an administrative unit, for consent by unit. */
  idsOfAdministrativeUnit(access: EntraAccess, unitID: string, signal: AbortSignal): Promise<Listing<string>>;
  members(access: EntraAccess, groupID: string, signal: AbortSignal): Promise<Listing<Member>>;
  /** `/groups/{id}/members/$count`, in batches of 20, in the order given; `undefined` where a part failed. */
  memberCounts(
    access: EntraAccess,
    groupIDs: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (number | undefined)[]>;
  /** The token from now on, without the present state (`$deltatoken=latest`). */
  latest(access: EntraAccess, signal: AbortSignal): Promise<Reading<string>>;
  changes(access: EntraAccess, deltaLink: string, signal: AbortSignal): Promise<GroupChanges>;
}
