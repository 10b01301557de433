import { COMMAND_POLL_INTERVALS_MS } from "../limits.ts";
import { pollIntervals } from "./poll-intervals.ts";

test("intervals grow from the lower to the upper bound", () => {
  expect(pollIntervals({ minMs: 5_000, maxMs: 30_000 })).toEqual(COMMAND_POLL_INTERVALS_MS);
  expect(pollIntervals({ minMs: 200, maxMs: 200 })).toEqual([200]);
});
