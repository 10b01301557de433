import { DEFAULT_DOMAINS } from "../layout/domains.ts";
import { DEFAULT_SECRETS } from "../layout/secrets.ts";
import { Bench, domainSection } from "./test-bench.ts";
import { DOMAIN, HOST_GROUP, JOIN } from "./test-steps.ts";

const OU = JOIN.organizationalUnit;
const JOINER = { userName: "svc-join", password: "world-join-password" };
const computers = (bench: Bench): unknown => bench.guests.control.domainTruth(DOMAIN)?.computers;

function withSecret(change: { readonly password?: string; readonly readableBy?: readonly string[] }): Bench {
  const secrets = DEFAULT_SECRETS.secrets.map((secret) =>
    secret.arn === JOIN.credentialSecretARN && secret.value.kind === "directoryAccount"
      ? {
          ...secret,
          readableBy: change.readableBy ?? secret.readableBy,
          value: { ...secret.value, password: change.password ?? secret.value.password },
        }
      : secret,
  );
  return new Bench({ layout: { secrets: { secrets } } });
}

const rows: readonly (readonly [sentence: string, bench: () => Bench, changes: object, error: object])[] = [
  [
    "an unknown organizational unit",
    () => new Bench(),
    { organizationalUnit: "OU=None,DC=corp" },
    { class: "Permanent", reason: "OrganizationalUnitNotFound" },
  ],
  [
    "an unknown host group",
    () => new Bench(),
    { hostGroup: "CN=None,DC=corp" },
    { class: "Permanent", reason: "HostGroupNotFound" },
  ],
  [
    "an unknown domain",
    () => new Bench(),
    { domainName: "none.example.com" },
    { class: "Transient", reason: "DomainNotFound" },
  ],
  [
    "an unknown secret",
    () => new Bench(),
    { credentialSecretARN: `${JOIN.credentialSecretARN}x` },
    { class: "Permanent", reason: "SecretNotFound" },
  ],
  [
    "a secret that the profile may not read",
    () => withSecret({ readableBy: ["other"] }),
    {},
    { class: "Person", reason: "SecretAccessDenied" },
  ],
  [
    "a wrong password",
    () => withSecret({ password: "wrong" }),
    {},
    { class: "Credential", reason: "CredentialRefused" },
  ],
  [
    "a unit that is not delegated to the account",
    () => new Bench({ layout: domainSection({ accounts: [{ ...JOINER, joinOUs: ["OU=Elsewhere"] }] }) }),
    {},
    { class: "Person", reason: "JoinDenied" },
  ],
  [
    "an exhausted quota",
    () => new Bench({ layout: domainSection({ accounts: [{ ...JOINER, computersMax: 0 }] }) }),
    {},
    { class: "Person", reason: "MachineAccountQuota" },
  ],
  [
    "a name that another account created (KB5020276)",
    () =>
      new Bench({
        layout: domainSection({ computers: [{ name: "csa01", organizationalUnit: OU, creator: "someone" }] }),
      }),
    {},
    { class: "Permanent", reason: "ComputerNameTaken" },
  ],
  [
    "a host group whose members the account may not change",
    () => new Bench({ layout: domainSection({ accounts: [{ ...JOINER, memberGroups: [] }] }) }),
    {},
    { class: "Person", reason: "HostGroupDenied" },
  ],
];
for (const [sentence, bench, changes, error] of rows) {
  test(`a join fails on ${sentence} and leaves the host outside the domain`, () => {
    const world = bench();
    const instanceID = world.online("1");
    expect(world.run("Join", instanceID, { ...JOIN, ...changes })).toMatchObject({ outcome: "Failed", error });
    expect(world.guests.control.truth(instanceID)).toMatchObject({ joinedDomain: null, boots: 1 });
  });
}

