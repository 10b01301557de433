import type { Clock } from "./clock.ts";
import { LIMITS } from "./limits.ts";
import { silentLog } from "./log.ts";
import { runShutdown, shutdownOnce } from "./shutdown.ts";
import type { ShutdownStage } from "./shutdown.ts";
import { shutdownStages } from "./shutdown-stages.ts";

/** A clock that a test moves by hand: due callbacks run in order, with promises settled in between. */
function steppedClock(): Clock & { advance(byMs: number): Promise<void> } {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    schedule(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(byMs) {
      const endMs = nowMs + byMs;
      await settle();
      for (;;) {
        const next = [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers.delete(next);
        nowMs = next.atMs;
        next.callback();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

const never = (): Promise<void> => new Promise(() => undefined);

function recordedSteps(overrides: Partial<Parameters<typeof shutdownStages>[0]> = {}) {
  const order: string[] = [];
  const step = (name: string) => (): Promise<void> => {
    order.push(name);
    return Promise.resolve();
  };
  const steps = {
    markNotReady: () => void order.push("notReady"),
    stopIntake: step("stopIntake"),
    drain: step("drain"),
    releaseLease: step("releaseLease"),
    close: step("close"),
    ...overrides,
  };
  return { order, stages: shutdownStages(steps) };
}

test("the order is: not ready, intake, running passes, lease, close", async () => {
  const { order, stages } = recordedSteps();
  const report = await runShutdown("SIGTERM", stages, {
    clock: steppedClock(),
    log: silentLog,
    totalMs: LIMITS.shutdownMs,
  });
  expect(order).toEqual(["notReady", "stopIntake", "drain", "releaseLease", "close"]);
  expect(report.isClean).toBe(true);
});

test("the lease is kept while a pass is still running", async () => {
  const clock = steppedClock();
  let endPass: () => void = () => undefined;
  const { order, stages } = recordedSteps({ drain: () => new Promise((resolve) => (endPass = resolve)) });
  const report = runShutdown("SIGTERM", stages, { clock, log: silentLog, totalMs: LIMITS.shutdownMs });
  await clock.advance(LIMITS.drainStageMs - 1);
  expect(order).toEqual(["notReady", "stopIntake"]);
  endPass();
  expect(await report).toMatchObject({ isClean: true });
  expect(order).toEqual(["notReady", "stopIntake", "releaseLease", "close"]);
});

test("a pass that never ends is cut off at its deadline, told so, and the rest still happens", async () => {
  const clock = steppedClock();
  let wasTold = false;
  const drain = (signal: AbortSignal): Promise<void> => {
    signal.addEventListener("abort", () => (wasTold = true));
    return never();
  };
  const { order, stages } = recordedSteps({ drain });
  const report = runShutdown("SIGTERM", stages, { clock, log: silentLog, totalMs: LIMITS.shutdownMs });
  await clock.advance(LIMITS.drainStageMs);
  expect((await report).stages.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    "notReady done",
    "stopIntake done",
    "drain late",
    "releaseLease done",
    "close done",
  ]);
  expect(wasTold).toBe(true);
  expect(order).toContain("releaseLease");
});

test("a stage that fails is named and does not stop the next ones", async () => {
  const { order, stages } = recordedSteps({ releaseLease: () => Promise.reject(new Error("API server gone")) });
  const report = await runShutdown("SIGTERM", stages, {
    clock: steppedClock(),
    log: silentLog,
    totalMs: LIMITS.shutdownMs,
  });
  expect(report.isClean).toBe(false);
  expect(report.stages).toContainEqual({ name: "releaseLease", outcome: "failed" });
  expect(order.at(-1)).toBe("close");
});

test("the whole ends in time even if every stage hangs", async () => {
  const clock = steppedClock();
  const hanging: ShutdownStage[] = ["a", "b", "c", "d"].map((name) => ({ name, deadlineMs: 20_000, run: never }));
  const report = runShutdown("SIGTERM", hanging, { clock, log: silentLog, totalMs: LIMITS.shutdownMs });
  await clock.advance(LIMITS.shutdownMs);
  expect((await report).stages.map(({ outcome }) => outcome)).toEqual(["late", "late", "skipped", "skipped"]);
});

test("two signals are one shutdown", async () => {
  const { order, stages } = recordedSteps();
  const shutdown = shutdownOnce(stages, { clock: steppedClock(), log: silentLog, totalMs: LIMITS.shutdownMs });
  expect(shutdown.isShuttingDown()).toBe(false);
  const [first, second] = await Promise.all([shutdown.trigger("SIGTERM"), shutdown.trigger("lease lost")]);
  expect(second).toBe(first);
  expect(order).toHaveLength(5);
  expect(shutdown.isShuttingDown()).toBe(true);
});
