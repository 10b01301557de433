import { createHash } from "node:crypto";
import type { DomainLayout } from "../layout/domains.ts";
import type { GroupObjectLayout } from "../layout/group-objects.ts";
import { Bench, domainSection } from "./test-bench.ts";
import { ANCHOR, CONTAINER, DOMAIN, joined, READ_GROUP } from "./test-steps.ts";

const GUIDS = ["9b000000-0000-4000-8000-000000000002", "1a000000-0000-4000-8000-000000000001"];
const GROUP: GroupObjectLayout = {
  distinguishedName: "CN=sg-sales_0b6a4c9e1f11,OU=EntraGroups,DC=corp,DC=example,DC=com",
  anchor: ANCHOR,
  sid: "S-1-5-21-1004336348-1177238915-682003330-1602",
  objectGUID: "5d000000-0000-4000-8000-000000000003",
  memberGUIDs: GUIDS,
};
const read = (domain: Partial<DomainLayout>) => {
  const bench = new Bench({ layout: domainSection(domain) });
  return bench.run("ReadGroup", joined(bench, "1"), READ_GROUP);
};

test("a group is found by its anchor, with the hash that the contract defines", () => {
  const text = `${GUIDS[1]}\n${GUIDS[0]}\n`;
  expect(read({ groups: [GROUP] })).toMatchObject({
    changed: false,
    facts: {
      domainController: "dc1.corp.example.com",
      isFound: true,
      distinguishedName: GROUP.distinguishedName,
      sid: GROUP.sid,
      objectGUID: GROUP.objectGUID,
      memberCount: 2,
      memberHash: createHash("sha256").update(text).digest("hex"),
    },
  });
});

test("the hash does not depend on the order or the case of the members", () => {
  const shuffled = { ...GROUP, memberGUIDs: GUIDS.toReversed().map((guid) => guid.toUpperCase()) };
  expect(read({ groups: [shuffled] }).facts?.["memberHash"]).toBe(read({ groups: [GROUP] }).facts?.["memberHash"]);
});

test("an empty group has the hash of no bytes", () => {
  expect(read({ groups: [{ ...GROUP, memberGUIDs: [] }] })).toMatchObject({
    facts: {
      memberCount: 0,
      memberHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
  });
});

test("members that cannot be read give no count and no hash, rather than wrong ones", () => {
  expect(read({ groups: [{ ...GROUP, hasHiddenMembers: true }] })).toMatchObject({
    facts: { isFound: true, memberCount: null, memberHash: null },
  });
});

test("a group that is not there is a fact, and names the controller that says so", () => {
  expect(read({})).toMatchObject({
    outcome: "Succeeded",
    facts: { isFound: false, distinguishedName: null, domainController: "dc1.corp.example.com" },
  });
});

test("a schema without the anchor is never an absent group", () => {
  expect(read({ hasAnchorAttribute: false })).toMatchObject({
    error: { class: "Permanent", reason: "AnchorAttributeMissing" },
  });
});

test("two groups with one anchor are a person's matter", () => {
  const twin = {
    ...GROUP,
    distinguishedName: `CN=twin,${CONTAINER}`,
    objectGUID: "5d000000-0000-4000-8000-000000000004",
  };
  expect(read({ groups: [GROUP, twin] })).toMatchObject({ error: { class: "Person", reason: "AnchorAmbiguous" } });
});

test("a host outside the domain reads nothing", () => {
  const bench = new Bench();
  expect(bench.run("ReadGroup", bench.online("1"), READ_GROUP)).toMatchObject({ error: { reason: "NotJoined" } });
});

test("reading takes no lock: it runs beside a slow change", () => {
  const bench = new Bench();
  const instanceID = joined(bench, "1");
  bench.send("Preflight", [instanceID], {
    operationID: "operationslow",
    domainName: DOMAIN,
    domainControllers: "",
    tenantCloud: "Public",
  });
  const startedMs = bench.clock.nowMs();
  bench.run("ReadGroup", instanceID, READ_GROUP);
  expect(bench.clock.nowMs() - startedMs).toBeLessThan(15_000);
});
