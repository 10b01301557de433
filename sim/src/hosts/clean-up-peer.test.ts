import type { DomainLayout } from "../layout/domains.ts";
import { Bench, domainSection } from "./test-bench.ts";
import { configured, DOMAIN, HOST_GROUP, JOIN, joined, LEAVE } from "./test-steps.ts";

const names = (bench: Bench): readonly string[] =>
  bench.guests.control.domainTruth(DOMAIN)?.computers.map(({ name }) => name) ?? [];
const members = (bench: Bench): unknown =>
  bench.guests.control.domainTruth(DOMAIN)?.groupMembers[HOST_GROUP.toLowerCase()];
const at = (bench: Bench, minutes = 0): string =>
  new Date(bench.clock.nowMs() + minutes * 60_000).toISOString().replace(/\.\d+/, "");

interface Stage {
  readonly bench: Bench;
  readonly healthy: string;
  readonly peer: string;
}

/** CSA2 is the peer, CSA1 cleans up. */
function stage(domain: Partial<DomainLayout> = {}): Stage {
  const bench = new Bench({ layout: domainSection(domain) });
  return { bench, healthy: joined(bench, "1"), peer: configured(bench, "2") };
}

const PEER = { ...LEAVE, computerName: "CSA2" };

test("a dead peer leaves the group and loses its object; a second run finds it done", () => {
  const { bench, healthy, peer } = stage();
  bench.end(peer, "terminate");
  const parameters = { ...PEER, deadSince: at(bench) };
  const facts = { computerName: "CSA2", isHostGroupMember: false, isComputerObjectPresent: false };
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({ changed: true, facts });
  expect([names(bench), members(bench)]).toEqual([["CSA1"], ["csa1"]]);
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({ changed: false, facts });
});

test("the twin: a live peer is not touched, by whichever sign of life", () => {
  const { bench, healthy } = stage();
  const rows = [
    { deadSince: at(bench), error: { class: "Transient", reason: "PeerAnswers" } },
    { deadSince: at(bench, -6), error: { class: "Person", reason: "PeerLoggedOn" } },
    { deadSince: at(bench, -600), error: { class: "Person", reason: "PeerIsNewer" } },
    { deadSince: "2026-02-31T00:00:00Z", error: { class: "Permanent", reason: "DeadSinceMalformed" } },
    { deadSince: at(bench, 60), error: { class: "Permanent", reason: "DeadSinceInFuture" } },
  ];
  for (const { deadSince, error } of rows) {
    expect(bench.run("CleanUpPeer", healthy, { ...PEER, deadSince })).toMatchObject({ changed: false, error });
  }
  expect([names(bench), members(bench)]).toEqual([
    ["CSA1", "CSA2"],
    ["csa1", "csa2"],
  ]);
});

test("a peer that hangs is silent, which proves nothing: its last logon still speaks for it", () => {
  const { bench, healthy, peer } = stage();
  const deadSince = at(bench);
  bench.clock.advance(10 * 60_000);
  bench.guests.control.freeze(peer);
  expect(bench.run("CleanUpPeer", healthy, { ...PEER, deadSince })).toMatchObject({
    error: { reason: "PeerLoggedOn" },
  });
  expect(names(bench)).toEqual(["CSA1", "CSA2"]);
});

test("a host never cleans up itself", () => {
  const { bench, healthy } = stage();
  expect(bench.run("CleanUpPeer", healthy, { ...LEAVE, deadSince: at(bench) })).toMatchObject({
    error: { class: "Permanent", reason: "PeerIsSelf" },
  });
  expect(names(bench)).toEqual(["CSA1", "CSA2"]);
});

test("a computer outside the declared unit is somebody else's", () => {
  const foreign = { name: "FILESERVER", organizationalUnit: "OU=EntraGroups,DC=corp,DC=example,DC=com", creator: "x" };
  const { bench, healthy } = stage({ computers: [foreign] });
  const parameters = { ...PEER, computerName: "FILESERVER", deadSince: at(bench) };
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({
    error: { class: "Permanent", reason: "ComputerElsewhere" },
  });
  expect(names(bench)).toContain("FILESERVER");
});

test("a computer with objects below it is left to a person", () => {
  const parent = { name: "CSA9", organizationalUnit: JOIN.organizationalUnit, creator: "svc-join", hasChildren: true };
  const { bench, healthy } = stage({ computers: [parent] });
  const parameters = { ...PEER, computerName: "CSA9", deadSince: at(bench) };
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({
    error: { class: "Person", reason: "ComputerHasChildren" },
  });
  expect(names(bench)).toContain("CSA9");
});

test("a host that the domain does not trust cleans up nobody", () => {
  const { bench, healthy, peer } = stage();
  bench.end(peer, "terminate");
  bench.run("LeaveDomain", healthy, LEAVE);
  expect(bench.run("CleanUpPeer", healthy, { ...PEER, deadSince: at(bench) })).toMatchObject({
    error: { class: "Permanent", reason: "DomainNotTrusted" },
  });
  expect(names(bench)).toEqual(["CSA2"]);
});

test("while a controller is silent, nobody knows whom it has seen", () => {
  const { bench, healthy, peer } = stage();
  bench.end(peer, "terminate");
  bench.guests.control.setControllerUp(DOMAIN, "dc2.corp.example.com", false);
  const parameters = { ...PEER, deadSince: at(bench) };
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({
    error: { class: "Transient", reason: "SignsOfLifeUnknown" },
  });
  bench.guests.control.setControllerUp(DOMAIN, "dc2.corp.example.com", true);
  expect(bench.run("CleanUpPeer", healthy, parameters)).toMatchObject({ changed: true });
});
