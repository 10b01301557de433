import assert from "node:assert/strict";
import { scopeBench, type Bench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS, planHash, putMany } from "./testing/questions.ts";

describe("what leaves", () => {
  async function withForty(): Promise<{ bench: Bench; key: ReturnType<Bench["addScope"]>; ids: readonly string[] }> {
    const bench = scopeBench();
    const ids = putMany(bench, 40);
    const key = bench.addScope("sales", { groups: { ids } });
    await bench.settle();
    assert.equal(bench.graph.assigned().length, 40);
    return { bench, key, ids };
  }

  test("a removal inside the budget is carried out, exactly that one", async () => {
    const { bench, key, ids } = await withForty();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(2) } } });
    await bench.settle();
    assert.deepEqual([...deletes(bench)].sort(), ids.slice(0, 2));
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

  test("more than the budget waits; the right hash removes exactly the listed ones, once; a used and a stale hash are refused", async () => {
    const { bench, key, ids } = await withForty();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "OverRemovalCeiling");
    const hash = planHash(bench, key);
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: `sha256:${"0".repeat(64)}` } });
    await bench.settle();
    assert.equal(bench.condition(key, "RemovalApproved").reason, "ApprovalStale");
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: hash } });
    await bench.settle();
    assert.deepEqual([...deletes(bench)].sort(), ids.slice(0, 10));
    // Back in, and out again: the used hash counts for nothing.
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids } } });
    await bench.advance(HOUR_MS);
    assert.equal(bench.graph.assigned().length, 40);
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.advance(HOUR_MS);
    assert.equal(deletes(bench).length, 10);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "ApprovalUsed");
  });

  test("an edited scope is never told Ready on the way to a removal that waits, whichever loop runs first", async () => {
    for (const isWriterFirst of [false, true]) {
      const bench = scopeBench({ isWriterFirst });
      const ids = putMany(bench, 40);
      const key = bench.addScope("sales", { groups: { ids } });
      await bench.settle();
      const told: string[] = [];
      bench.kube.onChange(({ kind, metadata }) => {
        if (kind !== "GroupScope" || metadata.name !== key.name) return;
        const { status, reason } = bench.condition(key, "Ready");
        const isOfNow = bench.scope(key).status?.["observedGeneration"] === bench.scope(key).metadata.generation;
        if (isOfNow) told.push(`${status} ${reason}`);
      });
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
      await bench.settle();
      assert.deepEqual(told, ["False OverRemovalCeiling"]);
    }
  });

  test("a revert cancels the plan, and the same change again is another plan", async () => {
    const { bench, key, ids } = await withForty();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.settle();
    const hash = planHash(bench, key);
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids } } });
    await bench.settle();
    assert.equal(planHash(bench, key), "");
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) }, approvedPlan: hash } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "ApprovalStale");
    assert.notEqual(planHash(bench, key), hash);
  });

  test("any change of the plan voids its approval", async () => {
    const { bench, key, ids } = await withForty();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.settle();
    const hash = planHash(bench, key);
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(11) }, approvedPlan: hash } });
    await bench.settle();
    assert.deepEqual(deletes(bench), []);
  });

  test("an approval a day later is too late, and a new plan can be asked for", async () => {
    const { bench, key, ids } = await withForty();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.advance(25 * HOUR_MS);
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.settle();
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "PlanExpired");
    bench.kube.edit("GroupScope", key, { metadata: { annotations: { "cloudsync.dev/requested-at": "now" } } });
    await bench.settle();
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.settle();
    assert.equal(deletes(bench).length, 10);
  });

  test("without somebody who checks approvals they are off", async () => {
    const bench = scopeBench({ isSelfApprovalAllowed: false });
    const ids = putMany(bench, 40);
    const key = bench.addScope("sales", { groups: { ids } });
    await bench.settle();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(10) } } });
    await bench.settle();
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "ApprovalNotTrusted");
  });

  test("additions go on while a removal waits", async () => {
    const { bench, key, ids } = await withForty();
    const newcomer = bench.graph.put("newcomer");
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: [...ids.slice(10), newcomer] } } });
    await bench.settle();
    assert.ok(bench.graph.assigned().includes(newcomer));
    assert.deepEqual(deletes(bench), []);
  });

  test("three removals every ten minutes from four namespaces stay inside one budget over the union, across restarts", async () => {
    const bench = scopeBench();
    const teams = ["team-a", "team-b", "team-c", "team-d"].map((team) => {
      const ids = putMany(bench, 40, `sg-${team}-`);
      return { ids, key: bench.addScope("groups", { groups: { ids } }, team) };
    });
    await bench.settle();
    assert.equal(bench.graph.assigned().length, 160);
    for (const [round, { key, ids }] of teams.entries()) {
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(3) } } });
      await bench.advance(10 * MINUTE_MS);
      if (round % 2 === 1) bench.restart();
    }
    await bench.advance(2 * HOUR_MS);
    // Five in a day: the first team's three, and no part of another plan.
    assert.deepEqual(deletes(bench), teams[0]?.ids.slice(0, 3));
    const reasons = teams.map(({ key }) => bench.condition(key, "RemovalApproved").reason);
    assert.deepEqual(reasons, ["NothingToRemove", ...Array.from({ length: 3 }, () => "OverRemovalCeiling")]);
    // A window later there is room again.
    await bench.advance(25 * HOUR_MS);
    assert.equal(deletes(bench).length, 6);
  });

  test("a scope's own budget is only stricter", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 40);
    const strict = bench.addScope("strict", {
      groups: { ids },
      removal: { maxCount: 1, maxPercent: 100, window: "24h" },
    });
    await bench.settle();
    bench.kube.edit("GroupScope", strict, { spec: { groups: { ids: ids.slice(2) } } });
    await bench.settle();
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(strict, "RemovalApproved").reason, "OverRemovalBudget");
    bench.kube.edit("GroupScope", strict, {
      spec: { groups: { ids: ids.slice(6) }, removal: { maxCount: 10_000, maxPercent: 100, window: "24h" } },
    });
    await bench.settle();
    assert.deepEqual(deletes(bench), []);
    assert.equal(bench.condition(strict, "RemovalApproved").reason, "OverRemovalCeiling");
  });
});
