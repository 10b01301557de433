/**
 * The random campaign: a plan from each seed of a range.
 * Guarantees: every seed is judged, unless so many have failed that more would say nothing new; all of the range is reported.
 */
import { drawPlan } from "../draw/draw.ts";
import { addOutcome, figuresLine, noFigures } from "./figures.ts";
import { WorkerPool } from "./pool.ts";
import { failureText, say } from "./say.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

export const BASE_SEED = 1;
export const SEEDS = 500;
const FAILURES_MAX = 5;

/** @returns whether every promise was kept in every run */
export async function randomCampaign({ first, count }: SeedRange): Promise<boolean> {
  const pool = new WorkerPool();
  const figures = noFigures();
  const startedMs = performance.now();
  say(`random: seeds ${first} to ${first + count - 1} (BASE_SEED=, SEEDS= change them) on ${pool.size()} workers`);
  await pool.run(plansOf({ first, count }), ({ outcome }) => {
    addOutcome(figures, outcome);
    if (outcome.failure !== undefined) say(failureText(outcome));
    return figures.failures < FAILURES_MAX ? "go on" : "stop";
  });
  pool.close();
  figures.realMs = performance.now() - startedMs;
  say(figuresLine("random", figures));
  return figures.failures === 0 && figures.runs === count;
}

export function* plansOf({ first, count }: SeedRange): Generator<ReturnType<typeof drawPlan>> {
  for (let seed = first; seed < first + count; seed += 1) yield drawPlan(seed);
}
