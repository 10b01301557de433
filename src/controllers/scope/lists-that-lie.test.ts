import assert from "node:assert/strict";
import { scopeBench } from "./testing/bench.ts";
import { deletes, HOUR_MS, planHash, posts, putMany } from "./testing/questions.ts";

describe("lists that lie", () => {
  const rows = [
    ["a page of the selector fails", "pageFails", "Resolved", "ListIncomplete"],
    ["a later page of the selector is empty with success", "laterPageEmpty", "RemovalApproved", "OverRemovalCeiling"],
    ["the whole list of the selector is empty", "allEmpty", "RemovalApproved", "SelectorEmpty"],
  ] as const;
  for (const [sentence, fault, type, reason] of rows)
    test(`${sentence}: nothing leaves, before and after a restart`, async () => {
      const bench = scopeBench();
      const ids = putMany(bench, 40);
      const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
      await bench.settle();
      bench.graph.faults.selector = fault;
      await bench.advance(30 * HOUR_MS);
      assert.equal(bench.condition(key, type).reason, reason);
      bench.restart();
      await bench.advance(2 * HOUR_MS);
      assert.equal(bench.condition(key, type).reason, reason);
      assert.equal(bench.condition(key, "Ready").reason, reason);
      assert.deepEqual(bench.graph.assigned(), [...ids]);
      bench.graph.faults.selector = "none";
      await bench.advance(2 * HOUR_MS);
      assert.deepEqual(bench.graph.assigned(), [...ids]);
      assert.deepEqual(deletes(bench), []);
      assert.equal(posts(bench), 40);
    });

  test("a failed page that hides no more than the budget lets go removes nothing either", async () => {
    const bench = scopeBench();
    putMany(bench, 60, "other-");
    const [first, second] = putMany(bench, 2);
    bench.addScope("others", { selector: { displayNamePrefix: "other-" } });
    bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.settle();
    bench.graph.faults.selector = "pageFails";
    await bench.advance(30 * HOUR_MS);
    bench.restart();
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.ok([first, second].every((id) => bench.graph.assigned().includes(id ?? "")));
  });

  test("a selector that may not be read names the permission, waits for a person, and is asked again seldom", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 3);
    bench.graph.faults.selector = "denied";
    const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.settle();
    assert.equal(bench.condition(key, "Stalled").status, "True");
    assert.equal(bench.condition(key, "Ready").reason, "PermissionMissing");
    const callsBefore = bench.graph.calls().length;
    await bench.advance(HOUR_MS);
    assert.ok(bench.graph.calls().length - callsBefore <= 40, "a few calls in five minutes");
    bench.graph.faults.selector = "none";
    await bench.advance(10 * 60_000);
    assert.equal(bench.condition(key, "Ready").status, "True");
    assert.deepEqual(bench.graph.assigned(), [...ids]);
  });

  test("a selector edit from 40 matches to 3 waits; to none waits as well, with its own reason", async () => {
    const bench = scopeBench();
    putMany(bench, 37);
    putMany(bench, 3, "sg-sales-japan-");
    const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.settle();
    bench.kube.edit("GroupScope", key, { spec: { selector: { displayNamePrefix: "sg-sales-japan-" } } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "OverRemovalCeiling");
    bench.kube.edit("GroupScope", key, { spec: { selector: { displayNamePrefix: "sg-salse-" } } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "SelectorEmpty");
  });

  for (const fault of ["pageFails", "laterPageEmpty", "allEmpty"] as const)
    test(`assignments: ${fault} removes nothing and sends nothing twice with success`, async () => {
      const bench = scopeBench();
      const ids = putMany(bench, 40);
      const key = bench.addScope("sales", { groups: { ids } });
      await bench.settle();
      bench.graph.faults.assignments = fault;
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(1) } } });
      await bench.advance(8 * HOUR_MS);
      assert.equal(posts(bench), 40);
      bench.graph.faults.assignments = "none";
      await bench.advance(30 * HOUR_MS);
      assert.deepEqual(bench.graph.assigned(), ids.slice(1));
      assert.equal(posts(bench), 40);
    });

  test("a page of the assignments that fails withholds a removal inside the budget, and says so", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 40);
    const key = bench.addScope("sales", { groups: { ids } });
    await bench.settle();
    bench.graph.faults.assignments = "pageFails";
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(1) } } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    assert.equal(bench.condition(key, "Ready").reason, "ListIncomplete");
    bench.graph.faults.assignments = "none";
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), ids.slice(0, 1));
  });

  test("an empty list in the middle of a removal forgets none of it", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 40);
    const key = bench.addScope("sales", { groups: { ids } });
    await bench.settle();
    bench.graph.faults.remove = () => ({ throttledMs: 300_000 });
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(3) } } });
    await bench.settle();
    bench.graph.faults.assignments = "allEmpty";
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    bench.graph.faults.assignments = "none";
    bench.graph.faults.remove = () => "none";
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), ids.slice(3));
    assert.equal(posts(bench), 40);
  });

  test("a group is deleted and another one gets its name: IdentityChanged until the plan is approved", async () => {
    const bench = scopeBench();
    const first = bench.graph.put("sg-japan");
    const key = bench.addScope("japan", { groups: { displayNames: ["sg-japan"] } });
    await bench.settle();
    bench.graph.rename(first, "sg-japan-old");
    const second = bench.graph.put("sg-japan");
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [first]);
    assert.equal(bench.condition(key, "Resolved").reason, "IdentityChanged");
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [second]);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

  test("the same with a deleted group brings the new one in only after the approval", async () => {
    const bench = scopeBench();
    const first = bench.graph.put("sg-japan");
    const key = bench.addScope("japan", { groups: { displayNames: ["sg-japan"] } });
    await bench.settle();
    bench.graph.delete(first);
    const second = bench.graph.put("sg-japan");
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), []);
    assert.equal(bench.condition(key, "Resolved").reason, "IdentityChanged");
    assert.equal(bench.condition(key, "RemovalApproved").reason, "IdentityChanged");
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [second]);
  });
});
