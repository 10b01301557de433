import { manualClock } from "../aws/testing/manual-clock.ts";
import type { Permit } from "./token-bucket.ts";
import { tokenBucket } from "./token-bucket.ts";

const NEVER = new AbortController().signal;

test("a burst passes at once, the rest at the rate and in order of arrival", async () => {
  const clock = manualClock();
  const bucket = tokenBucket(clock, { burst: 2, perSecond: 1 });
  const served: string[] = [];
  for (const name of ["a", "b", "c", "d"])
    void bucket.take(10_000, NEVER).then(() => served.push(`${name}@${clock.monotonicMs()}`));
  await clock.advance(5_000);
  expect(served).toEqual(["a@0", "b@0", "c@1000", "d@2000"]);
});

test("a wait that cannot end in time is refused at once, with the time that it would take", async () => {
  const bucket = tokenBucket(manualClock(), { burst: 1, perSecond: 0.1 });
  await bucket.take(0, NEVER);
  expect(await bucket.take(5_000, NEVER)).toEqual({ kind: "refused", retryAfterMs: 10_000 });
});

test("who leaves the queue takes no permit", async () => {
  const clock = manualClock();
  const bucket = tokenBucket(clock, { burst: 1, perSecond: 1 });
  await bucket.take(0, NEVER);
  const leaving = new AbortController();
  const gone = bucket.take(10_000, leaving.signal);
  const next = bucket.take(10_000, NEVER);
  leaving.abort();
  await clock.advance(1_000);
  expect(await gone).toEqual({ kind: "aborted" });
  expect(await next).toEqual({ kind: "granted", waitedMs: 1_000 });
});

test("a pause holds everybody, and is not followed by a burst beyond the bucket", async () => {
  const clock = manualClock();
  const bucket = tokenBucket(clock, { burst: 1, perSecond: 1 });
  const served: number[] = [];
  bucket.pause(4_000);
  for (let count = 0; count < 3; count += 1)
    void bucket.take(60_000, NEVER).then(() => served.push(clock.monotonicMs()));
  await clock.advance(10_000);
  expect(served).toEqual([4_000, 5_000, 6_000]);
});

test("closing ends all waits and leaves no timer", async () => {
  const clock = manualClock();
  const bucket = tokenBucket(clock, { burst: 1, perSecond: 1 });
  await bucket.take(0, NEVER);
  const waiting: Promise<Permit> = bucket.take(10_000, NEVER);
  bucket.close();
  expect(await waiting).toEqual({ kind: "aborted" });
  expect(clock.pendingCount()).toBe(0);
});
