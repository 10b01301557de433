import assert from "node:assert/strict";
import { CONFIGURATION, Killed, scopeBench } from "./testing/bench.ts";
import { deletes, HOUR_MS, planHash, posts, putMany } from "./testing/questions.ts";

describe("other hands", () => {
  test("foreign assignments stay under Additive and are adopted, not sent, when a scope wants them", async () => {
    const bench = scopeBench();
    const [foreign, wanted] = [bench.graph.put("foreign"), bench.graph.put("wanted")];
    bench.graph.assignByHand(foreign);
    bench.graph.assignByHand(wanted);
    const key = bench.addScope("some", { groups: { ids: [wanted] } });
    await bench.advance(HOUR_MS);
    assert.equal(posts(bench), 0);
    assert.deepEqual(bench.graph.assigned(), [foreign, wanted]);
    assert.equal((bench.scope(key).status?.["counts"] as { foreign: number }).foreign, 1);
  });

  test("Authoritative removes foreign ones only where the configuration names the scope", async () => {
    const bench = scopeBench();
    const mine = bench.graph.put("mine");
    const key = bench.addScope("all", { groups: { ids: [mine] }, policy: "Authoritative" });
    await bench.settle();
    assert.equal(bench.condition(key, "Stalled").reason, "NotAuthoritative");
    bench.kube.edit("SyncConfiguration", CONFIGURATION, {
      spec: { scopePolicy: { authoritativeFrom: { name: "all" } } },
    });
    await bench.settle();
    assert.deepEqual(bench.graph.assigned(), [mine]);
    const foreign = bench.graph.put("foreign");
    bench.graph.assignByHand(foreign);
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(deletes(bench), [foreign]);
    assert.deepEqual(bench.graph.assigned(), [mine]);
  });

  test("what hands take away comes back once in a day, then it is contended", async () => {
    const bench = scopeBench();
    const id = bench.graph.put("wanted");
    const key = bench.addScope("some", { groups: { ids: [id] } });
    await bench.advance(HOUR_MS);
    bench.graph.unassignByHand(id);
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [id]);
    bench.graph.unassignByHand(id);
    bench.restart();
    await bench.advance(10 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), []);
    assert.equal(bench.condition(key, "InSync").reason, "Contended");
    await bench.advance(20 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [id]);
  });

  test("Authoritative goes through the same guard: more foreign ones than the budget wait for their approval", async () => {
    const bench = scopeBench({ configuration: { scopePolicy: { authoritativeFrom: { name: "all" } } } });
    const mine = putMany(bench, 20);
    const key = bench.addScope("all", { groups: { ids: mine }, policy: "Authoritative" });
    await bench.advance(HOUR_MS);
    const foreign = putMany(bench, 8, "foreign-");
    for (const id of foreign) bench.graph.assignByHand(id);
    await bench.advance(2 * HOUR_MS);
    assert.equal(bench.condition(key, "RemovalApproved").reason, "OverRemovalCeiling");
    assert.deepEqual(bench.graph.assigned(), [...mine, ...foreign]);
    bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
    await bench.advance(HOUR_MS);
    assert.deepEqual([...deletes(bench)].sort(), [...foreign]);
    assert.deepEqual(bench.graph.assigned(), [...mine]);
  });

  for (const isKilled of [false, true])
    test(`a group that is declared again while it is removed here comes back at once, and was taken by nobody${isKilled ? ", also when the process dies between" : ""}`, async () => {
      const bench = scopeBench();
      const ids = putMany(bench, 40);
      const [first = ""] = ids;
      const key = bench.addScope("some", { groups: { ids } });
      await bench.advance(HOUR_MS);
      bench.graph.faults.afterWrite = () => {
        bench.graph.faults.afterWrite = () => undefined;
        bench.kube.edit("GroupScope", key, { spec: { groups: { ids } } });
        if (isKilled) throw new Killed();
      };
      bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(1) } } });
      await bench.settle();
      assert.deepEqual(deletes(bench), [first]);
      assert.deepEqual(bench.graph.assigned(), [...ids]);
      assert.equal(posts(bench), 41);
      // The day's one turn against other hands is still there.
      bench.graph.unassignByHand(first);
      await bench.advance(2 * HOUR_MS);
      assert.deepEqual(bench.graph.assigned(), [...ids]);
      assert.equal(bench.condition(key, "Ready").status, "True");
    });

  test("a ledger that was deleted makes everything foreign: kept, adopted again, and nothing leaves unasked for a window", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 10);
    const key = bench.addScope("some", { groups: { ids } });
    await bench.settle();
    for (const { metadata } of bench.kube.list("ConfigMap"))
      bench.kube.remove("ConfigMap", { namespace: metadata.namespace ?? "", name: metadata.name });
    bench.restart();
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(1) } } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    assert.equal(posts(bench), 10);
  });
});

