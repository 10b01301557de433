import type { Clock } from "./clock.ts";
import { watchEventLoop } from "./health-event-loop.ts";
import { LIMITS } from "./limits.ts";
import { silentLog } from "./log.ts";

test("a slow event loop is one warning a sample, a quick one none, and stopping leaves no timer", () => {
  const due: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    schedule(_delayMs, callback) {
      due.push(callback);
      return () => void due.splice(due.indexOf(callback), 1);
    },
  };
  const warnings: unknown[] = [];
  const delays = [5, LIMITS.eventLoopDelayWarnMs + 1, 5];
  const source = { p99Ms: () => delays.shift() ?? 0, stop: () => warnings.push("stopped") };
  const stop = watchEventLoop({ clock, log: { ...silentLog, warn: (_, fields) => warnings.push(fields) }, source });
  for (let sample = 0; sample < 3; sample += 1) due.shift()?.();
  expect(warnings).toEqual([expect.objectContaining({ p99DelayMs: LIMITS.eventLoopDelayWarnMs + 1 })]);
  stop();
  expect(due).toEqual([]);
  expect(warnings.at(-1)).toBe("stopped");
});
