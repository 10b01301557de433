import { sleep } from "../runtime/clock.ts";
import { fakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, status } from "../../test/support/scripted-transport.ts";
import type { Answer } from "../../test/support/scripted-transport.ts";
import type { ControllerOptions } from "./controller-options.ts";
import { silentLog, silentMetrics } from "./observers.ts";
import { keyText } from "./port.ts";
import type { KubeObject, ObjectKey, Reconcile, ResourceKind } from "./port.ts";
import { kubeRuntime } from "./runtime.ts";
import type { KubeRequest } from "./transport.ts";

const POOLS: ResourceKind = { group: "example.com", version: "v1", kind: "Pool", plural: "pools", isNamespaced: true };
const AGENTS: ResourceKind = {
  group: "example.com",
  version: "v1",
  kind: "Agent",
  plural: "agents",
  isNamespaced: true,
};
const never = new AbortController().signal;

function object(kind: ResourceKind, name: string, resourceVersion: string, more: object = {}): KubeObject {
  const metadata = {
    name,
    namespace: "ns",
    uid: `uid-${name}`,
    resourceVersion,
    creationTimestamp: "",
    generation: 1,
    ...more,
  };
  return { apiVersion: "example.com/v1", kind: kind.kind, metadata };
}

/** A runtime over hand-written answers, with one pool `ns/p` in the cache and one loop over pools. */
async function aWorld(reconcile: Reconcile, more: Partial<ControllerOptions> = {}) {
  const clock = fakeClock();
  const passes: string[] = [];
  const bugs: string[] = [];
  const answers = new Map<string, Answer>();
  const answer = (request: KubeRequest): Answer => {
    const written = answers.get(`${request.method} ${request.path}`);
    if (written !== undefined) return written;
    const plural = request.path.includes("/agents") ? AGENTS : POOLS;
    const items = plural === POOLS ? [object(POOLS, "p", "50")] : [];
    return request.method === "GET" ? ok({ metadata: { resourceVersion: "100" }, items }) : status(500);
  };
  const transport = scriptedTransport(clock, answer);
  const runtime = kubeRuntime({
    transport,
    clock,
    dice: () => 0.5,
    log: { ...silentLog, error: (message) => bugs.push(message) },
    metrics: { ...silentMetrics, passFinished: (_, result) => passes.push(result) },
    namespaces: ["ns"],
    reporter: { controller: "example.com/test", instance: "one" },
  });
  const pools = runtime.cacheOf(POOLS);
  const agents = runtime.cacheOf(AGENTS);
  const visits: { readonly key: string; readonly atMs: number }[] = [];
  const startMs = clock.monotonicMs();
  const loop = runtime.addController({
    name: "pool",
    kind: POOLS,
    reconcile: (key, signal) => {
      visits.push({ key: keyText(key), atMs: clock.monotonicMs() - startMs });
      return reconcile(key, signal);
    },
    watches: [{ kind: AGENTS, keysOf: () => [{ namespace: "ns", name: "p" }], trigger: "Status" }],
    ...more,
  });
  const starting = runtime.startCaches(10_000);
  await clock.advance(100);
  await starting;
  const watchOf = (kind: ResourceKind) => {
    const watch = transport.watches.findLast((one) => one.request.path.includes(`/${kind.plural}?`));
    if (watch === undefined) throw new Error(`no watch of ${kind.plural}`);
    return watch;
  };
  return { clock, runtime, loop, pools, agents, passes, bugs, visits, answers, transport, watchOf };
}

const done: Reconcile = () => Promise.resolve({ kind: "done" });

test("a follower collects no work; a leader starts with every key", async () => {
  const world = await aWorld(done);
  world.watchOf(POOLS).event("ADDED", object(POOLS, "q", "101"));
  world.loop.enqueue({ namespace: "ns", name: "q" });
  await world.clock.advance(10_000);
  expect(world.visits).toEqual([]);
  world.runtime.startWorkers();
  await world.clock.settle();
  expect(world.visits.map((visit) => visit.key)).toEqual(["ns/p", "ns/q"]);
});

