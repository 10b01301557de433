import { fakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, silence, status } from "../../test/support/scripted-transport.ts";
import type { Script } from "../../test/support/scripted-transport.ts";
import { kubeClient } from "./client.ts";
import { silentMetrics } from "./observers.ts";
import type { WriteRecord } from "./observers.ts";
import type { KubeObject, ResourceKind } from "./port.ts";

const POOLS: ResourceKind = { group: "example.com", version: "v1", kind: "Pool", plural: "pools", isNamespaced: true };
const KEY = { namespace: "ns", name: "p" };
const never = new AbortController().signal;
const pool = {
  apiVersion: "example.com/v1",
  kind: "Pool",
  metadata: { name: "p", namespace: "ns", uid: "u", resourceVersion: "7", creationTimestamp: "" },
  status: { phase: "Ready", counts: { ready: 3 } },
} satisfies KubeObject & { status: object };

function aClient(script: Script) {
  const clock = fakeClock();
  const writes: WriteRecord[] = [];
  const transport = scriptedTransport(clock, script);
  const metrics = { ...silentMetrics, wrote: (write: WriteRecord) => writes.push(write) };
  const port = kubeClient({ transport, clock, dice: () => 0.5, metrics });
  return { clock, port, transport, writes };
}

test("a read is tried three times over short trouble", async () => {
  const answers = [status(429), status(503), ok(pool)];
  const { clock, port, transport } = aClient(() => answers.shift() ?? status(500));
  const reading = port.get(POOLS, KEY, never);
  await clock.advance(5_000);
  expect((await reading).kind).toBe("ok");
  expect(transport.requests).toHaveLength(3);
});

test("a read that is asked for more patience than two seconds hands the wait to its caller", async () => {
  const { clock, port, transport } = aClient(() => ({ ...status(429), retryAfterMs: 30_000 }));
  const reading = port.get(POOLS, KEY, never);
  await clock.advance(5_000);
  expect(await reading).toMatchObject({ kind: "failed", failure: { class: "Throttled", retryAfterMs: 30_000 } });
  expect(transport.requests).toHaveLength(1);
});

test("a write is never tried twice, whatever comes back", async () => {
  for (const answer of [status(429), status(500), status(503)]) {
    const { clock, port, transport } = aClient(() => answer);
    const writing = port.patch(POOLS, pool, { spec: {} }, never);
    await clock.advance(60_000);
    expect((await writing).kind).toBe("failed");
    expect(transport.requests).toHaveLength(1);
  }
});

test("a call that hangs ends at its deadline; a write's outcome is then unknown", async () => {
  const { clock, port } = aClient((_, signal) => silence(signal));
  const writing = port.create(POOLS, { metadata: { name: "p", namespace: "ns" } }, never);
  await clock.advance(15_000);
  expect(await writing).toMatchObject({ kind: "failed", failure: { class: "UnknownOutcome" } });
});

test("an equal status is not sent, whatever the order of its members", async () => {
  const { port, transport, writes } = aClient(() => status(500));
  const same = { counts: { ready: 3 }, phase: "Ready" };
  expect(await port.applyStatus(POOLS, pool, same, { fieldManager: "m" }, never)).toEqual({ kind: "ok", object: pool });
  expect(transport.requests).toEqual([]);
  expect(writes).toEqual([]);
});

test("an apply names manager and, when the decision stood on it, the version", async () => {
  const { port, transport, writes } = aClient(() => ok(pool));
  await port.applyStatus(POOLS, pool, { phase: "Going" }, { fieldManager: "m", resourceVersion: "7" }, never);
  expect(transport.requests[0]).toMatchObject({
    method: "PATCH",
    path: "/apis/example.com/v1/namespaces/ns/pools/p/status?fieldManager=m&force=true",
    contentType: "application/apply-patch+yaml",
    body: { metadata: { name: "p", namespace: "ns", resourceVersion: "7" }, status: { phase: "Going" } },
  });
  expect(writes).toEqual([{ verb: "apply", kind: "Pool", subresource: "status", result: "ok" }]);
});

test("a delete names the uid", async () => {
  const { port, transport } = aClient(() => ok({ kind: "Status", status: "Success" }));
  expect(await port.delete(POOLS, pool, "Background", never)).toEqual({ kind: "ok", object: pool });
  expect(transport.requests[0]?.body).toMatchObject({ preconditions: { uid: "u" }, propagationPolicy: "Background" });
});

test("a name cannot leave its path segment", async () => {
  const { port, transport } = aClient(() => status(404));
  await port.get(POOLS, { namespace: "ns", name: "../../secrets/x?y" }, never);
  expect(transport.requests[0]?.path).toBe("/apis/example.com/v1/namespaces/ns/pools/..%2F..%2Fsecrets%2Fx%3Fy");
});

test("the caller's abort is thrown, not turned into a failure", async () => {
  const { clock, port } = aClient((_, signal) => silence(signal));
  const stop = new AbortController();
  const reading = port.get(POOLS, KEY, stop.signal);
  const thrown = expect(reading).rejects.toThrow("stop");
  stop.abort(new Error("stop"));
  await clock.settle();
  await thrown;
});
