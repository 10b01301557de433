import fc from "fast-check";
import { fakeClock, seededDice } from "../../test/support/fake-clock.ts";
import type { FakeClock } from "../../test/support/fake-clock.ts";
import { workQueue } from "./work-queue.ts";
import type { Visit, WorkQueue } from "./work-queue.ts";

const never = new AbortController().signal;
const AGAIN_LATER: Visit = { kind: "again", afterMs: 300_000, priority: "resync" };

function aQueue(clock: FakeClock, dice = (): number => 1): WorkQueue {
  return workQueue({ clock, dice, minGapMs: 1_000, backoffMinMs: 1_000, backoffMaxMs: 300_000 });
}

/** Takes what is due now, in order, without laying anything down. */
async function takeAll(queue: WorkQueue, clock: FakeClock): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const stop = new AbortController();
    const next = queue.next(stop.signal);
    await clock.settle();
    stop.abort();
    const turn = await next;
    if (turn === undefined) return taken;
    taken.push(turn.key);
  }
}

test("a key that is added many times is handed out once", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  for (let add = 0; add < 5; add += 1) queue.add("ns/a", "change");
  expect(await takeAll(queue, clock)).toEqual(["ns/a"]);
});

test("an add while the key is processed brings one more visit, after it was laid down and not before", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/a", "change");
  await queue.next(never);
  queue.add("ns/a", "change");
  queue.add("ns/a", "change");
  await clock.advance(5_000);
  expect(await takeAll(queue, clock)).toEqual([]);
  queue.done("ns/a", AGAIN_LATER);
  expect(await takeAll(queue, clock)).toEqual(["ns/a"]);
});

test("two visits of a key start at least the gap apart", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/a", "change");
  await queue.next(never);
  queue.done("ns/a", AGAIN_LATER);
  queue.add("ns/a", "change");
  await clock.advance(999);
  expect(await takeAll(queue, clock)).toEqual([]);
  await clock.advance(1);
  expect(await takeAll(queue, clock)).toEqual(["ns/a"]);
});

test("back-off doubles up to its ceiling, and success forgets it", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock); // dice 1: the whole ceiling
  queue.add("ns/a", "change");
  const waits: number[] = [];
  for (let failure = 0; failure < 11; failure += 1) {
    await queue.next(never);
    const failedMs = clock.monotonicMs();
    queue.done("ns/a", { kind: "retry" });
    let waitedMs = 0;
    while ((await peekDepth(queue, clock)) === 0 && waitedMs < 400_000) {
      await clock.advance(1_000);
      waitedMs = clock.monotonicMs() - failedMs;
    }
    waits.push(waitedMs);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000));
  await queue.next(never);
  queue.done("ns/a", { kind: "again", afterMs: 2_000, priority: "retry" });
  await clock.advance(2_000);
  await queue.next(never);
  queue.done("ns/a", { kind: "retry" });
  await clock.advance(1_000);
  expect(queue.depth()).toBe(1);
});

async function peekDepth(queue: WorkQueue, clock: FakeClock): Promise<number> {
  await clock.settle();
  return queue.depth();
}

test("a longer Retry-After outlasts the back-off", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/a", "change");
  await queue.next(never);
  queue.done("ns/a", { kind: "retry", retryAfterMs: 30_000 });
  await clock.advance(29_999);
  expect(queue.depth()).toBe(0);
  await clock.advance(1);
  expect(queue.depth()).toBe(1);
});

test("a change during the back-off is looked at without waiting for it", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/a", "change");
  await queue.next(never);
  queue.done("ns/a", { kind: "retry", retryAfterMs: 200_000 });
  await clock.advance(1_000);
  queue.add("ns/a", "change");
  expect(await takeAll(queue, clock)).toEqual(["ns/a"]);
});

test("a change goes before a retry, a retry before a resync", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/resync", "resync");
  queue.add("ns/retry", "retry");
  queue.add("ns/change", "change");
  expect(await takeAll(queue, clock)).toEqual(["ns/change", "ns/retry", "ns/resync"]);
});

test("waiting raises a resync above fresh changes, so nothing starves", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  queue.add("ns/old", "resync");
  await clock.advance(20_001);
  queue.add("ns/fresh", "change");
  expect(await takeAll(queue, clock)).toEqual(["ns/old", "ns/fresh"]);
});

test("a backlog of resyncs that have risen gets every fourth turn, so that a change does not wait for it", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  for (const key of ["ns/old-1", "ns/old-2", "ns/old-3"]) queue.add(key, "resync");
  await clock.advance(60_000);
  for (const key of ["ns/new-1", "ns/new-2", "ns/new-3", "ns/new-4"]) queue.add(key, "change");
  const [first, ...rest] = await takeAll(queue, clock);
  expect(first).toBe("ns/old-1");
  expect(rest).toEqual(["ns/new-1", "ns/new-2", "ns/new-3", "ns/old-2", "ns/new-4", "ns/old-3"]);
});

test("five thousand first adds are all due at once", () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  for (let key = 0; key < 5_000; key += 1) queue.add(`ns/${key}`, "resync");
  expect(queue.depth()).toBe(5_000);
});

test("a waiting worker is woken by an add, and by shutdown with nothing", async () => {
  const clock = fakeClock();
  const queue = aQueue(clock);
  const [first, second] = [queue.next(never), queue.next(never)];
  queue.add("ns/a", "change");
  expect(await first).toEqual({ key: "ns/a", priority: "change" });
  queue.shutDown();
  expect(await second).toBeUndefined();
});

test("whatever happens, a key is never with two workers and no add is lost", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), key: fc.nat(3), delayMs: fc.constantFrom(0, 500, 5_000) }),
    fc.record({ kind: fc.constant("next" as const) }),
    fc.record({ kind: fc.constant("done" as const), how: fc.constantFrom("forget", "again", "retry", "hold") }),
    fc.record({ kind: fc.constant("advance" as const), byMs: fc.nat(3_000) }),
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
    const clock = fakeClock();
    const queue = aQueue(clock, seededDice(seed));
    const held: string[] = [];
    const owed = new Set<string>(); // added since it was last handed out
    const takeOne = async (): Promise<void> => {
      const [key] = queue.depth() > 0 ? [(await queue.next(never))?.key ?? ""] : [];
      if (key === undefined) return;
      expect(held).not.toContain(key);
      held.push(key);
      owed.delete(key);
    };
    for (const one of steps) {
      if (one.kind === "add") {
        queue.add(`ns/${one.key}`, "change", one.delayMs);
        owed.add(`ns/${one.key}`);
      } else if (one.kind === "next") await takeOne();
      else if (one.kind === "done") {
        const key = held.shift();
        if (key !== undefined) queue.done(key, visitOf(one.how));
      } else await clock.advance(one.byMs);
    }
    for (const key of held.splice(0)) queue.done(key, { kind: "forget" });
    await clock.advance(400_000);
    while (queue.depth() > 0) await takeOne();
    expect([...owed]).toEqual([]);
  });
  await fc.assert(property, { numRuns: 60 });
});

function visitOf(how: string): Visit {
  if (how === "retry" || how === "forget") return { kind: how };
  return how === "hold" ? { kind: "hold", afterMs: 100, priority: "change" } : AGAIN_LATER;
}
