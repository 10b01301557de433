import { DEFAULT_DOMAINS, type DomainLayout } from "../layout/domains.ts";
import { DEFAULT_SECRETS } from "../layout/secrets.ts";
import { Bench, domainSection } from "./test-bench.ts";
import { DOMAIN, HOST_GROUP, HOST_GROUP_MEMBER, JOIN, joined, LEAVE_SECRET } from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const LEAVER = CORP.accounts.find(({ userName }) => userName === "svc-leave")!;
const NEW_COMPUTER = { name: "CSA2", organizationalUnit: JOIN.organizationalUnit, creator: "svc-join" };
const members = (bench: Bench): unknown =>
  bench.guests.control.domainTruth(DOMAIN)?.groupMembers[HOST_GROUP.toLowerCase()];

function withDomain(changes: Partial<DomainLayout>): Bench {
  return new Bench({ layout: domainSection({ computers: [NEW_COMPUTER], ...changes }) });
}

test("a healthy member adds the new computer; a second run finds it done and asks for no secret", () => {
  const bench = withDomain({});
  const instanceID = joined(bench, "1");
  const facts = { computerName: "CSA2", isHostGroupMember: true };
  expect(bench.run("HostGroup", instanceID, HOST_GROUP_MEMBER)).toMatchObject({ changed: true, facts });
  const again = { ...HOST_GROUP_MEMBER, credentialSecretARN: `${LEAVE_SECRET}x` };
  expect(bench.run("HostGroup", instanceID, again)).toMatchObject({ changed: false, facts });
  expect(members(bench)).toEqual(["csa1", "csa2"]);
});

const rows: readonly (readonly [sentence: string, domain: Partial<DomainLayout>, changes: object, error: object])[] = [
  ["another domain", {}, { domainName: "managed.example.com" }, { class: "Permanent", reason: "JoinedElsewhere" }],
  [
    "a group that is not there",
    {},
    { hostGroup: "CN=None,DC=corp" },
    { class: "Permanent", reason: "HostGroupNotFound" },
  ],
  ["a computer that has not joined", {}, { computerName: "CSA3" }, { class: "Transient", reason: "ComputerNotFound" }],
  [
    "a computer of another unit, so nobody's server comes into the group",
    { computers: [{ ...NEW_COMPUTER, organizationalUnit: "OU=EntraGroups,DC=corp,DC=example,DC=com" }] },
    {},
    { class: "Permanent", reason: "ComputerElsewhere" },
  ],
  [
    "an account that may not change the group",
    { accounts: CORP.accounts.map((one) => (one === LEAVER ? { ...LEAVER, memberGroups: [] } : one)) },
    {},
    { class: "Person", reason: "HostGroupDenied" },
  ],
  [
    "an expired password",
    { accounts: CORP.accounts.map((one) => (one === LEAVER ? { ...LEAVER, isPasswordExpired: true } : one)) },
    {},
    { class: "Credential", reason: "PasswordExpired" },
  ],
  [
    "a secret that is not there",
    {},
    { credentialSecretARN: `${LEAVE_SECRET}x` },
    { class: "Permanent", reason: "SecretNotFound" },
  ],
];
for (const [sentence, domain, changes, error] of rows) {
  test(`an addition fails on ${sentence}, and the group stays as it is`, () => {
    const bench = withDomain(domain);
    const instanceID = joined(bench, "1");
    expect(bench.run("HostGroup", instanceID, { ...HOST_GROUP_MEMBER, ...changes })).toMatchObject({
      changed: false,
      error,
    });
    expect(members(bench)).toEqual(["csa1"]);
  });
}

test("a host outside every domain cannot add anybody", () => {
  const bench = withDomain({});
  expect(bench.run("HostGroup", bench.online("1"), HOST_GROUP_MEMBER)).toMatchObject({
    error: { reason: "NotJoined" },
  });
});

test("a wrong password counts once", () => {
  const secrets = DEFAULT_SECRETS.secrets.map((secret) =>
    secret.arn === LEAVE_SECRET && secret.value.kind === "directoryAccount"
      ? { ...secret, value: { ...secret.value, password: "wrong" } }
      : secret,
  );
  const bench = new Bench({
    layout: { ...domainSection({ computers: [NEW_COMPUTER], lockoutThreshold: 2 }), secrets: { secrets } },
  });
  const instanceID = joined(bench, "1");
  const error = { class: "Credential", reason: "CredentialRefused" };
  expect(bench.run("HostGroup", instanceID, HOST_GROUP_MEMBER)).toMatchObject({ error });
  expect(bench.guests.control.domainTruth(DOMAIN)?.lockedAccounts).toEqual([]);
});

test("without a controller it is tried again later", () => {
  const bench = withDomain({});
  const instanceID = joined(bench, "1");
  for (const { name } of CORP.controllers) bench.guests.control.setControllerUp(DOMAIN, name, false);
  expect(bench.run("HostGroup", instanceID, HOST_GROUP_MEMBER)).toMatchObject({
    error: { class: "Transient", reason: "DomainControllerUnreachable" },
  });
});