test("a change of status alone does not wake the object's own loop; a child's does", async () => {
  const world = await aWorld(done);
  world.runtime.startWorkers();
  await world.clock.advance(2_000);
  world.watchOf(POOLS).event("MODIFIED", object(POOLS, "p", "101"));
  await world.clock.advance(2_000);
  expect(world.visits).toHaveLength(1);
  world.watchOf(POOLS).event("MODIFIED", object(POOLS, "p", "102", { generation: 2 }));
  await world.clock.advance(2_000);
  expect(world.visits).toHaveLength(2);
  world.watchOf(AGENTS).event("ADDED", object(AGENTS, "a", "103"));
  await world.clock.advance(2_000);
  expect(world.visits).toHaveLength(3);
});

test("a key is visited again within the resync time, and not before", async () => {
  const world = await aWorld(done, { resyncMs: 60_000 });
  world.runtime.startWorkers();
  await world.clock.advance(59_000);
  expect(world.visits).toHaveLength(1);
  await world.clock.advance(2_000);
  expect(world.visits).toHaveLength(2);
});

test("a pass that throws is counted and backed off, and the loop lives", async () => {
  let isBroken = true;
  const world = await aWorld(() =>
    isBroken ? Promise.reject(new TypeError("bug")) : Promise.resolve({ kind: "done" }),
  );
  world.runtime.startWorkers();
  await world.clock.advance(20_000);
  const failed = world.passes.length;
  expect(failed).toBeGreaterThan(2);
  expect(failed).toBeLessThan(10);
  expect(new Set(world.passes)).toEqual(new Set(["panic"]));
  expect(world.bugs).toContain("pass failed on a bug");
  isBroken = false;
  await world.clock.advance(60_000);
  expect(world.passes.at(-1)).toBe("done");
});

test("a pass is told at its deadline and retried", async () => {
  const world = await aWorld(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
    { passTimeoutMs: 5_000 },
  );
  world.runtime.startWorkers();
  await world.clock.advance(4_999);
  expect(world.loop.longestPassMs()).toBe(4_999);
  expect(world.passes).toEqual([]);
  await world.clock.advance(1);
  expect(world.passes).toEqual(["deadline"]);
});

test("a key is not looked at again before the cache shows what its pass wrote", async () => {
  const world = await aWorld(async (key) => {
    const pool = world.pools.get(key);
    if (pool?.metadata.labels === undefined && pool !== undefined) {
      await world.runtime.port.patch(POOLS, pool, { metadata: { labels: { seen: "yes" } } }, never);
    }
    return { kind: "requeue", afterMs: 1_000 };
  });
  const patched = object(POOLS, "p", "101", { labels: { seen: "yes" } });
  world.answers.set("PATCH /apis/example.com/v1/namespaces/ns/pools/p", ok(patched));
  world.runtime.startWorkers();
  await world.clock.advance(30_000);
  expect(world.visits).toHaveLength(1);
  expect(world.passes).toContain("stale");
  world.watchOf(POOLS).event("MODIFIED", patched);
  await world.clock.advance(3_000);
  expect(world.visits.length).toBeGreaterThan(1);
  const patches = world.transport.requests.filter((request) => request.method === "PATCH");
  expect(patches).toHaveLength(1);
});

test("what a pass creates in another kind holds its key too", async () => {
  const world = await aWorld(async () => {
    if (world.agents.list().length === 0) {
      await world.runtime.port.create(AGENTS, { metadata: { name: "a", namespace: "ns" } }, never);
    }
    return { kind: "requeue", afterMs: 1_000 };
  });
  const created = object(AGENTS, "a", "105");
  world.answers.set("POST /apis/example.com/v1/namespaces/ns/agents", ok(created));
  world.runtime.startWorkers();
  await world.clock.advance(20_000);
  expect(world.visits).toHaveLength(1);
  world.watchOf(AGENTS).event("ADDED", created);
  await world.clock.advance(2_000);
  expect(world.visits.length).toBeGreaterThan(1);
  expect(world.transport.requests.filter((request) => request.method === "POST")).toHaveLength(1);
});

