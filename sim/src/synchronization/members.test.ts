import { Domain } from "../ad/domain.ts";
import { DEFAULT_DOMAINS } from "../layout/domains.ts";
import { DOMAIN, SyncBench } from "./test-bench.ts";
import { virtualClock } from "../core/clock.ts";

const ON = { layout: { membershipOfOnPremisesUsers: "on" } } as const;
const guidOf = (bench: SyncBench, userID: string) =>
  bench.directory.get("user", userID)?.onPremisesObjectIdentifier ?? "";

test("references to synced users are written only where the membership switch is on; it is off by default", () => {
  for (const [options, expected] of [
    [{}, 0],
    [ON, 1],
  ] as const) {
    const bench = new SyncBench(options);
    const group = bench.assigned();
    bench.directory.addMember(group, bench.user());
    bench.startedJob();
    expect(bench.members(group)).toHaveLength(expected);
  }
});

test("a person throws the switch in the portal: groups that change, and a restart, take it up", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  bench.directory.addMember(group, bench.user());
  const id = bench.startedJob();
  for (const configuration of bench.service.configurations()) configuration.writesOnPremisesMembers = true;
  bench.cycle();
  expect(bench.members(group)).toHaveLength(0);
  bench.restart(id);
  expect(bench.members(group)).toHaveLength(1);
});

test("a member is found by its objectGUID; cloud users, unknown GUIDs, deleted accounts and devices are skipped silently", () => {
  const bench = new SyncBench(ON);
  const group = bench.assigned();
  const synced = bench.user();
  const gone = bench.user();
  bench.domain.removeUser(guidOf(bench, gone));
  const cloud = bench.user({ onPremisesObjectIdentifier: null, onPremisesSyncEnabled: null });
  const foreign = bench.user({ onPremisesDomainName: "other.example.com" });
  bench.directory.create({
    kind: "device",
    id: "de000000-0000-4000-8000-000000000001",
    displayName: "laptop",
    onPremisesSyncEnabled: null,
  });
  for (const member of [synced, gone, cloud, foreign, "de000000-0000-4000-8000-000000000001"])
    bench.directory.addMember(group, member);
  const id = bench.startedJob();
  expect(bench.members(group)).toEqual([guidOf(bench, synced)]);
  expect(bench.job(id).status.lastExecution?.state).toBe("Succeeded");
});

test("members may come from another domain of the same forest, never from another forest", () => {
  for (const [forest, expected] of [
    [DOMAIN, 1],
    ["elsewhere.example", 0],
  ] as const) {
    const clock = virtualClock();
    const [corp] = DEFAULT_DOMAINS.domains;
    const rights = (["CreateGroups", "WriteGroups"] as const).map((right) => ({
      distinguishedName: "DC=corp,DC=example,DC=com",
      trustee: "gmsaCloudSync$",
      kind: "Allow" as const,
      right,
    }));
    const domains = new Map([
      [DOMAIN, new Domain({ ...corp!, access: rights }, clock)],
      ["emea.corp.example.com", new Domain({ ...corp!, dnsName: "emea.corp.example.com", forest }, clock)],
    ]);
    const bench = new SyncBench({ ...ON, clock, domains });
    const path = bench.path();
    if (path.kind !== "reached") throw new Error("the bench reaches its domain");
    bench.path = () => ({ ...path, forest: [...domains.values()].filter((domain) => domain.forest === DOMAIN) });
    const group = bench.assigned();
    bench.directory.addMember(group, bench.user({ onPremisesDomainName: "emea.corp.example.com" }));
    bench.startedJob();
    expect(bench.members(group)).toHaveLength(expected);
  }
});

test("a removed member is a removed reference; the group and its other members stay", () => {
  const bench = new SyncBench(ON);
  const group = bench.assigned();
  const [first, second] = [bench.user(), bench.user()];
  for (const member of [first, second]) bench.directory.addMember(group, member);
  bench.startedJob();
  bench.directory.removeMember(group, first);
  bench.cycle();
  expect(bench.members(group)).toEqual([guidOf(bench, second)]);
});

test("a nested group is a reference when it is in scope itself, whichever of the two is made first", () => {
  const bench = new SyncBench();
  const parent = bench.assigned();
  const [inScope, notInScope, owned] = [bench.assigned(), bench.group(), bench.group({ onPremisesSyncEnabled: true })];
  for (const member of [inScope, notInScope, owned]) bench.directory.addMember(parent, member);
  bench.startedJob();
  expect(bench.members(parent)).toEqual([bench.adGroup(inScope)?.objectGUID]);
  bench.assign(notInScope);
  bench.cycle();
  expect(bench.members(parent)).toEqual([inScope, notInScope].map((group) => bench.adGroup(group)?.objectGUID));
});

test("members of a nested group are not expanded", () => {
  const bench = new SyncBench(ON);
  const [parent, child] = [bench.assigned(), bench.group()];
  bench.directory.addMember(parent, child);
  bench.directory.addMember(child, bench.user());
  bench.startedJob();
  expect(bench.members(parent)).toEqual([]);
});

test("a user whose account comes later becomes a reference then", () => {
  const bench = new SyncBench(ON);
  const group = bench.assigned();
  const user = bench.user({ onPremisesObjectIdentifier: null });
  bench.directory.addMember(group, user);
  bench.startedJob();
  expect(bench.members(group)).toEqual([]);
  bench.directory.update("user", user, { onPremisesObjectIdentifier: "ad900000-0000-4000-8000-0000000000ff" });
  bench.cycle();
  expect(bench.members(group)).toEqual(["ad900000-0000-4000-8000-0000000000ff"]);
});
