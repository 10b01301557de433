import assert from "node:assert/strict";
import { Killed, scopeBench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS, planHash, posts, putMany } from "./testing/questions.ts";

describe("answers that are lost, processes that die", () => {
  test("an answer lost after each POST: one assignment each", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 45);
    bench.graph.faults.post = () => "lost";
    const key = bench.addScope("groups", { groups: { ids } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    assert.equal(posts(bench), 45);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

  test("a 404 after the create of a group is no success", async () => {
    const bench = scopeBench();
    const id = bench.graph.put("young");
    let tries = 0;
    bench.graph.faults.post = () => ((tries += 1) <= 2 ? "refused404" : "none");
    const key = bench.addScope("groups", { groups: { ids: [id] } });
    await bench.settle();
    assert.equal(bench.condition(key, "Ready").status === "True", false);
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [id]);
  });

  test("killed after each single write, adding and removing: the same end, one assignment each, nothing outside the guard", async () => {
    const ends = new Set<string>();
    for (let killAt = 1; killAt <= 60; killAt += 1) {
      const bench = scopeBench();
      const ids = putMany(bench, 24);
      let writes = 0;
      const strike = (): void => {
        writes += 1;
        if (writes === killAt) throw new Killed();
      };
      bench.kube.afterWrite = strike;
      bench.graph.faults.afterWrite = strike;
      const key = bench.addScope("groups", { groups: { ids } });
      await bench.advance(10 * MINUTE_MS);
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(2) } } });
      await bench.advance(10 * MINUTE_MS);
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(12) } } });
      await bench.advance(10 * MINUTE_MS);
      assert.equal(deletes(bench).length, 2, `killed after write ${killAt}`);
      bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
      await bench.advance(20 * MINUTE_MS);
      assert.deepEqual([...deletes(bench)].sort(), ids.slice(0, 12), `killed after write ${killAt}`);
      assert.equal(posts(bench), 24);
      ends.add(JSON.stringify([bench.graph.assigned(), bench.condition(key, "Ready").status]));
    }
    assert.equal(ends.size, 1);
  });

  test("1,200 groups with 429 of up to 300 s and restarts on the way: 1,200 unique assignments, no POST succeeded twice", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 1_200);
    let seed = 7;
    const chance = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    bench.graph.faults.post = () =>
      chance() < 0.02 ? { throttledMs: Math.floor(chance() * 300_000) } : chance() < 0.01 ? "lost" : "none";
    let writes = 0;
    bench.graph.faults.afterWrite = () => {
      writes += 1;
      if (writes % 331 === 0) throw new Killed();
    };
    const key = bench.addScope("groups", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.advance(12 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    assert.equal(posts(bench), 1_200);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });
});