test("a write into a kind that nobody watches holds nothing", async () => {
  const slots: ResourceKind = { ...POOLS, kind: "Slot", plural: "slots" };
  const world = await aWorld(async () => {
    await world.runtime.port.create(slots, { metadata: { name: "s", namespace: "ns" } }, never);
    return { kind: "requeue", afterMs: 1_000 };
  });
  world.answers.set("POST /apis/example.com/v1/namespaces/ns/slots", ok(object(slots, "s", "999")));
  world.runtime.startWorkers();
  await world.clock.advance(1_100);
  expect(world.visits).toHaveLength(2);
});

test("after a minute the API server is asked: a cache that is right frees the key", async () => {
  const world = await aWorld(async (key) => {
    const pool = world.pools.get(key);
    if (world.visits.length === 1 && pool !== undefined)
      await world.runtime.port.patch(POOLS, pool, { spec: {} }, never);
    return { kind: "requeue", afterMs: 1_000 };
  });
  const path = "/apis/example.com/v1/namespaces/ns/pools/p";
  // The answer names a version that never comes: etcd was restored from a backup, say.
  world.answers.set(`PATCH ${path}`, ok(object(POOLS, "p", "900")));
  world.answers.set(`GET ${path}`, ok(object(POOLS, "p", "50")));
  world.runtime.startWorkers();
  await world.clock.advance(59_000);
  expect(world.visits).toHaveLength(1);
  await world.clock.advance(3_000);
  expect(world.visits.length).toBeGreaterThan(1);
});

test("after a minute the API server is asked: a cache that is stale is listed anew", async () => {
  const world = await aWorld(async (key) => {
    const pool = world.pools.get(key);
    if (world.visits.length === 1 && pool !== undefined)
      await world.runtime.port.patch(POOLS, pool, { spec: {} }, never);
    return { kind: "requeue", afterMs: 1_000 };
  });
  const path = "/apis/example.com/v1/namespaces/ns/pools";
  world.answers.set(`PATCH ${path}/p`, ok(object(POOLS, "p", "101")));
  world.answers.set(`GET ${path}/p`, ok(object(POOLS, "p", "101")));
  world.answers.set(
    `GET ${path}?limit=500`,
    ok({ metadata: { resourceVersion: "110" }, items: [object(POOLS, "p", "101")] }),
  );
  world.runtime.startWorkers();
  await world.clock.advance(65_000);
  expect(world.pools.get({ namespace: "ns", name: "p" })?.metadata.resourceVersion).toBe("101");
  expect(world.visits.length).toBeGreaterThan(1);
});

test("drain lets a running pass finish, starts no other, and then resolves", async () => {
  const finished: string[] = [];
  const world = await aWorld(async (key: ObjectKey, signal) => {
    await sleep(world.clock, 5_000, signal);
    finished.push(signal.aborted ? "cut" : key.name);
    return { kind: "done" };
  });
  world.runtime.startWorkers();
  await world.clock.advance(1_000);
  const draining = world.runtime.drain(25_000);
  world.loop.enqueue({ namespace: "ns", name: "other" });
  await world.clock.advance(4_500);
  expect(await draining).toEqual([]);
  expect(finished).toEqual(["p"]);
  await world.clock.advance(60_000);
  expect(finished).toEqual(["p"]);
});

test("drain cuts a pass off after the grace and names its loop", async () => {
  const world = await aWorld(
    async (_, signal) => {
      await sleep(world.clock, 500_000, signal);
      return { kind: "done" };
    },
    { passTimeoutMs: 600_000 },
  );
  world.runtime.startWorkers();
  await world.clock.advance(1_000);
  const draining = world.runtime.drain(25_000);
  await world.clock.advance(25_000);
  expect(await draining).toEqual(["pool"]);
});

test("caches that do not sync in time are named", async () => {
  const clock = fakeClock();
  const transport = scriptedTransport(clock, () => status(403, "Forbidden", { message: "no" }));
  const runtime = kubeRuntime({
    transport,
    clock,
    dice: () => 0.5,
    log: silentLog,
    metrics: silentMetrics,
    namespaces: ["ns"],
    reporter: { controller: "example.com/test", instance: "one" },
  });
  runtime.cacheOf(POOLS);
  const starting = runtime.startCaches(120_000);
  const said = expect(starting).rejects.toThrow("pools.example.com in ns");
  await clock.advance(121_000);
  await said;
  expect(() => runtime.startWorkers()).toThrow("after all caches");
});
