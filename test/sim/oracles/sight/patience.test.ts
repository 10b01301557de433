import type { Plan } from "../../run/plan.ts";
import { clearSinceMs, patienceOf } from "./patience.ts";

const QUIET: Plan = { seed: 1, pool: {}, flags: [], delays: "real", operators: 1, acts: [], faults: [], strikes: [] };
const MINUTE_MS = 60_000;
const effect = (kind: "dropped" | "silent") => ({ kind });

test("without troubles an operator acts on what is a minute old at most", () => {
  const { inFlightMs, clusterViewMs, cloudViewMs, clockErrorMs } = patienceOf(QUIET);
  expect([inFlightMs, clusterViewMs, cloudViewMs, clockErrorMs]).toEqual([61_000, 63_000, 106_000, 0]);
});

test("each trouble adds what the documents allow for it", () => {
  const acts: Plan["acts"] = [
    { afterMs: 0, isSettledFirst: false, deed: { kind: "operator", action: "pause", index: 0, forMs: 3 * MINUTE_MS } },
    { afterMs: 0, isSettledFirst: false, deed: { kind: "operator", action: "kill", index: 0, forMs: 9 * MINUTE_MS } },
    { afterMs: 0, isSettledFirst: false, deed: { kind: "jumpClock", index: 0, byMs: -5 * MINUTE_MS } },
  ];
  const paused = patienceOf({ ...QUIET, acts });
  expect([paused.inFlightMs, paused.clockErrorMs]).toEqual([241_000, 5 * MINUTE_MS]);

  const watch = { on: "watch", fromMs: 0, forMs: MINUTE_MS, probability: 1 } as const;
  expect(patienceOf({ ...QUIET, faults: [{ ...watch, effect: effect("silent") }] }).clusterViewMs).toBe(248_000);
  expect(patienceOf({ ...QUIET, faults: [{ ...watch, effect: effect("dropped") }] }).clusterViewMs).toBe(3_783_000);

  const cloud = { on: "cloud", fromMs: 0, forMs: 10 * MINUTE_MS, rule: { effect: { kind: "throttle" } } } as const;
  expect(patienceOf({ ...QUIET, faults: [cloud] }).cloudViewMs).toBe(706_000);
  const empty = { ...cloud, rule: { effect: { kind: "emptyList" } } } as const;
  expect(patienceOf({ ...QUIET, faults: [empty] }).cloudViewMs).toBe(106_000);
});

test("the way to the API server is clear since the end of the last trouble that has begun", () => {
  const kube = { on: "kube", probability: 1, effect: { kind: "refused", status: 503 } } as const;
  const faults: Plan["faults"] = [
    { ...kube, fromMs: 0, forMs: MINUTE_MS },
    { ...kube, fromMs: 10 * MINUTE_MS, forMs: MINUTE_MS },
    { on: "cloud", fromMs: 0, forMs: 60 * MINUTE_MS, rule: { effect: { kind: "throttle" } } },
  ];
  const clear = (nowMs: number): number | undefined => clearSinceMs({ faults }, nowMs, "kube");
  expect([clear(0), clear(5 * MINUTE_MS), clear(10.5 * MINUTE_MS), clear(20 * MINUTE_MS)]).toEqual([
    undefined,
    MINUTE_MS,
    undefined,
    11 * MINUTE_MS,
  ]);
  expect(clearSinceMs({ faults }, 20 * MINUTE_MS, "all")).toBeUndefined();
});

test("what a watch kept back is found some time after its trouble has ended", () => {
  const watch = { on: "watch", fromMs: 0, forMs: MINUTE_MS, probability: 1 } as const;
  const faults: Plan["faults"] = [{ ...watch, effect: effect("dropped") }];
  expect(clearSinceMs({ faults }, 60 * MINUTE_MS, "kube")).toBeUndefined();
  expect(clearSinceMs({ faults }, 70 * MINUTE_MS, "kube")).toBe(63 * MINUTE_MS);
});
