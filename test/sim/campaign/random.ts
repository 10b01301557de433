/**
 * The random campaign: a plan from each seed of a range.
 * Guarantees: every seed is judged, unless so many have failed that more would say nothing new; all of the range is reported; a run that has made
 * {@link OUTSIDE_CALLS_MAX} calls ends there, and is counted as cut (`make soak` runs each to rest).
 */
import { drawPlan } from "../draw/draw.ts";
import type { Plan } from "../run/plan.ts";
import { addOutcome, figuresLine, noFigures } from "./figures.ts";
import { WorkerPool } from "./pool.ts";
import { faultTable } from "./report.ts";
import { failureText, say } from "./say.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

export const BASE_SEED = 1;
export const SEEDS = 2_000;
/** Few plans need more, and those few would take the time of many others. */
const OUTSIDE_CALLS_MAX = 250;
const FAILURES_MAX = 5;

/** @returns whether every promise was kept in every run */
export async function randomCampaign({ first, count }: SeedRange): Promise<boolean> {
  const pool = new WorkerPool();
  const figures = noFigures();
  const startedMs = performance.now();
  say(`random: seeds ${first} to ${first + count - 1} (BASE_SEED=, SEEDS= change them) on ${pool.size()} workers`);
  await pool.run(cutPlansOf({ first, count }), ({ outcome }) => {
    addOutcome(figures, outcome);
    if (outcome.failure !== undefined) say(failureText(outcome));
    return figures.failures < FAILURES_MAX ? "go on" : "stop";
  });
  pool.close();
  figures.realMs = performance.now() - startedMs;
  for (const line of faultTable(figures)) say(line);
  say(figuresLine("random", figures));
  return figures.failures === 0 && figures.runs === count;
}

function* cutPlansOf(range: SeedRange): Generator<Plan> {
  for (const plan of plansOf(range)) yield { ...plan, outsideCallsMax: OUTSIDE_CALLS_MAX };
}

export function* plansOf({ first, count }: SeedRange): Generator<Plan> {
  for (let seed = first; seed < first + count; seed += 1) yield drawPlan(seed);
}
