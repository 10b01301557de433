/**
 * Whether a group can be brought in scope.
 * Guarantees: a property that was not readable is not eligible to come in ("FactsUnknown"), and is no reason to leave (S5).
 * Never: takes anything out; whoever is assigned stays, with the finding shown.
 * Source: entra-graph reference, 8.1 and 3.2 [D].
 */
import type { Group } from "../../entra/groups/port.ts";

/** The vendor's limits in Selected mode (entra-graph reference, 8.1, August 2026). The portal's 999 is a limit of the portal, not of the service. */
export const SCOPE_LIMITS = { groupsMax: 10_000, membershipsMax: 250_000, membersMax: 50_000 } as const;

export type Ineligible =
  | "GroupNotFound"
  | "NotRead"
  | "FactsUnknown"
  | "Microsoft365Group"
  | "NotSecurityEnabled"
  | "MailEnabled"
  | "OwnedByAD"
  | "TooManyMembers"
  | "MembersNotCounted"
  | "RefusedByGraph";

export type Eligibility = { readonly kind: "eligible" } | { readonly kind: "ineligible"; readonly reason: Ineligible };

/** What was found out about a group: `missing` after complete reads without it, `unread` before. */
export type GroupFact =
  | { readonly kind: "known"; readonly group: Group; readonly members: number | undefined }
  | { readonly kind: "missing" }
  | { readonly kind: "unread" };

const CHECKS: readonly ((group: Group) => Ineligible | undefined)[] = [
  ({ groupTypes }) => (groupTypes?.includes("Unified") === true ? "Microsoft365Group" : undefined),
  ({ isSecurityEnabled }) => (isSecurityEnabled === false ? "NotSecurityEnabled" : undefined),
  ({ isMailEnabled }) => (isMailEnabled === true ? "MailEnabled" : undefined),
  ({ isSyncedFromAD }) => (isSyncedFromAD === true ? "OwnedByAD" : undefined),
  ({ groupTypes, isSecurityEnabled, isMailEnabled }) =>
    groupTypes === undefined || isSecurityEnabled === undefined || isMailEnabled === undefined
      ? "FactsUnknown"
      : undefined,
];

/** `isSyncedFromAD` that is absent means cloud-owned only together with the other facts: Graph sends null for groups of the cloud (9.1). */
export function eligibilityOf(fact: GroupFact): Eligibility {
  if (fact.kind === "missing") return ineligible("GroupNotFound");
  if (fact.kind === "unread") return ineligible("NotRead");
  for (const check of CHECKS) {
    const reason = check(fact.group);
    if (reason !== undefined) return ineligible(reason);
  }
  if (fact.members === undefined) return ineligible("MembersNotCounted");
  return fact.members > SCOPE_LIMITS.membersMax ? ineligible("TooManyMembers") : { kind: "eligible" };
}

/** Eligible but for the number of members: worth a count. */
export function isWorthCounting(fact: GroupFact): boolean {
  if (fact.kind !== "known" || fact.members !== undefined) return false;
  const { kind, reason } = { reason: undefined, ...eligibilityOf(fact) };
  return kind === "ineligible" && reason === "MembersNotCounted";
}

/** What comes right by itself within passes; not worth a line for people. */
export function isPassing(reason: Ineligible): boolean {
  return reason === "NotRead" || reason === "MembersNotCounted";
}

export const INELIGIBLE_FIXES: Readonly<Record<Ineligible, string>> = {
  GroupNotFound: "correct the id, or remove it",
  NotRead: "wait until it has been read",
  FactsUnknown: "grant the tenant's identity the right to read groups",
  Microsoft365Group: "Microsoft 365 groups are written back by another feature of the vendor; use a security group",
  NotSecurityEnabled: "use a security group",
  MailEnabled: "use a security group without mail",
  OwnedByAD: "convert its source of authority to the cloud first, or remove it",
  TooManyMembers: `use groups of at most ${SCOPE_LIMITS.membersMax} members`,
  RefusedByGraph: "the log of the operator has Graph's answer; it is tried again every hour",
  MembersNotCounted: "wait until its members have been counted",
};

function ineligible(reason: Ineligible): Eligibility {
  return { kind: "ineligible", reason };
}
