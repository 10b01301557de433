import assert from "node:assert/strict";
import { scopeBench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS, posts, putMany } from "./testing/questions.ts";

describe("groups are followed by their changes, and read anew when the token is withdrawn", () => {
  test("what changed while the token was too old is found all the same, within a quarter of an hour", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const named = bench.graph.put("sg-japan");
    const byName = bench.addScope("japan", { groups: { displayNames: ["sg-japan"] } });
    const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.advance(HOUR_MS);
    bench.graph.expireTokens();
    bench.graph.delete(ids[0] ?? "");
    const [newcomer] = putMany(bench, 1, "sg-sales-new-");
    bench.graph.rename(named, "sg-retired");
    const another = bench.graph.put("sg-japan");
    // No delta tells any of it: tokens of before are gone, those that come later begin later.
    bench.graph.expireTokens();
    await bench.advance(16 * MINUTE_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids.slice(1), named, newcomer].sort());
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(byName, "Resolved").reason, "IdentityChanged");
    assert.equal(bench.graph.assigned().includes(another), false);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

  const rows = [
    ["pageFails", "Resolved", "ListIncomplete"],
    ["laterPageEmpty", "RemovalApproved", "OverRemovalBudget"],
    ["allEmpty", "RemovalApproved", "SelectorEmpty"],
  ] as const;
  for (const [fault, type, reason] of rows)
    test(`reading anew takes nothing out when it meets ${fault}: ${reason}`, async () => {
      const bench = scopeBench();
      const rest = putMany(bench, 60, "rest-");
      const ids = putMany(bench, 4);
      bench.addScope("rest", { groups: { ids: rest } });
      const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
      await bench.advance(HOUR_MS);
      bench.graph.faults.selector = fault;
      bench.graph.expireTokens();
      await bench.advance(16 * MINUTE_MS);
      assert.equal(bench.condition(key, type).reason, reason);
      assert.equal(bench.condition(key, "Ready").reason, reason);
      // Two lists that agree are believed until the next complete reading, a day later.
      bench.graph.faults.selector = "none";
      await bench.advance(30 * HOUR_MS);
      assert.deepEqual(deletes(bench), []);
      assert.deepEqual(bench.graph.assigned(), [...rest, ...ids]);
      assert.equal(bench.condition(key, "Ready").status, "True");
    });

  test("a token that is withdrawn costs one reading, and nothing is written", async () => {
    const bench = scopeBench();
    putMany(bench, 20);
    bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.advance(HOUR_MS);
    const [from, writes] = [bench.graph.log.length, bench.kube.writes.length];
    bench.graph.expireTokens();
    await bench.advance(2 * HOUR_MS);
    const calls = bench.graph.calls(from);
    assert.equal(calls.filter((call) => call === "latest").length, 1);
    assert.ok(calls.filter((call) => call === "byFilter").length <= 2, calls.join(" "));
    assert.equal(posts(bench), 20);
    assert.deepEqual(bench.kube.writes.slice(writes), []);
  });
});
