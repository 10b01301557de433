import { commandTimes, nextPollMs, type PollBounds, type Role } from "./poll-pace.ts";

const BOUNDS: PollBounds = { minMs: 5_000, maxMs: 30_000 };

/** The moments at which a command that takes `tookMs` is read, the last one being the first at which it has ended. */
function readsOf(tookMs: number, usualMs: number | Role, bounds = BOUNDS): readonly number[] {
  const reads: number[] = [];
  for (let elapsedMs = 0; elapsedMs < tookMs; reads.push(elapsedMs))
    elapsedMs += nextPollMs(elapsedMs, usualMs, bounds);
  return reads;
}

test("the first command of a document is read at most an eighth late, or at the shortest interval; those behind it cost fewer reads", () => {
  for (const tookMs of [1_000, 20_000, 120_000, 240_000]) {
    expect(readsOf(tookMs, "ahead").at(-1)).toBeLessThanOrEqual(Math.max(tookMs + 5_000, tookMs * 1.126));
  }
  expect(readsOf(120_000, "behind").length).toBeLessThan(readsOf(120_000, "ahead").length * 0.6);
});

test("what is known is read when it has ended, at the first or second read within the longest interval", () => {
  expect(readsOf(20_000, 20_000)).toEqual([20_625]);
  expect(readsOf(22_000, 20_000)).toEqual([20_625, 25_625]);
  expect(readsOf(60_000, 60_000)).toEqual([20_208, 40_417, 60_625]);
});

test("a command that takes much longer than usual is read more and more rarely, never beyond the longest interval", () => {
  const reads = readsOf(600_000, 20_000);
  const pauses = reads.slice(1).map((read, index) => read - (reads[index] ?? 0));
  expect(pauses).toEqual([...pauses].sort((left, right) => left - right));
  expect(Math.max(...pauses)).toBe(30_000);
});

test("the quickest of the last eight counts, so that a slow one does not make the next ones late", () => {
  const times = commandTimes();
  expect(times.record("Join", undefined)).toBe(false);
  expect(times.usualMs("Join")).toBeUndefined();
  expect(times.record("Join", 40_000)).toBe(true);
  expect(times.record("Join", 90_000)).toBe(false);
  expect(times.usualMs("Join")).toBe(40_000);
  for (let count = 0; count < 8; count += 1) times.record("Join", 50_000);
  expect(times.usualMs("Join")).toBe(50_000);
  expect(times.usualMs("Install")).toBeUndefined();
});
