/** Scenarios of LeaveDomain and CleanUpPeer (agent-host 12). What must not be deleted stands beside what must. */
import { fails, rowsOf, usualRows } from "./rows-usual.ts";
import type { Scenario } from "./scenario.ts";
import { COMPUTER, CONTAINER, PEER } from "./stages.ts";

const leave = rowsOf("LeaveDomain", { before: "configured" });
const LEFT = { agentService: "Stopped", isHostGroupMember: false } as const;
const LEFT_FACTS = { computerName: COMPUTER, ...LEFT, isComputerObjectPresent: false };
const NOBODY = { computers: [], members: [] };

export const LEAVE_DOMAIN_ROWS: readonly Scenario[] = [
  ...usualRows(leave, {
    sentence: "the agent stops, the host leaves its group and its own object is deleted",
    facts: LEFT_FACTS,
    after: LEFT,
    further: NOBODY,
  }),
  leave("the peer beside it keeps object and membership", {
    beside: "livePeer",
    line: { outcome: "Succeeded", changed: true, facts: LEFT_FACTS },
    after: LEFT,
    further: { computers: [PEER], members: [PEER] },
  }),
  leave("the Pass-through Authentication agent is stopped too", {
    before: "passThroughRegistered",
    line: { outcome: "Succeeded", changed: true, facts: { ...LEFT_FACTS, agentService: "Missing" } },
    after: { isHostGroupMember: false },
    further: {
      ...NOBODY,
      passThrough: { version: "1.5.2482.0", service: "Stopped", tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da" },
    },
  }),
  leave("without a host group the object goes all the same", {
    before: "joined",
    parameters: { hostGroup: "" },
    line: { outcome: "Succeeded", changed: true, facts: { ...LEFT_FACTS, agentService: "Missing" } },
    after: { isHostGroupMember: false },
    further: NOBODY,
  }),
  leave("an agent that does not stop keeps the host in its domain", {
    trouble: { kind: "ailment", is: "serviceHangs" },
    line: fails("Transient", "ServiceNotStopped", true),
  }),
  leave("the name of another host", {
    beside: "livePeer",
    parameters: { computerName: PEER },
    line: fails("Permanent", "WrongHost", false),
  }),
  leave("a domain that is not the host's", {
    parameters: { domainName: "managed.example.com" },
    line: fails("Permanent", "JoinedElsewhere", false),
  }),
  leave("a unit in which the computer does not stand", {
    parameters: { organizationalUnit: CONTAINER },
    line: fails("Permanent", "ComputerElsewhere", false),
  }),
  leave("a group that does not exist", {
    parameters: { hostGroup: "CN=None,DC=corp,DC=example,DC=com" },
    line: fails("Permanent", "HostGroupNotFound", false),
  }),
  leave("the object of a host that took over the name is never deleted", {
    trouble: { kind: "takenOver" },
    line: fails("Person", "ComputerTakenOver", false),
  }),
  leave("no controller answers, and the service runs on", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable", false),
  }),
  leave("an account without the right to the group stops before the object", {
    trouble: { kind: "leaveAccount", is: "groupless" },
    line: fails("Person", "HostGroupDenied", true),
    after: { agentService: "Stopped" },
  }),
  leave("an account without the right to delete tells what was done already", {
    trouble: { kind: "leaveAccount", is: "deletionless" },
    line: fails("Person", "ComputerDeletionDenied", true),
    after: LEFT,
    further: { members: [] },
  }),
  leave("a wrong password is refused once and locks nothing", {
    trouble: { kind: "secret", secret: "leave", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused", true),
    after: { agentService: "Stopped" },
  }),
  leave("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "leave", is: "denied" },
    line: fails("Person", "SecretAccessDenied", true),
    after: { agentService: "Stopped" },
  }),
  leave("a secret that does not exist", {
    trouble: { kind: "secret", secret: "leave", is: "missing" },
    line: fails("Permanent", "SecretNotFound", true),
    after: { agentService: "Stopped" },
  }),
];

