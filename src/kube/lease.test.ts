import { fakeClock } from "../../test/support/fake-clock.ts";
import type { FakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, silence, status } from "../../test/support/scripted-transport.ts";
import type { Answer, ScriptedTransport } from "../../test/support/scripted-transport.ts";
import { leaderElector } from "./lease.ts";
import { silentLog, silentMetrics } from "./observers.ts";
import type { KubeRequest } from "./transport.ts";

/** One Lease with optimistic locking, as the API server keeps it. */
function aLeaseStore() {
  let stored: { version: number; spec: Record<string, unknown> } | undefined;
  const body = () => ok({ metadata: { resourceVersion: String(stored?.version) }, spec: stored?.spec });
  return {
    spec: () => stored?.spec,
    answer(request: KubeRequest): Answer {
      if (request.method === "GET") return stored === undefined ? status(404, "NotFound") : body();
      const given = request.body as { metadata: { resourceVersion?: string }; spec: Record<string, unknown> };
      const isCurrent =
        request.method === "POST" ? stored === undefined : given.metadata.resourceVersion === String(stored?.version);
      if (!isCurrent) return status(409, "Conflict");
      stored = { version: (stored?.version ?? 0) + 1, spec: given.spec };
      return body();
    },
  };
}

function aCandidate(clock: FakeClock, identity: string, store: ReturnType<typeof aLeaseStore>) {
  const transport: ScriptedTransport = scriptedTransport(clock, (request) => store.answer(request));
  const lost: string[] = [];
  const elector = leaderElector({
    transport,
    clock,
    dice: () => 0.5,
    log: silentLog,
    metrics: silentMetrics,
    lease: { namespace: "ns", name: "lease" },
    identity,
    onLost: (reason) => lost.push(reason),
  });
  const stop = new AbortController();
  const running = elector.run(stop.signal);
  return { elector, transport, lost, stop, running };
}

test("the first takes it, the second waits, and never both lead", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.settle();
  const two = aCandidate(clock, "two", store);
  for (let second = 0; second < 120; second += 1) {
    await clock.advance(1_000);
    expect([one.elector.isLeader(), two.elector.isLeader()]).toEqual([true, false]);
  }
  expect(store.spec()).toMatchObject({ holderIdentity: "one", leaseTransitions: 0, leaseDurationSeconds: 15 });
});

test("a dead leader's lease is taken after its duration without a change, and not before", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.settle();
  const two = aCandidate(clock, "two", store);
  await clock.advance(30_000);
  one.stop.abort(); // as by SIGKILL: it renews no more and clears nothing
  await clock.advance(12_000);
  expect(two.elector.isLeader()).toBe(false);
  await clock.advance(8_000);
  expect(two.elector.isLeader()).toBe(true);
  expect(one.elector.isLeader()).toBe(false);
  expect(store.spec()).toMatchObject({ holderIdentity: "two", leaseTransitions: 1 });
});

test("a wall clock that is hours wrong changes nothing", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  aCandidate(clock, "one", store);
  await clock.settle();
  clock.jumpWallClock(6 * 3_600_000);
  const two = aCandidate(clock, "two", store);
  await clock.advance(60_000);
  expect(two.elector.isLeader()).toBe(false);
});

test("a released lease is taken at the next look", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.settle();
  const two = aCandidate(clock, "two", store);
  await clock.advance(10_000);
  await one.elector.release();
  expect(store.spec()).toMatchObject({ holderIdentity: "" });
  expect(one.elector.isLeader()).toBe(false);
  expect(one.lost).toEqual([]);
  await clock.advance(2_400);
  expect(two.elector.isLeader()).toBe(true);
});

test("a leader whose calls hang stops leading before anyone may take over", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.settle();
  const two = aCandidate(clock, "two", store);
  await clock.advance(20_000);
  one.transport.answerWith((_, signal) => silence(signal));
  let lostMs: number | undefined;
  let takenMs: number | undefined;
  for (let step = 0; step < 400; step += 1) {
    await clock.advance(100);
    if (!one.elector.isLeader()) lostMs ??= clock.monotonicMs();
    if (two.elector.isLeader()) takenMs ??= clock.monotonicMs();
    expect(one.elector.isLeader() && two.elector.isLeader()).toBe(false);
  }
  expect(one.lost).toEqual(["not renewed within 10000 ms"]);
  expect(takenMs).toBeGreaterThan(lostMs ?? Number.POSITIVE_INFINITY);
});

test("a renewal whose answer was lost does not cost leadership", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.advance(5_000);
  let isLost = false;
  one.transport.answerWith((request, signal) => {
    const answer = store.answer(request); // it took effect
    if (request.method !== "PUT" || isLost) return answer;
    isLost = true;
    return silence(signal);
  });
  await clock.advance(60_000);
  expect(isLost).toBe(true);
  expect(one.elector.isLeader()).toBe(true);
  expect(one.lost).toEqual([]);
});

test("a leader that finds another holder stops at once", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  await clock.advance(5_000);
  const read = store.answer({ method: "GET", path: "", timeoutMs: 1 });
  const { resourceVersion } = (read as { body: { metadata: { resourceVersion: string } } }).body.metadata;
  const spec = { holderIdentity: "usurper", leaseDurationSeconds: 15 };
  store.answer({ method: "PUT", path: "", timeoutMs: 1, body: { metadata: { resourceVersion }, spec } });
  await clock.advance(3_000);
  expect(one.elector.isLeader()).toBe(false);
  expect(one.lost).toEqual(["the lease names usurper"]);
});

test("the remainder counts down from when the renewal was sent", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  expect(one.elector.leaseRemainderMs()).toBe(0);
  await clock.settle();
  expect(one.elector.leaseRemainderMs()).toBe(15_000);
  await clock.advance(1_500);
  expect(one.elector.leaseRemainderMs()).toBe(13_500);
});

test("untilLeading resolves for who leads, and with false for who is stopped", async () => {
  const clock = fakeClock();
  const store = aLeaseStore();
  const one = aCandidate(clock, "one", store);
  const stop = new AbortController();
  const leading = one.elector.untilLeading(stop.signal);
  await clock.settle();
  expect(await leading).toBe(true);
  const two = aCandidate(clock, "two", store);
  const waiting = two.elector.untilLeading(stop.signal);
  stop.abort();
  expect(await waiting).toBe(false);
});

test("times that would let two lead are refused", () => {
  const clock = fakeClock();
  const transport = scriptedTransport(clock, () => status(500));
  const build = () =>
    leaderElector({
      transport,
      clock,
      dice: () => 0,
      log: silentLog,
      metrics: silentMetrics,
      lease: { namespace: "ns", name: "l" },
      identity: "one",
      durationMs: 10_000,
      renewDeadlineMs: 10_000,
      onLost: () => undefined,
    });
  expect(build).toThrow("renew deadline < lease duration");
});
