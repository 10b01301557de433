import { drawPlan } from "../draw/draw.ts";
import type { Plan } from "../run/plan.ts";
import type { Failure } from "./outcome.ts";
import { shrink } from "./shrink.ts";
import { shorterPlans } from "./shorter.ts";

const S1: Failure = { oracle: "S1", sentence: "two hosts", atMs: 1 };
const OTHER: Failure = { oracle: "S3", sentence: "below the floor", atMs: 1 };

/** Fails as long as the plan still kills the operator's host; any plan without acts fails in another way. */
function failureOf({ acts, strikes }: Plan): Failure | undefined {
  if (acts.length === 0) return OTHER;
  return strikes.some(({ fate }) => fate === "death") ? S1 : undefined;
}

const plan: Plan = {
  ...drawPlan(3),
  operators: 2,
  faults: drawPlan(10).faults,
  strikes: [
    { write: 4, fate: "lostAnswer" },
    { write: 9, fate: "death" },
    { write: 30, fate: "death" },
  ],
};

test("what has nothing to do with the failure goes, and the same failure stays", async () => {
  const shrunk = await shrink(plan, S1, (plans) => Promise.resolve(plans.map(failureOf)));
  expect(shrunk.failure).toEqual(S1);
  expect(shrunk.plan.strikes).toEqual([{ write: 30, fate: "death" }]);
  expect([shrunk.plan.faults, shrunk.plan.operators, shrunk.plan.acts.length]).toEqual([[], 1, 1]);
});

test("a plan that nothing shortens stays as it is, within a bounded number of runs", async () => {
  const never = await shrink(plan, S1, (plans) => Promise.resolve(plans.map(() => undefined)));
  expect(never.plan).toBe(plan);
  const always = await shrink(plan, S1, (plans) => Promise.resolve(plans.map(() => S1)));
  expect(always.runs).toBeLessThanOrEqual(304);
});

test("every candidate is shorter", () => {
  for (const candidate of shorterPlans(plan)) expect(sizeOf(candidate)).toBeLessThan(sizeOf(plan));
});

function sizeOf({ acts, faults, strikes, operators, pool }: Plan): number {
  const times = [...acts.map(({ afterMs }) => afterMs), ...faults.map(({ forMs }) => forMs)];
  const { replicas = 0 } = pool["spec"] as { readonly replicas?: number };
  const items = acts.length + faults.length + strikes.length + operators + replicas;
  return items * 1e9 + times.reduce((total, time) => total + time, 0);
}
