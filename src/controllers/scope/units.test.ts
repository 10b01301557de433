/** Consent by administrative unit: a team may put in scope what its unit holds. */
import assert from "node:assert/strict";
import { scopeBench, type Bench } from "./testing/bench.ts";
import { deletes, HOUR_MS, posts } from "./testing/questions.ts";

const UNIT = "a0000000-0000-4000-8000-000000000001";

interface Team {
  readonly bench: Bench;
  readonly key: ReturnType<Bench["addScope"]>;
  readonly own: string;
  readonly other: string;
}

/** A team that declares both groups, of which its unit holds the first. */
function team(): Team {
  const entries = [{ namespace: "team-a", groups: { administrativeUnits: [UNIT] } }];
  const bench = scopeBench({ configuration: { allowedNamespaces: { from: "Same", entries } } });
  const [own, other] = [bench.graph.put("sg-own"), bench.graph.put("sg-other")];
  bench.graph.units.set(UNIT, [own]);
  const key = bench.addScope("groups", { groups: { displayNames: ["sg-own", "sg-other"] } }, "team-a");
  return { bench, key, own, other };
}

test("what the unit holds comes in, the rest does not, and nothing of the rest is told", async () => {
  const { bench, key, own, other } = team();
  bench.graph.put("sg-third");
  const selecting = bench.addScope("selecting", { selector: { displayNamePrefix: "sg-" } }, "team-a");
  await bench.advance(HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [own]);
  assert.equal(bench.condition(key, "Resolved").reason, "NotGranted");
  assert.equal(bench.condition(selecting, "Ready").status, "True");
  assert.equal((bench.scope(selecting).status?.["counts"] as { desired: number }).desired, 1);
  for (const scope of [key, selecting]) assert.ok(!JSON.stringify(bench.scope(scope).status).includes(other));
});

test("a unit that cannot be read grants nothing yet; once it is read its groups come in", async () => {
  const { bench, key, own } = team();
  bench.graph.faults.units = "pageFails";
  await bench.advance(HOUR_MS);
  assert.equal(posts(bench), 0);
  assert.equal(bench.condition(key, "Resolved").reason, "NotGranted");
  bench.graph.faults.units = "none";
  await bench.advance(HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [own]);
});

for (const [sentence, fault] of [
  ["fails", "pageFails"],
  ["is empty with success", "allEmpty"],
] as const)
  test(`a unit whose list ${sentence} later takes nothing out, also across a restart`, async () => {
    const { bench, own } = team();
    await bench.advance(HOUR_MS);
    bench.graph.faults.units = fault;
    await bench.advance(8 * HOUR_MS);
    bench.restart();
    await bench.advance(8 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [own]);
    assert.deepEqual(deletes(bench), []);
  });

test("a group that joins the unit comes in within six hours; one that leaves it stays, as consent that is withdrawn does", async () => {
  const { bench, key, own, other } = team();
  await bench.advance(HOUR_MS);
  bench.graph.units.set(UNIT, [other]);
  await bench.advance(7 * HOUR_MS);
  assert.deepEqual(bench.graph.assigned(), [own, other]);
  assert.deepEqual(deletes(bench), []);
  assert.equal(bench.condition(key, "Resolved").reason, "NotGranted");
});
