/** Runs the plans that failed once. */
import { REGRESSIONS } from "../regressions.ts";
import { judgeAll } from "./judge-all.ts";
import { WorkerPool } from "./pool.ts";
import { failureText, say } from "./say.ts";

/** @returns whether every promise was kept in every run */
export async function regressionCampaign(): Promise<boolean> {
  const pool = new WorkerPool();
  const outcomes = await judgeAll(
    pool,
    REGRESSIONS.map(({ plan }) => plan),
  );
  pool.close();
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  for (const outcome of failed) say(failureText(outcome));
  say(`regressions: ${outcomes.length} plans, ${failed.length} failures`);
  return failed.length === 0;
}
