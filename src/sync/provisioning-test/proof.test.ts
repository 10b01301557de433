/** What AD proves: a table, and the laws of what a hash can tell. */
import fc from "fast-check";
import type { GroupFacts } from "../../host/directory-read/port.ts";
import { isSameName, parentOf } from "../distinguished-name.ts";
import { memberHash, presentMembers } from "./member-hash.ts";
import type { ComparableMembers } from "./members.ts";
import { judgeProof, type ProofQuestion } from "./proof.ts";

const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const guid = (at: number) => `aaaaaaaa-0000-4000-8000-${String(at).padStart(12, "0")}`;
const member = (at: number) => `user-${at}`;

function inEntra(count: number, isWhole = true): ComparableMembers {
  return { guids: new Map(Array.from({ length: count }, (_, at) => [member(at), guid(at)])), isWhole };
}
function inDirectory(members: readonly number[], overrides: Partial<GroupFacts> = {}): GroupFacts {
  return {
    domainController: "dc1.corp.example.com",
    isFound: true,
    anchor: "Group_0f2c7a1e",
    distinguishedName: `CN=sg-canary_0b6a4c9e1f11,${OU}`,
    memberCount: members.length,
    memberHash: memberHash(members.map(guid)),
    ...overrides,
  };
}
function aQuestion(overrides: Partial<ProofQuestion> = {}): ProofQuestion {
  return {
    expect: { verify: "Directory", container: OU, members: "All" },
    facts: inDirectory([0, 1, 2]),
    members: inEntra(3),
    testedIDs: [0, 1, 2].map(member),
    declaredContainer: OU,
    isJobRunning: true,
    ...overrides,
  };
}
const expecting = (members: "All" | "Any" | "None") => ({ verify: "Directory" as const, members });
const notFound = inDirectory([], { isFound: false, distinguishedName: null, memberCount: null, memberHash: null });
const elsewhere = inDirectory([0, 1, 2], { distinguishedName: "CN=x,CN=Users,DC=corp,DC=example,DC=com" });

const rows: readonly (readonly [sentence: string, Partial<ProofQuestion>, result: string, reason: string])[] = [
  ["all members are there", {}, "Passed", "ProvenInDirectory"],
  ["the group is not there", { facts: notFound }, "Failed", "NotInDirectory"],
  ["it stands in another container", { facts: elsewhere }, "Failed", "WrongContainer"],
  [
    "the same container in other letters",
    { expect: { ...expecting("All"), container: OU.toLowerCase() } },
    "Passed",
    "ProvenInDirectory",
  ],
  [
    "a sample of many members, before the job ever ran",
    { members: inEntra(30), facts: inDirectory([4, 9]), testedIDs: [4, 9].map(member) },
    "Passed",
    "ProvenInDirectory",
  ],
  [
    "a sample of many members, all of which are there",
    { members: inEntra(30), facts: inDirectory([...Array(30).keys()]), testedIDs: [4, 9].map(member) },
    "Passed",
    "ProvenInDirectory",
  ],
  ["one of the sample is missing", { facts: inDirectory([0, 1]) }, "Failed", "MembersMissing"],
  [
    "one of the sample is missing among many",
    {
      members: inEntra(30),
      facts: inDirectory([...Array(30).keys()].filter((at) => at !== 4)),
      testedIDs: [4, 9].map(member),
    },
    "Failed",
    "MembersMissing",
  ],
  [
    "any of the sample does for Any",
    { expect: expecting("Any"), facts: inDirectory([1]) },
    "Passed",
    "ProvenInDirectory",
  ],
  ["the switch for memberships is off", { facts: inDirectory([]) }, "Failed", "MembershipNotWritten"],
  [
    "the switch is off, and nobody is expected",
    { expect: expecting("None"), facts: inDirectory([]) },
    "Passed",
    "ProvenInDirectory",
  ],
  ["somebody is there who is not expected", { expect: expecting("None") }, "Failed", "MembersPresent"],
  ["a stranger stands among them", { facts: inDirectory([0, 1, 2, 77]) }, "Unknown", "MembersNotComparable"],
  ["fewer than were tested, whoever they are", { facts: inDirectory([77, 78]) }, "Failed", "MembersMissing"],
  [
    "Entra does not tell who they are in AD",
    { members: { guids: new Map(), isWhole: false } },
    "Unknown",
    "MembersNotComparable",
  ],
  ["Entra's members were not read", { members: undefined }, "Unknown", "MembersNotComparable"],
  [
    "the host could not read the members",
    { facts: inDirectory([0], { memberCount: null, memberHash: null }) },
    "Unknown",
    "MembersUnreadable",
  ],
  ["nobody took part", { testedIDs: [] }, "Unknown", "NoMembersToProve"],
  [
    "nobody took part, and nothing is expected of members",
    { testedIDs: [], expect: { verify: "Directory" } },
    "Passed",
    "ProvenInDirectory",
  ],
];
test.each(rows)("%s", (_sentence, overrides, result, reason) => {
  expect(judgeProof(aQuestion(overrides)).verdict).toMatchObject({ result, reason });
});

test("drift is named: a member that is missing by name, a container that is not the declared one", () => {
  const facts = inDirectory([0, 2], { distinguishedName: "CN=x,OU=Old,DC=corp,DC=example,DC=com" });
  expect(judgeProof(aQuestion({ facts, expect: { verify: "Directory" } })).drift).toEqual([
    { what: "container", entra: OU, directory: "OU=Old,DC=corp,DC=example,DC=com" },
    { what: "members", entra: "3 with an AD account", directory: "2; not there: user-1" },
  ]);
  expect(judgeProof(aQuestion()).drift).toEqual([]);
});

test("before the job has run, members that no test brought are no drift", () => {
  const question = aQuestion({
    members: inEntra(30),
    facts: inDirectory([4]),
    testedIDs: [member(4)],
    isJobRunning: false,
  });
  expect(judgeProof(question).drift).toEqual([]);
  expect(judgeProof({ ...question, isJobRunning: true }).drift).toHaveLength(1);
});

test("a set is told present only when it is what AD holds", () => {
  const at = fc.integer({ min: 0, max: 9 });
  const set = fc.uniqueArray(at, { maxLength: 10 });
  const property = fc.property(set, set, (held, tested) => {
    const present = presentMembers(
      { memberCount: held.length, memberHash: memberHash(held.map(guid)) },
      { tested: tested.slice(0, 5).map(guid), all: [...Array(10).keys()].map(guid) },
    );
    return present === undefined || [...present].sort().join() === held.map(guid).sort().join();
  });
  fc.assert(property, { numRuns: 500 });
});

test("the hash is that of the contract: of nobody it is the hash of no bytes, and order does not matter", () => {
  expect(memberHash([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(memberHash([guid(2), guid(1)])).toBe(memberHash([guid(1), guid(2)]));
});

test("names of AD: escaped commas, spaces and letters", () => {
  expect(parentOf("CN=Sales\\, Japan,OU=Groups,DC=x")).toBe("OU=Groups,DC=x");
  expect(parentOf("DC=x")).toBeUndefined();
  expect(isSameName("OU=A, DC=x", "ou=a,dc=X")).toBe(true);
  expect(isSameName("OU=A\\,B,DC=x", "OU=A,B,DC=x")).toBe(false);
});
