/** Scenarios of Join (agent-host 17.3, aws.md 6.5). */
import type { Scenario } from "./scenario.ts";
import { COMPUTER, DOMAIN } from "./stages.ts";

const JOINED = { computerName: COMPUTER, domain: DOMAIN, isHostGroupMember: true } as const;
const FURTHER = { computers: [COMPUTER], members: [COMPUTER] };
const FACTS = { computerName: COMPUTER, domain: DOMAIN, isHostGroupMember: true };
const join = (sentence: string, row: Omit<Scenario, "sentence" | "step" | "before"> & Partial<Scenario>): Scenario => ({
  step: "Join",
  before: "fresh",
  ...row,
  sentence: `Join: ${sentence}`,
});
const fails = (errorClass: string, reason: string): Scenario["line"] => ({
  outcome: "Failed",
  error: { class: errorClass, reason },
});

export const JOIN_ROWS: readonly Scenario[] = [
  join("a fresh host is renamed, joined and a member of the group after one restart", {
    line: { outcome: "Succeeded", changed: true, facts: { ...FACTS, reboots: 1 } },
    after: JOINED,
    further: FURTHER,
  }),
  join("a joined host is left alone", {
    before: "joined",
    line: { outcome: "Succeeded", changed: false, facts: { ...FACTS, reboots: 0 } },
  }),
  join("the same command twice answers with the first result", {
    runs: 2,
    repeats: true,
    line: { outcome: "Succeeded", changed: true, facts: { ...FACTS, reboots: 1 } },
    after: JOINED,
    further: FURTHER,
  }),
  join("the power goes before anything is done, and it is done once in the end", {
    interruption: { kind: "power", when: "before" },
    runs: 2,
    line: { outcome: "Succeeded", facts: FACTS },
    after: JOINED,
    further: FURTHER,
  }),
  join("the power goes when all is done, and the next command finds it done", {
    interruption: { kind: "power", when: "after" },
    runs: 2,
    line: { outcome: "Succeeded", changed: false, facts: FACTS },
    after: JOINED,
    further: FURTHER,
  }),
  join("Windows does not install the directory's tools", {
    trouble: { kind: "ailment", is: "featureFails" },
    line: fails("Transient", "FeatureNotInstalled"),
  }),
  join("a joined host whose computer object somebody deleted", {
    before: "joined",
    trouble: { kind: "membership", is: "deleted" },
    line: fails("Permanent", "ComputerAccountMissing"),
    // Both went with the trouble.
    after: { isHostGroupMember: false },
    further: { computers: [], members: [] },
  }),
  join("a host of another name is not renamed again", {
    before: "joined",
    parameters: { computerName: "OTHER1" },
    line: fails("Permanent", "JoinedElsewhere"),
  }),
  join("a wrong password is refused once and locks nothing", {
    trouble: { kind: "secret", secret: "join", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused"),
  }),
  join("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "join", is: "denied" },
    line: fails("Person", "SecretAccessDenied"),
  }),
  join("a secret that does not exist", {
    trouble: { kind: "secret", secret: "join", is: "missing" },
    line: fails("Permanent", "SecretNotFound"),
  }),
  join("no controller answers", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable"),
  }),
  join("a domain that does not resolve", {
    parameters: { domainName: "none.example.com" },
    line: fails("Transient", "DomainNotFound"),
  }),
  join("an account without the right to create computers", {
    trouble: { kind: "joinAccount", lacks: "unit" },
    line: fails("Person", "JoinDenied"),
  }),
  join("an account without the right to change the group", {
    trouble: { kind: "joinAccount", lacks: "group" },
    line: fails("Person", "HostGroupDenied"),
  }),
  join("an account that has created its last computer", {
    trouble: { kind: "joinAccount", lacks: "quota" },
    line: fails("Person", "MachineAccountQuota"),
  }),
  join("a name that another account created (KB5020276)", {
    trouble: { kind: "computerTaken" },
    line: fails("Permanent", "ComputerNameTaken"),
  }),
  join("a unit with blanks, brackets and Unicode is taken by the letter", {
    parameters: { organizationalUnit: "OU=Grüße (Süd) {1},OU=Sync Hosts,DC=corp,DC=example,DC=com" },
    line: fails("Permanent", "OrganizationalUnitNotFound"),
  }),
  join("an unknown host group", {
    parameters: { hostGroup: "CN=None,DC=corp,DC=example,DC=com" },
    line: fails("Permanent", "HostGroupNotFound"),
  }),
];
