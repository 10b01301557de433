/** The vendor's limits of a configuration: counted before a group comes in, and forecast before they are reached. */
import assert from "node:assert/strict";
import { scopeBench, type Bench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS, posts, putMany } from "./testing/questions.ts";

function putSized({ graph }: Bench, sizes: readonly number[]): readonly string[] {
  return sizes.map((members, index) => {
    const id = graph.put(`sized-${graph.groups.size}-${index}`);
    graph.memberCounts.set(id, members);
    return id;
  });
}

test("50,000 members a group, and 250,000 memberships together: what is over stays out and is told, the rest comes in", async () => {
  const bench = scopeBench();
  const ids = putSized(bench, [50_000, 50_000, 50_000, 50_000, 49_999]);
  const key = bench.addScope("large", { groups: { ids } });
  await bench.advance(HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [...ids]);
  assert.equal(bench.condition(key, "WithinLimits").reason, "NearLimits");
  assert.equal(bench.condition(key, "WithinLimits").status, "True");
  const [last, over, tooLarge] = putSized(bench, [1, 1, 50_001]) as [string, string, string];
  const later = bench.addScope("later", { groups: { ids: [last, over, tooLarge] } });
  await bench.advance(HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [...ids, last].sort());
  assert.equal(bench.condition(later, "WithinLimits").reason, "OverLimits");
  assert.equal(bench.condition(later, "Eligible").reason, "TooManyMembers");
  assert.deepEqual(deletes(bench), []);
});

test("a process that has just started, and has counted nothing yet, keeps the limit all the same", async () => {
  const bench = scopeBench();
  const ids = putSized(bench, [50_000, 50_000, 50_000, 50_000, 49_000]);
  bench.addScope("large", { groups: { ids } });
  await bench.advance(HOUR_MS);
  const [over = ""] = putSized(bench, [2_000]);
  const later = bench.addScope("later", { groups: { ids: [over] } });
  bench.restart();
  await bench.settle();
  assert.deepEqual(bench.graph.assigned(), [...ids]);
  assert.equal(bench.condition(later, "WithinLimits").reason, "OverLimits");
});

test("above 999 groups it is the same as below: adding, a list of two pages, a removal inside the budget", async () => {
  const bench = scopeBench();
  const ids = putMany(bench, 998);
  const key = bench.addScope("many", { selector: { displayNamePrefix: "sg-sales-" } });
  await bench.advance(HOUR_MS);
  const more = putMany(bench, 4, "sg-sales-more-");
  bench.kube.edit("GroupScope", key, { spec: { groups: { ids: more } } });
  await bench.advance(20 * MINUTE_MS);
  assert.equal(bench.graph.assigned().length, 1_002);
  assert.equal(posts(bench), 1_002);
  assert.equal(bench.condition(key, "Ready").status, "True");
  bench.graph.delete(ids[0] ?? "");
  bench.graph.rename(ids[1] ?? "", "retired");
  await bench.advance(HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [...ids.slice(2), ...more].sort());
  assert.deepEqual(deletes(bench), ids.slice(1, 2));
});
