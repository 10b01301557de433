import assert from "node:assert/strict";
import { CONFIGURATION, scopeBench } from "./testing/bench.ts";
import { deletes, HOUR_MS, planHash, posts, putMany } from "./testing/questions.ts";

describe("deletion", () => {
  test("Retain keeps assignments, also while Graph is down; pruned manifests that are applied again adopt with zero POSTs", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const key = bench.addScope("groups", { groups: { ids } });
    await bench.settle();
    bench.graph.faults.down = true;
    bench.kube.remove("GroupScope", key);
    await bench.settle();
    assert.equal(bench.kube.get("GroupScope", key), undefined);
    bench.graph.faults.down = false;
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    const again = bench.addScope("groups", { groups: { ids } });
    await bench.settle();
    assert.equal(posts(bench), 20);
    assert.equal(bench.condition(again, "Ready").status, "True");
    bench.kube.edit("GroupScope", again, { spec: { groups: { ids: ids.slice(1) } } });
    await bench.settle();
    assert.deepEqual(deletes(bench), ids.slice(0, 1));
  });

  test("Delete goes through the same guard, says what it waits for, and ends", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const key = bench.addScope("groups", { groups: { ids }, deletionPolicy: "Delete" });
    await bench.settle();
    bench.kube.remove("GroupScope", key);
    await bench.advance(HOUR_MS);
    assert.deepEqual(deletes(bench), []);
    assert.ok(bench.condition(key, "Ready").message.includes("cloudsync.dev/release"));
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.advance(HOUR_MS);
    assert.equal(deletes(bench).length, 20);
    assert.equal(bench.kube.get("GroupScope", key), undefined);
  });

  test("Delete inside the budget removes and ends; what another scope wants stays", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 30);
    bench.addScope("rest", { groups: { ids: ids.slice(1) } });
    const key = bench.addScope("few", { groups: { ids: ids.slice(0, 3) }, deletionPolicy: "Delete" });
    await bench.settle();
    bench.kube.remove("GroupScope", key);
    await bench.settle();
    assert.deepEqual(deletes(bench), ids.slice(0, 1));
    assert.equal(bench.kube.get("GroupScope", key), undefined);
  });

  test("release lets go at once, and a scope whose configuration is gone ends", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const key = bench.addScope("groups", { groups: { ids }, deletionPolicy: "Delete" });
    const other = bench.addScope("others", { groups: { ids }, deletionPolicy: "Delete" });
    await bench.settle();
    bench.graph.faults.down = true;
    bench.kube.edit("GroupScope", key, { metadata: { annotations: { "cloudsync.dev/release": "true" } } });
    bench.kube.remove("GroupScope", key);
    await bench.settle();
    assert.equal(bench.kube.get("GroupScope", key), undefined);
    bench.kube.remove("SyncConfiguration", CONFIGURATION);
    bench.kube.remove("GroupScope", other);
    await bench.settle();
    assert.equal(bench.kube.get("GroupScope", other), undefined);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
  });
});
