/**
 * What will not arrive in AD of a group's members, as far as it can be read.
 * Guarantees: a member whose origin could not be read is unknown, never "cloud-only" (entra-graph reference, 13).
 * Source: entra-graph reference, 8.1: members without an account in AD are skipped silently, nested groups need to be in scope themselves.
 */
import type { Member } from "../../entra/groups/port.ts";

export interface MemberFindings {
  readonly total: number;
  /** Member groups that are not in scope, or that AD owns: their members do not arrive, and neither does the reference. */
  readonly nestedOutside: number;
  /** Users of the cloud: no account in AD, so skipped. */
  readonly cloudOnly: number;
  /** Users of a domain of another forest: no references across forests. */
  readonly otherForest: number;
  /** Not readable with the permissions at hand. */
  readonly unknown: number;
  /** Devices, contacts and others that are never written. */
  readonly notWritten: number;
}

export function inspectMembers(
  members: readonly Member[],
  {
    isInScope,
    forestDomains,
  }: {
    readonly isInScope: (groupID: string) => boolean;
    /** In lower case; none when the domain is not known. */
    readonly forestDomains: readonly string[];
  },
): MemberFindings {
  const kinds = members.map((member) => kindOf(member, isInScope, forestDomains));
  const count = (kind: ReturnType<typeof kindOf>): number => kinds.filter((other) => other === kind).length;
  return {
    total: members.length,
    nestedOutside: count("nestedOutside"),
    cloudOnly: count("cloudOnly"),
    otherForest: count("otherForest"),
    unknown: count("unknown"),
    notWritten: count("notWritten"),
  };
}

function kindOf(
  { id, kind, isSyncedFromAD, onPremisesDomainName }: Member,
  isInScope: (groupID: string) => boolean,
  forestDomains: readonly string[],
) {
  // References to groups that AD owns are never written, in scope or not (8.1).
  if (kind === "group") return isInScope(id) && isSyncedFromAD !== true ? "written" : "nestedOutside";
  if (kind !== "user") return "notWritten";
  if (isSyncedFromAD === undefined) return "unknown";
  if (!isSyncedFromAD) return "cloudOnly";
  const isElsewhere =
    onPremisesDomainName !== undefined &&
    forestDomains.length > 0 &&
    !forestDomains.includes(onPremisesDomainName.toLowerCase());
  return isElsewhere ? "otherForest" : "written";
}

/** One sentence about all inspected groups; `undefined` when every member arrives. */
export function memberWarning(findings: readonly MemberFindings[]): string | undefined {
  const sum = (part: keyof MemberFindings): number => findings.reduce((total, finding) => total + finding[part], 0);
  const emptied = findings.filter(
    ({ total, unknown, nestedOutside, cloudOnly, otherForest, notWritten }) =>
      total > 0 && unknown === 0 && nestedOutside + cloudOnly + otherForest + notWritten === total,
  ).length;
  const parts = [
    phrase(emptied, "groups would be empty in AD, because none of their members has an account there"),
    phrase(sum("nestedOutside"), "nested groups are not in scope themselves, or owned by AD, so they do not arrive"),
    phrase(sum("cloudOnly"), "members are users of the cloud without an account in AD, so they are skipped"),
    phrase(
      sum("otherForest"),
      "members belong to another forest (spec.forest of the ADDomain names the domains of this one), so they are skipped",
    ),
    phrase(sum("unknown"), "members could not be read (User.Read.All is needed to judge them)"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `Of the groups looked at: ${parts.join("; ")}.`;
}

function phrase(count: number, text: string): string | undefined {
  return count === 0 ? undefined : `${count} ${text}`;
}
