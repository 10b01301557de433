/** Scenarios of ReadGroup and HostGroup (agent-host 6.1 and 17.3; contracts/host/read-group.json). */
import { fails, rowsOf, usualRows } from "./rows-usual.ts";
import type { Scenario } from "./scenario.ts";
import { COMPUTER, CONTAINER, PEER } from "./stages.ts";

const read = rowsOf("ReadGroup", { before: "joined" });
/** The two member ids in lower case, sorted, a line each; worked out with sha256sum. */
const MEMBER_HASH = "c16d9c2819c5ed3955c584ede5f02154f6e1534acce4a4459d00a1bbcf876fdc";
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const READ_FACTS = {
  isFound: true,
  distinguishedName: `CN=sg-sales_0b6a4c9e1f11,${CONTAINER}`,
  sid: "S-1-5-21-1004336348-1177238915-682003330-1602",
  objectGUID: "5d000000-0000-4000-8000-000000000003",
  memberCount: 2,
  memberHash: MEMBER_HASH,
};

export const READ_GROUP_ROWS: readonly Scenario[] = [
  ...usualRows(read, { sentence: "a group that has arrived is told by its anchor", changes: false, facts: READ_FACTS }),
  read("a group that is not there is a fact", {
    trouble: { kind: "provisionedGroup", is: "absent" },
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: { isFound: false, distinguishedName: null, sid: null, memberCount: null, memberHash: null },
    },
  }),
  read("a group without members has a count and a hash", {
    trouble: { kind: "provisionedGroup", is: "empty" },
    line: { outcome: "Succeeded", changed: false, facts: { isFound: true, memberCount: 0, memberHash: EMPTY_HASH } },
  }),
  read("members that cannot be read give no count and no hash", {
    trouble: { kind: "provisionedGroup", is: "hidden" },
    line: { outcome: "Succeeded", changed: false, facts: { isFound: true, memberCount: null, memberHash: null } },
  }),
  read("two groups of one anchor are a person's matter", {
    trouble: { kind: "provisionedGroup", is: "twice" },
    line: fails("Person", "AnchorAmbiguous"),
  }),
  read("a schema without the anchor is no absent group", {
    trouble: { kind: "anchorAttributeMissing" },
    line: fails("Permanent", "AnchorAttributeMissing"),
  }),
  read("no controller answers, which is no absent group", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable"),
  }),
  read("a host that the domain does not trust any more", {
    trouble: { kind: "takenOver" },
    line: fails("Permanent", "DomainNotTrusted"),
  }),
  read("a host in no domain", { before: "fresh", line: fails("Permanent", "NotJoined") }),
  read("a domain that is not the host's", {
    parameters: { domainName: "managed.example.com" },
    line: fails("Permanent", "JoinedElsewhere"),
  }),
];

const add = rowsOf("HostGroup", { before: "joined", beside: "computer" });
const MEMBERS = { members: [COMPUTER, PEER] };
const ADD_FACTS = { computerName: PEER, isHostGroupMember: true };

export const HOST_GROUP_ROWS: readonly Scenario[] = [
  ...usualRows(add, { sentence: "a new computer comes into the group", facts: ADD_FACTS, further: MEMBERS }),
  add("a member is left alone, and no secret is asked for", {
    beside: "livePeer",
    trouble: { kind: "secret", secret: "leave", is: "missing" },
    line: { outcome: "Succeeded", changed: false, facts: ADD_FACTS },
  }),
  add("a group that does not exist", {
    parameters: { hostGroup: "CN=None,DC=corp,DC=example,DC=com" },
    line: fails("Permanent", "HostGroupNotFound"),
  }),
  add("a computer that has not joined yet", {
    parameters: { computerName: "CSA3" },
    line: fails("Transient", "ComputerNotFound"),
  }),
  add("a computer of another unit never comes into the group", {
    trouble: { kind: "peerComputer", is: "elsewhere" },
    line: fails("Permanent", "ComputerElsewhere"),
  }),
  add("an account without the right to change the group", {
    trouble: { kind: "leaveAccount", is: "groupless" },
    line: fails("Person", "HostGroupDenied"),
  }),
  add("a wrong password is refused once and locks nothing", {
    trouble: { kind: "secret", secret: "leave", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused"),
  }),
  add("an expired password", {
    trouble: { kind: "leaveAccount", is: "expired" },
    line: fails("Credential", "PasswordExpired"),
  }),
  add("a disabled account", {
    trouble: { kind: "leaveAccount", is: "disabled" },
    line: fails("Credential", "AccountDisabled"),
  }),
  add("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "leave", is: "denied" },
    line: fails("Person", "SecretAccessDenied"),
  }),
  add("a secret that does not exist", {
    trouble: { kind: "secret", secret: "leave", is: "missing" },
    line: fails("Permanent", "SecretNotFound"),
  }),
  add("no controller answers", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable"),
  }),
  add("a host that the domain does not trust any more adds nobody", {
    trouble: { kind: "takenOver" },
    line: fails("Permanent", "DomainNotTrusted"),
  }),
  add("a host in no domain", { before: "fresh", line: fails("Permanent", "NotJoined") }),
  add("a domain that is not the host's", {
    parameters: { domainName: "managed.example.com" },
    line: fails("Permanent", "JoinedElsewhere"),
  }),
];
