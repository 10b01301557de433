/**
 * Whether the group stands in AD as expected, from what a host read of it.
 * Guarantees: a finding is a failure only where what was read proves it; what cannot be compared is unknown (S5); differences between Entra and AD are
 * named.
 * Never: repairs anything.
 */
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { GroupFacts } from "../../host/directory-read/port.ts";
import { isSameName, parentOf } from "../distinguished-name.ts";
import { presentMembers } from "./member-hash.ts";
import type { ComparableMembers } from "./members.ts";
import type { Difference, Verdict } from "./snapshot.ts";

export interface ProofQuestion {
  readonly expect: ProvisioningTest["spec"]["expect"];
  readonly facts: GroupFacts;
  /** `undefined`: the members could not be read in full. */
  readonly members: ComparableMembers | undefined;
  readonly testedIDs: readonly string[];
  /** The one container of the configuration, where it has one. */
  readonly declaredContainer: string | undefined;
  /** Whether the job provisions by itself: before that AD holds what tests brought, and that is no drift. */
  readonly isJobRunning: boolean;
}

export interface Proof {
  readonly verdict: Verdict;
  readonly drift: readonly Difference[];
}

export function judgeProof(question: ProofQuestion): Proof {
  const { facts } = question;
  if (!facts.isFound || facts.distinguishedName === null) {
    const message = `${facts.domainController} has no group with the anchor ${facts.anchor}: look at the steps of the run, and at replication between domain controllers.`;
    return { verdict: { result: "Failed", reason: "NotInDirectory", message }, drift: [] };
  }
  const present = presentIDs(question);
  const verdict = judgeContainer(question) ?? judgeMembers(question, present) ?? PROVEN;
  return { verdict, drift: [...containerDrift(question), ...memberDrift(question, present)] };
}

const PROVEN: Verdict = { result: "Passed", reason: "ProvenInDirectory", message: "" };

/** Whether another read, later, may see more: another domain controller may have been asked than the one that was written to. */
export function mayBeReplication({ reason }: Verdict): boolean {
  return LAGGING.has(reason);
}
const LAGGING: ReadonlySet<string> = new Set([
  "NotInDirectory",
  "WrongContainer",
  "MembersMissing",
  "MembershipNotWritten",
  "MembersNotComparable",
]);

function judgeContainer({ expect, facts }: ProofQuestion): Verdict | undefined {
  if (expect.container === undefined || facts.distinguishedName === null) return undefined;
  const container = parentOf(facts.distinguishedName) ?? "";
  if (isSameName(container, expect.container)) return undefined;
  const message = `The group stands in ${container}, not in ${expect.container}: correct targetContainer, or what is expected.`;
  return { result: "Failed", reason: "WrongContainer", message: message.slice(0, MESSAGE_MAX) };
}

function judgeMembers(question: ProofQuestion, present: ReadonlySet<string> | undefined): Verdict | undefined {
  const { expect, facts, testedIDs } = question;
  if (expect.members === undefined) return undefined;
  if (facts.memberCount === null)
    return unknown("MembersUnreadable", "The host could not read all members of the group: look at its rights in AD.");
  if (expect.members === "None") {
    if (facts.memberCount === 0) return undefined;
    if (present === undefined) return notComparable(question);
    const found = testedIDs.filter((id) => present.has(id));
    if (found.length === 0) return undefined;
    return failed("MembersPresent", `Members that were not expected stand in AD: ${found.slice(0, 3).join(", ")}.`);
  }
  if (testedIDs.length === 0) {
    const message =
      "No member with an AD account took part, so nothing is proven of members: add one, or remove expect.members.";
    return unknown("NoMembersToProve", message);
  }
  if (facts.memberCount === 0) return NOT_WRITTEN;
  if (present === undefined) {
    const isShort = expect.members === "All" && facts.memberCount < testedIDs.length;
    return isShort ? missing(`AD holds ${facts.memberCount} of ${testedIDs.length} members.`) : notComparable(question);
  }
  const absent = testedIDs.filter((id) => !present.has(id));
  const isMet = expect.members === "All" ? absent.length === 0 : absent.length < testedIDs.length;
  return isMet ? undefined : missing(`Not in AD: ${absent.slice(0, 3).join(", ")}.`);
}

const NOT_WRITTEN = failed(
  "MembershipNotWritten",
  "The group stands in AD without members: the vendor's switch for memberships of on-premises users is off by default (spec.entraToAD.membership), or the members have no account there.",
);

function missing(evidence: string): Verdict {
  return failed("MembersMissing", `${evidence} Look at the steps of the run, and at what those users are in AD.`);
}

function notComparable({ facts, members }: ProofQuestion): Verdict {
  const message =
    members?.isWhole === true
      ? `AD holds ${facts.memberCount ?? 0} members, and they are not those of Entra: somebody else is among them, or several are missing.`
      : "Which AD account each member is, Entra did not tell: grant User.Read.All, or leave expect.members out.";
  return unknown("MembersNotComparable", message);
}

/** Entra ids of the members that AD was shown to hold; `undefined` where no set of them gives the hash. */
function presentIDs({ facts, members, testedIDs }: ProofQuestion): ReadonlySet<string> | undefined {
  const { memberCount, memberHash } = facts;
  if (memberCount === null || memberHash === null) return undefined;
  if (memberCount === 0) return new Set();
  if (members === undefined) return undefined;
  const guidOf = (id: string): readonly string[] => {
    const guid = members.guids.get(id);
    return guid === undefined ? [] : [guid];
  };
  const present = presentMembers(
    { memberCount, memberHash },
    { tested: testedIDs.flatMap(guidOf), all: [...members.guids.values()] },
  );
  if (present === undefined) return undefined;
  return new Set([...members.guids].flatMap(([id, guid]) => (present.has(guid) ? [id] : [])));
}

function containerDrift({ facts, declaredContainer }: ProofQuestion): readonly Difference[] {
  if (declaredContainer === undefined || facts.distinguishedName === null) return [];
  const container = parentOf(facts.distinguishedName) ?? "";
  if (isSameName(container, declaredContainer)) return [];
  return [{ what: "container", entra: declaredContainer.slice(0, 300), directory: container.slice(0, 300) }];
}

function memberDrift(
  { facts, members, isJobRunning }: ProofQuestion,
  present: ReadonlySet<string> | undefined,
): readonly Difference[] {
  if (!isJobRunning || members?.isWhole !== true || facts.memberCount === null) return [];
  const total = members.guids.size;
  if (present?.size === total) return [];
  const absent = present === undefined ? [] : [...members.guids.keys()].filter((id) => !present.has(id));
  const named = absent.length === 0 ? "" : `; not there: ${absent.slice(0, 3).join(", ")}`;
  return [{ what: "members", entra: `${total} with an AD account`, directory: `${facts.memberCount}${named}` }];
}

const MESSAGE_MAX = 600; // status.last.message (src/api)

function failed(reason: string, message: string): Verdict {
  return { result: "Failed", reason, message };
}

function unknown(reason: string, message: string): Verdict {
  return { result: "Unknown", reason, message };
}