describe("consent and modes", () => {
  test("a namespace brings in and sees only what it was granted", async () => {
    const entries = [{ namespace: "team-a", groups: { displayNamePrefixes: ["sg-a-"] } }];
    const bench = scopeBench({ configuration: { allowedNamespaces: { from: "Same", entries } } });
    const own = bench.graph.put("sg-a-1");
    const others = bench.graph.put("sg-b-secret");
    const key = bench.addScope(
      "groups",
      { groups: { ids: [others], displayNames: ["sg-b-secret", "sg-b-none"] }, selector: { displayNamePrefix: "sg-" } },
      "team-a",
    );
    const denied = bench.addScope("groups", { groups: { ids: [own] } }, "team-b");
    await bench.settle();
    assert.deepEqual(bench.graph.assigned(), [own]);
    const status = JSON.stringify(bench.scope(key).status);
    assert.equal(status.includes("foreign"), false);
    // By name it is not found out whether there is such a group.
    assert.equal(bench.scope(key).status?.["bindings"], undefined);
    assert.equal((bench.scope(key).status?.["counts"] as { desired: number }).desired, 1);
    assert.equal(bench.condition(key, "Resolved").reason, "NotGranted");
    assert.equal(status.includes("GroupNotFound"), false);
    assert.equal(bench.condition(denied, "Stalled").reason, "NamespaceNotGranted");
  });

  test("consent that is withdrawn in flight is noticed, and nothing is lost", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 10);
    const key = bench.addScope("groups", { groups: { ids } }, "team-a");
    await bench.settle();
    bench.kube.edit("SyncConfiguration", CONFIGURATION, { spec: { allowedNamespaces: { from: "Same" } } });
    await bench.advance(2 * HOUR_MS);
    assert.equal(bench.condition(key, "Stalled").reason, "NamespaceNotGranted");
    bench.kube.edit("SyncConfiguration", CONFIGURATION, {
      spec: { allowedNamespaces: { from: "Same", entries: [{ namespace: "team-a", groups: { ids: ids.slice(5) } }] } },
    });
    await bench.advance(2 * HOUR_MS);
    assert.equal(bench.condition(key, "Resolved").reason, "NotGranted");
    assert.deepEqual(bench.graph.assigned(), [...ids]);
  });

  test("Observe lists the drift and writes nothing", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 3);
    bench.kube.edit("EntraTenant", { namespace: "identity", name: "contoso" }, { spec: { mode: "Observe" } });
    const key = bench.addScope("groups", { groups: { ids } });
    await bench.advance(2 * HOUR_MS);
    assert.equal(posts(bench), 0);
    assert.equal(bench.condition(key, "InSync").reason, "TenantObserve");
    assert.equal((bench.scope(key).status?.["counts"] as { toAdd: number }).toAdd, 3);
    assert.deepEqual(bench.kube.list("ConfigMap"), []);
  });

  test("hands in the portal while Observe is on: the drift is listed, nothing is written to Graph", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const key = bench.addScope("groups", { groups: { ids } });
    await bench.advance(HOUR_MS);
    bench.kube.edit("SyncConfiguration", CONFIGURATION, { spec: { mode: "Observe" } });
    bench.graph.unassignByHand(ids[0] ?? "");
    const foreign = bench.graph.put("foreign");
    bench.graph.assignByHand(foreign);
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(0, 19) } } });
    await bench.advance(2 * HOUR_MS);
    const { toAdd, toRemove, foreign: listed } = bench.scope(key).status?.["counts"] as Record<string, number>;
    assert.deepEqual({ toAdd, toRemove, listed }, { toAdd: 1, toRemove: 1, listed: 1 });
    assert.deepEqual((bench.scope(key).status?.["plan"] as { toRemove: string[] }).toRemove, [
      bench.graph.groups.get(ids[19] ?? "")?.displayName,
    ]);
    for (const type of ["InSync", "RemovalApproved"]) {
      assert.equal(bench.condition(key, type).reason, "Observe");
      assert.ok(bench.condition(key, type).message.startsWith("SyncConfiguration corp-groups has spec.mode Observe"));
    }
    assert.deepEqual(bench.graph.assigned(), [...ids.slice(1), foreign].sort());
    assert.deepEqual([posts(bench), deletes(bench)], [20, []]);
    bench.kube.edit("SyncConfiguration", CONFIGURATION, { spec: { mode: "Enforce" } });
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids.slice(0, 19), foreign].sort());
  });

  test("a tenant without a writer of scopes only plans", async () => {
    const bench = scopeBench();
    bench.kube.edit(
      "EntraTenant",
      { namespace: "identity", name: "contoso" },
      { spec: { scopeCredential: { type: "None" } } },
    );
    const key = bench.addScope("groups", { groups: { ids: putMany(bench, 2) } });
    await bench.settle();
    assert.equal(posts(bench), 0);
    assert.equal(bench.condition(key, "InSync").reason, "NoScopeWriter");
  });

  test("in quarantine nothing comes in and nothing leaves; afterwards both do", async () => {
    const bench = scopeBench();
    const ids = putMany(bench, 20);
    const key = bench.addScope("groups", { groups: { ids } });
    await bench.settle();
    bench.graph.faults.quarantine = "TooManyDeletes";
    const newcomer = bench.graph.put("newcomer");
    bench.kube.edit("GroupScope", key, { spec: { groups: { ids: [...ids.slice(1), newcomer] } } });
    await bench.advance(2 * HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids]);
    assert.equal(bench.condition(key, "InSync").reason, "Quarantined");
    bench.graph.faults.quarantine = undefined;
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [...ids.slice(1), newcomer].sort());
  });
});