test("a join without a reachable controller is transient: it succeeds when one comes back", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const { control } = bench.guests;
  for (const { name } of DEFAULT_DOMAINS.domains[0]!.controllers) control.setControllerUp(DOMAIN, name, false);
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({
    error: { class: "Transient", reason: "DomainControllerUnreachable" },
  });
  control.setControllerUp(DOMAIN, "dc2.corp.example.com", true);
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({ outcome: "Succeeded" });
  expect(bench.run("Probe", instanceID)).toMatchObject({ facts: { unreachableDomainControllers: ["10.0.1.10"] } });
});

test("controllers are reached by zone", () => {
  const controllers = DEFAULT_DOMAINS.domains[0]!.controllers.map((controller) => ({
    ...controller,
    unreachableFrom: ["ap-northeast-1d"],
  }));
  const bench = new Bench({ layout: domainSection({ controllers }) });
  const far = bench.online("1", { availabilityZone: "ap-northeast-1d" });
  const near = bench.online("2");
  expect(bench.run("Join", far, JOIN)).toMatchObject({ error: { reason: "DomainControllerUnreachable" } });
  expect(bench.run("Join", near, JOIN)).toMatchObject({ outcome: "Succeeded" });
});

test("repeated bad passwords lock the join account, and a right one does not open it", () => {
  const bench = withSecret({ password: "wrong" });
  const instanceID = bench.online("1");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(bench.run("Join", instanceID, JOIN)).toMatchObject({ error: { reason: "CredentialRefused" } });
  }
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({
    error: { class: "Credential", reason: "AccountLockedOut" },
  });
  expect(bench.guests.control.domainTruth(DOMAIN)?.lockedAccounts).toEqual(["svc-join"]);
});

test("the same creator may take a name over; the host that had it loses the domain's trust", () => {
  const bench = new Bench();
  const first = bench.online("1");
  const second = bench.online("2");
  expect(bench.run("Join", first, JOIN)).toMatchObject({ outcome: "Succeeded" });
  expect(bench.run("Join", second, JOIN)).toMatchObject({ outcome: "Succeeded" });
  expect(computers(bench)).toMatchObject([{ name: "CSA01", boundTo: second }]);
  expect(bench.run("Probe", first)).toMatchObject({ facts: { domain: DOMAIN, isDomainTrusted: false } });
  expect(bench.run("Probe", second)).toMatchObject({ facts: { isDomainTrusted: true } });
});

test("without a host group the host joins and is no member", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  expect(bench.run("Join", instanceID, { ...JOIN, hostGroup: "" })).toMatchObject({
    facts: { isHostGroupMember: false },
  });
  expect(bench.guests.control.domainTruth(DOMAIN)?.groupMembers).toEqual({ [HOST_GROUP.toLowerCase()]: [] });
});

test("a host of one name is not renamed by a second join: the declaration has to change", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.run("Join", instanceID, JOIN);
  expect(bench.run("Join", instanceID, { ...JOIN, computerName: "CSA02" })).toMatchObject({
    error: { reason: "JoinedElsewhere" },
  });
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({ outcome: "Succeeded", changed: false });
});

test("a joined host that restarted during its join says so once more, without a second restart", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.run("Join", instanceID, { operationID: "operationone", ...JOIN });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 2 });
  expect(bench.run("Join", instanceID, { operationID: "operationone", ...JOIN })).toMatchObject({
    changed: true,
    facts: { reboots: 1 },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 2 });
});

test("a join account that may not change the host group leaves no computer account behind", () => {
  const bench = new Bench({ layout: domainSection({ accounts: [{ ...JOINER, memberGroups: [] }] }) });
  expect(bench.run("Join", bench.online("1"), JOIN)).toMatchObject({ error: { reason: "HostGroupDenied" } });
  expect(computers(bench)).toEqual([]);
});

test("a joined host that is not in its group is put there and restarts for a fresh ticket", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.run("Join", instanceID, { ...JOIN, hostGroup: "" });
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({
    outcome: "Succeeded",
    changed: true,
    facts: { isHostGroupMember: true, reboots: 1 },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 3 });
});
