/** Judges several plans on a pool and answers in their order. */
import type { Plan } from "../run/plan.ts";
import type { Outcome } from "./outcome.ts";
import type { WorkerPool } from "./pool.ts";

export async function judgeAll(pool: WorkerPool, plans: readonly Plan[]): Promise<readonly Outcome[]> {
  const texts = plans.map((plan) => JSON.stringify(plan));
  const outcomes = new Map<string, Outcome>();
  await pool.run(plans, ({ outcome }) => {
    outcomes.set(JSON.stringify(outcome.plan), outcome);
    return "go on";
  });
  return texts.map((text) => {
    const outcome = outcomes.get(text);
    if (outcome === undefined) throw new Error(`no outcome of ${text}`);
    return outcome;
  });
}
