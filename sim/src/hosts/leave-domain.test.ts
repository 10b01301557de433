import { DEFAULT_DOMAINS, type DirectoryAccountLayout } from "../layout/domains.ts";
import { Bench, domainSection } from "./test-bench.ts";
import { configured, DOMAIN, HOST_GROUP, JOIN, joined, LEAVE } from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const names = (bench: Bench): readonly string[] =>
  bench.guests.control.domainTruth(DOMAIN)?.computers.map(({ name }) => name) ?? [];
const members = (bench: Bench): unknown =>
  bench.guests.control.domainTruth(DOMAIN)?.groupMembers[HOST_GROUP.toLowerCase()];
const withLeaver = (changes: Partial<DirectoryAccountLayout>): Bench =>
  new Bench({
    layout: domainSection({
      accounts: CORP.accounts.map((one) => (one.userName === "svc-leave" ? { ...one, ...changes } : one)),
    }),
  });

test("a leaving host stops its agent, leaves the group and deletes its own object; a second run finds it done", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  joined(bench, "2");
  const facts = {
    computerName: "CSA1",
    agentService: "Stopped",
    isHostGroupMember: false,
    isComputerObjectPresent: false,
  };
  expect(bench.run("LeaveDomain", instanceID, LEAVE)).toMatchObject({ outcome: "Succeeded", changed: true, facts });
  expect([names(bench), members(bench)]).toEqual([["CSA2"], ["csa2"]]);
  expect(bench.run("LeaveDomain", instanceID, LEAVE)).toMatchObject({ outcome: "Succeeded", changed: false, facts });
});

test("without a host group the object goes all the same", () => {
  const bench = new Bench();
  const instanceID = joined(bench, "1");
  expect(bench.run("LeaveDomain", instanceID, { ...LEAVE, hostGroup: "" })).toMatchObject({
    facts: { agentService: "Missing" },
  });
  expect(names(bench)).toEqual([]);
});

const rows: readonly (readonly [sentence: string, bench: () => Bench, changes: object, error: object])[] = [
  [
    "the name of another host",
    () => new Bench(),
    { computerName: "CSA2" },
    { class: "Permanent", reason: "WrongHost" },
  ],
  [
    "another domain",
    () => new Bench(),
    { domainName: "managed.example.com" },
    { class: "Permanent", reason: "JoinedElsewhere" },
  ],
  [
    "a unit in which the computer does not stand",
    () => new Bench(),
    { organizationalUnit: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    { class: "Permanent", reason: "ComputerElsewhere" },
  ],
  [
    "an unknown group",
    () => new Bench(),
    { hostGroup: "CN=None,DC=corp" },
    { class: "Permanent", reason: "HostGroupNotFound" },
  ],
];
for (const [sentence, bench, changes, error] of rows) {
  test(`a leave fails on ${sentence} before anything is touched`, () => {
    const world = bench();
    const instanceID = configured(world, "1");
    expect(world.run("LeaveDomain", instanceID, { ...LEAVE, ...changes })).toMatchObject({ changed: false, error });
    expect(world.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Running", isHostGroupMember: true });
    expect(names(world)).toEqual(["CSA1"]);
  });
}

test("an account without the right to delete says so, and what was done already", () => {
  const world = withLeaver({ deletesComputersIn: [] });
  const instanceID = configured(world, "1");
  expect(world.run("LeaveDomain", instanceID, LEAVE)).toMatchObject({
    changed: true,
    error: { class: "Person", reason: "ComputerDeletionDenied" },
  });
  expect(world.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Stopped", isHostGroupMember: false });
  expect(names(world)).toEqual(["CSA1"]);
});

test("an account without the right to the group stops before the object", () => {
  const world = withLeaver({ memberGroups: [] });
  const instanceID = configured(world, "1");
  expect(world.run("LeaveDomain", instanceID, LEAVE)).toMatchObject({
    error: { class: "Person", reason: "HostGroupDenied" },
  });
  expect([names(world), members(world)]).toEqual([["CSA1"], ["csa1"]]);
});

test("a host whose name another host took over does not delete that host's object", () => {
  const bench = new Bench();
  const old = configured(bench, "1");
  const taker = bench.online("2");
  bench.run("Join", taker, { ...JOIN, computerName: "CSA1" });
  expect(bench.run("LeaveDomain", old, LEAVE)).toMatchObject({
    changed: false,
    error: { class: "Person", reason: "ComputerTakenOver" },
  });
  expect(bench.run("Probe", taker)).toMatchObject({ facts: { isDomainTrusted: true } });
});

test("a host outside the domain has nothing to leave, and says so", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const { computerName } = bench.guests.control.truth(instanceID)!;
  expect(bench.run("LeaveDomain", instanceID, { ...LEAVE, computerName })).toMatchObject({
    error: { class: "Permanent", reason: "NotJoined" },
  });
});