const cleanUp = rowsOf("CleanUpPeer", { before: "joined", beside: "deadPeer" });
const CLEANED = { computers: [COMPUTER], members: [COMPUTER] };
const CLEANED_FACTS = { computerName: PEER, isHostGroupMember: false, isComputerObjectPresent: false };

export const CLEAN_UP_PEER_ROWS: readonly Scenario[] = [
  ...usualRows(cleanUp, {
    sentence: "a dead peer leaves the group and loses its object",
    facts: CLEANED_FACTS,
    further: CLEANED,
  }),
  cleanUp("an object whose host was never seen goes too", {
    beside: "computer",
    line: { outcome: "Succeeded", changed: true, facts: CLEANED_FACTS },
    further: { computers: [COMPUTER] },
  }),
  cleanUp("a peer that answers is not touched", {
    beside: "livePeer",
    line: fails("Transient", "PeerAnswers", false),
  }),
  cleanUp("a peer that logged on after its end is not touched", {
    beside: "livePeer",
    parameters: { deadSince: "now-6" },
    line: fails("Person", "PeerLoggedOn", false),
  }),
  cleanUp("an object that is newer than the peer's end is not touched", {
    parameters: { deadSince: "now-600" },
    line: fails("Person", "PeerIsNewer", false),
  }),
  cleanUp("an end that lies ahead", {
    parameters: { deadSince: "now+60" },
    line: fails("Permanent", "DeadSinceInFuture", false),
  }),
  cleanUp("a day that is in no calendar", {
    parameters: { deadSince: "2026-02-31T00:00:00Z" },
    line: fails("Permanent", "DeadSinceMalformed", false),
  }),
  cleanUp("a host never cleans up itself", {
    parameters: { computerName: COMPUTER },
    line: fails("Permanent", "PeerIsSelf", false),
  }),
  cleanUp("a computer of another unit is somebody else's", {
    beside: "computer",
    trouble: { kind: "peerComputer", is: "elsewhere" },
    line: fails("Permanent", "ComputerElsewhere", false),
  }),
  cleanUp("a computer with objects below it is left to a person", {
    beside: "computer",
    trouble: { kind: "peerComputer", is: "hasChildren" },
    line: fails("Person", "ComputerHasChildren", false),
  }),
  cleanUp("while one controller is silent, nobody knows whom it has seen", {
    trouble: { kind: "oneControllerDown" },
    line: fails("Transient", "SignsOfLifeUnknown", false),
  }),
  cleanUp("no controller answers", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable", false),
  }),
  cleanUp("a host that the domain does not trust any more cleans up nobody", {
    trouble: { kind: "takenOver" },
    line: fails("Permanent", "DomainNotTrusted", false),
  }),
  cleanUp("a group that does not exist", {
    parameters: { hostGroup: "CN=None,DC=corp,DC=example,DC=com" },
    line: fails("Permanent", "HostGroupNotFound", false),
  }),
  cleanUp("an account without the right to the group stops before the object", {
    trouble: { kind: "leaveAccount", is: "groupless" },
    line: fails("Person", "HostGroupDenied", false),
  }),
  cleanUp("an account without the right to delete tells what was done already", {
    trouble: { kind: "leaveAccount", is: "deletionless" },
    line: fails("Person", "ComputerDeletionDenied", true),
    further: { members: [COMPUTER] },
  }),
  cleanUp("a wrong password is refused once and locks nothing", {
    trouble: { kind: "secret", secret: "leave", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused", false),
  }),
  cleanUp("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "leave", is: "denied" },
    line: fails("Person", "SecretAccessDenied", false),
  }),
  cleanUp("a host in no domain", { before: "fresh", beside: "computer", line: fails("Permanent", "NotJoined", false) }),
  cleanUp("a domain that is not the host's", {
    parameters: { domainName: "managed.example.com" },
    line: fails("Permanent", "JoinedElsewhere", false),
  }),
];
