/**
 * Makes a failing plan shorter while it still fails in the same way.
 * Guarantees: the same failing plan gives the same short one, whatever the number of workers; at most {@link RUNS_MAX} runs.
 * Never: accepts a plan that breaks another promise: that would be another story.
 */
import type { Plan } from "../run/plan.ts";
import type { Failure } from "./outcome.ts";
import { shorterPlans } from "./shorter.ts";

/** Judges plans side by side, and answers in their order. */
export type JudgeAll = (plans: readonly Plan[]) => Promise<readonly (Failure | undefined)[]>;

export interface Shrunk {
  readonly plan: Plan;
  readonly failure: Failure;
  readonly runs: number;
}

const RUNS_MAX = 300;
/** Fixed, so that the number of workers decides nothing. */
const BATCH = 4;

export async function shrink(plan: Plan, failure: Failure, judgeAll: JudgeAll): Promise<Shrunk> {
  let best = { plan, failure, runs: 0 };
  for (;;) {
    const next = await firstThatFails(best, judgeAll);
    if (next.found === undefined) return { ...best, runs: next.runs };
    best = { ...next.found, runs: next.runs };
  }
}

async function firstThatFails(
  { plan, failure, runs }: Shrunk,
  judgeAll: JudgeAll,
): Promise<{ readonly found?: Omit<Shrunk, "runs">; readonly runs: number }> {
  const candidates = shorterPlans(plan);
  let done = runs;
  for (let index = 0; index < candidates.length && done < RUNS_MAX; index += BATCH) {
    const batch = candidates.slice(index, index + BATCH);
    const failures = await judgeAll(batch);
    done += batch.length;
    const hit = failures.findIndex((seen) => seen?.oracle === failure.oracle);
    const [shorter, seen] = [batch[hit], failures[hit]];
    if (shorter !== undefined && seen !== undefined) return { found: { plan: shorter, failure: seen }, runs: done };
  }
  return { runs: done };
}
