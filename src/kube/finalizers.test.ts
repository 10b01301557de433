import { fakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, status } from "../../test/support/scripted-transport.ts";
import type { Answer } from "../../test/support/scripted-transport.ts";
import { kubeClient } from "./client.ts";
import { ensureFinalizer, finalize, releaseFinalizer } from "./finalizers.ts";
import type { CleanUp } from "./finalizers.ts";
import { silentMetrics } from "./observers.ts";
import type { KubeObject, ResourceKind } from "./port.ts";

const POOLS: ResourceKind = { group: "example.com", version: "v1", kind: "Pool", plural: "pools", isNamespaced: true };
const OURS = "example.com/in-use";
const never = new AbortController().signal;

function aTarget(metadata: Partial<KubeObject["metadata"]>, answer: Answer = ok({ metadata: {} })) {
  const clock = fakeClock();
  const transport = scriptedTransport(clock, () => answer);
  const port = kubeClient({ transport, clock, dice: () => 0.5, metrics: silentMetrics });
  const object: KubeObject = {
    apiVersion: "example.com/v1",
    kind: "Pool",
    metadata: { name: "p", namespace: "ns", uid: "u", resourceVersion: "7", creationTimestamp: "", ...metadata },
  };
  const bodies = () => transport.requests.map((request) => request.body);
  return { target: { port, kind: POOLS, object, finalizer: OURS }, bodies };
}

test("adding is a write of its own that keeps others' finalizers and is guarded by the version", async () => {
  const { target, bodies } = aTarget({ finalizers: ["other"] });
  expect((await ensureFinalizer(target, never)).kind).toBe("added");
  expect(bodies()).toEqual([{ metadata: { finalizers: ["other", OURS], resourceVersion: "7" } }]);
});

test("nothing is written when it is there, or when the object is going", async () => {
  const there = aTarget({ finalizers: [OURS] });
  expect((await ensureFinalizer(there.target, never)).kind).toBe("present");
  const going = aTarget({ deletionTimestamp: "2026-01-01T00:00:00Z" });
  expect((await ensureFinalizer(going.target, never)).kind).toBe("deleting");
  expect([...there.bodies(), ...going.bodies()]).toEqual([]);
});

test("a lost race is a conflict, not an added finalizer", async () => {
  const { target } = aTarget({}, status(409, "Conflict"));
  expect((await ensureFinalizer(target, never)).kind).toBe("conflict");
});

const kept: readonly CleanUp[] = [
  { kind: "pending", reason: "Terminating" },
  { kind: "blocked", reason: "ActionDenied" },
];
test.each(kept)("the finalizer stays while cleaning up is $kind", async (reached) => {
  const { target, bodies } = aTarget({ finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" });
  expect(await finalize(target, () => Promise.resolve(reached), never)).toEqual(reached);
  expect(bodies()).toEqual([]);
});

test("the finalizer stays when cleaning up throws", async () => {
  const { target, bodies } = aTarget({ finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" });
  await expect(finalize(target, () => Promise.reject(new Error("bug")), never)).rejects.toThrow("bug");
  expect(bodies()).toEqual([]);
});

test("the twin: a clean object loses ours and only ours", async () => {
  const { target, bodies } = aTarget({ finalizers: ["other", OURS], deletionTimestamp: "2026-01-01T00:00:00Z" });
  const done = await finalize(target, () => Promise.resolve({ kind: "clean" }), never);
  expect(done.kind).toBe("released");
  expect(bodies()).toEqual([{ metadata: { finalizers: ["other"], resourceVersion: "7" } }]);
});

test("releasing an object that is gone already is fine", async () => {
  const gone = status(404, "NotFound", { details: { kind: "pools", name: "p" } });
  const { target } = aTarget({ finalizers: [OURS] }, gone);
  expect((await releaseFinalizer(target, never)).kind).toBe("ok");
});
