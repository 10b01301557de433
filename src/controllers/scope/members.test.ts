/** What a scope tells of members that will not arrive in AD. Never a reason to put in or take out. */
import assert from "node:assert/strict";
import type { Member } from "../../entra/groups/port.ts";
import { aDomain } from "../../sync/testing.ts";
import { CONFIGURATION, scopeBench, type Bench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS } from "./testing/questions.ts";

const user = (facts: Partial<Member> = {}): Member => ({
  id: "u",
  kind: "user",
  displayName: undefined,
  isSyncedFromAD: undefined,
  onPremisesObjectIdentifier: undefined,
  onPremisesDomainName: undefined,
  ...facts,
});
const SYNCED = user({ isSyncedFromAD: true, onPremisesDomainName: "corp.example.com" });
const CLOUD = user({ isSyncedFromAD: false });
const FOREIGN = user({ isSyncedFromAD: true, onPremisesDomainName: "other.example.net" });
const UNREADABLE = user();
const nested = (id: string): Member => user({ id, kind: "group", isSyncedFromAD: false });

interface Inspected {
  readonly bench: Bench;
  readonly key: ReturnType<Bench["addScope"]>;
  readonly id: string;
}

async function inspected(members: (bench: Bench) => readonly Member[], domain: object = {}): Promise<Inspected> {
  const bench = scopeBench();
  bench.kube.apply(aDomain({ metadata: { namespace: CONFIGURATION.namespace }, ...domain }));
  const id = bench.graph.put("group");
  bench.graph.members.set(id, members(bench));
  const key = bench.addScope("groups", { groups: { ids: [id] } });
  await bench.advance(5 * MINUTE_MS);
  assert.deepEqual(bench.graph.assigned(), [id]);
  return { bench, key, id };
}

const FOREST = { spec: { forest: { rootDomain: "example.net", domains: ["other.example.net", "corp.example.com"] } } };
const rows: readonly (readonly [
  sentence: string,
  members: (bench: Bench) => readonly Member[],
  told: string,
  domain?: object,
])[] = [
  ["users of the domain arrive", () => [SYNCED], ""],
  ["a user of the cloud is told", () => [SYNCED, CLOUD], "1 members are users of the cloud"],
  ["a group that would be empty in AD is told", () => [CLOUD], "1 groups would be empty in AD"],
  ["null is unknown: neither cloud-only nor empty", () => [UNREADABLE], "1 members could not be read"],
  ["a user of another forest is told", () => [SYNCED, FOREIGN], "1 members belong to another forest"],
  ["a user of another domain of the forest arrives", () => [SYNCED, FOREIGN], "", FOREST],
  ["a nested group outside is told", ({ graph }) => [SYNCED, nested(graph.put("nested"))], "1 nested groups"],
  ["a group without members is no trap", () => [], ""],
];
for (const [sentence, members, told, domain] of rows)
  test(sentence, async () => {
    const { bench, key } = await inspected(members, domain);
    const { status, reason, message } = bench.condition(key, "Eligible");
    assert.equal(status, "True");
    assert.equal(reason, told === "" ? "Eligible" : "MembersMissing");
    if (told !== "") assert.ok(message.includes(told), message);
    if (sentence.startsWith("null")) assert.ok(!/cloud|empty/.test(message), message);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

test("a nested group that is in scope itself arrives", async () => {
  const bench = scopeBench();
  const [inner, outer] = [bench.graph.put("inner"), bench.graph.put("outer")];
  bench.graph.members.set(outer, [nested(inner)]);
  bench.graph.members.set(inner, [SYNCED]);
  const key = bench.addScope("groups", { groups: { ids: [inner, outer] } });
  await bench.advance(5 * MINUTE_MS);
  assert.equal(bench.condition(key, "Eligible").reason, "Eligible");
});

test("members that cannot be read at first are read again within hours, and what was found stays meanwhile", async () => {
  const bench = scopeBench();
  const id = bench.graph.put("group");
  bench.graph.members.set(id, [CLOUD]);
  bench.graph.faults.members = "pageFails";
  const key = bench.addScope("groups", { groups: { ids: [id] } });
  await bench.advance(HOUR_MS);
  assert.equal(bench.condition(key, "Eligible").reason, "Eligible");
  bench.graph.faults.members = "none";
  await bench.advance(2 * HOUR_MS);
  assert.equal(bench.condition(key, "Eligible").reason, "MembersMissing");
  bench.graph.faults.members = "pageFails";
  await bench.advance(8 * 24 * HOUR_MS);
  assert.equal(bench.condition(key, "Eligible").reason, "MembersMissing");
  assert.deepEqual(deletes(bench), []);
});
