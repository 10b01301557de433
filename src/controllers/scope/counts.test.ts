/** status.scope of a configuration: what Entra holds, written when it changed and at no other time. */
import assert from "node:assert/strict";
import { CONFIGURATION, scopeBench, type Bench } from "./testing/bench.ts";
import { HOUR_MS, MINUTE_MS, putMany } from "./testing/questions.ts";

const shown = (bench: Bench) => bench.kube.get("SyncConfiguration", CONFIGURATION)?.status?.["scope"];
const countWrites = (bench: Bench): number =>
  bench.kube.writes.filter((write) => write.startsWith("status SyncConfiguration")).length;
const limits = { groupsMax: 10_000, membershipsMax: 250_000 };

/** Three groups of a scope with 7, 7 and 20 members, and one that somebody else assigned, with 4. */
async function counted() {
  const bench = scopeBench();
  const [one = "", two = "", big = ""] = putMany(bench, 3);
  const foreign = bench.graph.put("by-hand");
  for (const [id, members] of [
    [one, 7],
    [two, 7],
    [big, 20],
    [foreign, 4],
  ] as const)
    bench.graph.memberCounts.set(id, members);
  bench.graph.assignByHand(foreign);
  const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
  await bench.advance(5 * MINUTE_MS);
  return { bench, key, foreign };
}

test("groups and memberships are those that Entra holds, foreign ones too, and the rest of the status stays", async () => {
  const { bench } = await counted();
  assert.equal(bench.graph.assigned().length, 4);
  assert.deepEqual(shown(bench), { groups: 4, memberships: 38, ...limits });
  assert.ok(bench.kube.get("SyncConfiguration", CONFIGURATION)?.status?.["servicePrincipalID"]);
});

test("at rest nothing is written, a restart included; then what leaves is counted out", async () => {
  const { bench, foreign } = await counted();
  const writes = bench.kube.writes.length;
  await bench.advance(12 * HOUR_MS);
  bench.restart();
  await bench.advance(12 * HOUR_MS);
  assert.deepEqual(bench.kube.writes.slice(writes), []);
  bench.graph.unassignByHand(foreign);
  await bench.advance(HOUR_MS);
  assert.deepEqual(shown(bench), { groups: 3, memberships: 34, ...limits });
});

test("a conflict is no obstacle: the count of a configuration without scopes is withdrawn a moment later", async () => {
  const { bench, key } = await counted();
  const { port } = bench.kube;
  const whole = { ...port };
  let conflicts = 0;
  // The cache is behind the server once, and nothing wakes the loop afterwards.
  port.applyStatus = (kind, current, status, options, signal) => {
    if (kind.kind !== "SyncConfiguration" || conflicts > 0)
      return whole.applyStatus(kind, current, status, options, signal);
    conflicts += 1;
    return Promise.resolve({ kind: "conflict" });
  };
  bench.kube.remove("GroupScope", key);
  await bench.advance(5_000);
  assert.equal(conflicts, 1);
  assert.equal(shown(bench), undefined);
});

test("members that are not counted yet give no number of memberships, and the groups are shown without", async () => {
  const bench = scopeBench();
  const foreign = bench.graph.put("by-hand");
  bench.graph.assignByHand(foreign);
  const { groups } = bench.graph.ports;
  const whole = { ...groups };
  groups.memberCounts = async (access, ids, signal) =>
    (await whole.memberCounts(access, ids, signal)).map((count, at) => (ids[at] === foreign ? undefined : count));
  bench.addScope("sales", { groups: { ids: [bench.graph.put("one")] } });
  await bench.advance(5 * MINUTE_MS);
  assert.deepEqual(shown(bench), { groups: 2, ...limits });
});

test("a list of which a page failed changes no count", async () => {
  const { bench } = await counted();
  bench.restart();
  bench.graph.faults.assignments = "pageFails";
  await bench.advance(HOUR_MS);
  assert.deepEqual(shown(bench), { groups: 4, memberships: 38, ...limits });
});

test("in mode All and without any scope nothing is claimed", async () => {
  const all = await counted();
  const spec = all.bench.kube.get("SyncConfiguration", CONFIGURATION)?.spec?.["entraToAD"] as object;
  const scope = {
    mode: "All",
    attributeFilters: [{ name: "a", clauses: [{ attribute: "displayName", operator: "IS NOT NULL" }] }],
  };
  all.bench.kube.edit("SyncConfiguration", CONFIGURATION, { spec: { entraToAD: { ...spec, scope } } });
  await all.bench.advance(5 * MINUTE_MS);
  assert.equal(shown(all.bench), undefined);
  const none = await counted();
  none.bench.kube.remove("GroupScope", none.key);
  await none.bench.advance(5 * MINUTE_MS);
  assert.equal(shown(none.bench), undefined);
  assert.equal(none.bench.graph.assigned().length, 4);
});

test("while 3,000 groups come in, the count is written every half minute at most (C3)", async () => {
  const bench = scopeBench();
  putMany(bench, 3_000);
  const startMs = bench.nowMs();
  bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
  while (bench.graph.assigned().length < 3_000) await bench.advance(10_000);
  assert.ok(countWrites(bench) <= 2 + (bench.nowMs() - startMs) / 30_000, String(countWrites(bench)));
  await bench.advance(5 * MINUTE_MS);
  assert.equal((shown(bench) as { groups: number }).groups, 3_000);
});

test("memberships that other hands brought in count against the limit", async () => {
  const { bench, foreign } = await counted();
  bench.graph.memberCounts.set(foreign, 249_960);
  bench.restart(); // what was counted before is forgotten
  await bench.advance(5 * MINUTE_MS);
  const big = bench.graph.put("big");
  bench.graph.memberCounts.set(big, 20);
  const key = bench.addScope("more", { groups: { ids: [big] } });
  await bench.advance(5 * MINUTE_MS);
  assert.ok(!bench.graph.assigned().includes(big));
  assert.equal(bench.condition(key, "WithinLimits").reason, "OverLimits");
  assert.deepEqual(shown(bench), { groups: 4, memberships: 249_994, ...limits });
});
