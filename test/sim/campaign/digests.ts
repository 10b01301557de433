/**
 * Determinism: the same plan gives the same trace, byte for byte, twice in one process and in two processes.
 * Guarantees: each seed is judged twice by each of two workers, and all four digests are compared.
 */
import { drawPlan } from "../draw/draw.ts";
import { judgeAll } from "./judge-all.ts";
import { WorkerPool } from "./pool.ts";
import { replayCommand, say } from "./say.ts";

const SEEDS = 12;

/** @returns whether all digests of each seed are one */
export async function digestCampaign(first: number): Promise<boolean> {
  const plans = Array.from({ length: SEEDS }, (_, index) => drawPlan(first + index));
  const lists: (readonly string[])[] = [];
  for (const _process of ["one", "other"]) {
    const pool = new WorkerPool({ workers: 1 });
    // The second time in another order: nothing may be left over from the run before.
    const there = await judgeAll(pool, plans);
    const back = await judgeAll(pool, plans.toReversed());
    pool.close();
    lists.push(
      there.map(({ digest }) => digest),
      back.toReversed().map(({ digest }) => digest),
    );
  }
  const different = plans.filter((_, index) => new Set(lists.map((digests) => digests[index])).size !== 1);
  for (const plan of different) say(`seed ${plan.seed} gives several traces: ${replayCommand(plan)}`);
  say(`digests: ${SEEDS} seeds, twice in each of two processes: ${different.length} differ`);
  return different.length === 0;
}
