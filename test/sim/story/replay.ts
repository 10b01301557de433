/**
 * Replays one plan: its story as a table, the verdict, and the shortest plan that fails in the same way.
 * Guarantees: the story is of the run that the verdict is about; the last line of a failure is a row for `test/sim/regressions.ts`.
 */
import { judgeAll } from "../campaign/judge-all.ts";
import { prepareJudge } from "../campaign/prepare-judge.ts";
import { WorkerPool } from "../campaign/pool.ts";
import { failureText, say } from "../campaign/say.ts";
import { shrink } from "../campaign/shrink.ts";
import type { Plan } from "../run/plan.ts";
import { storyTable } from "./table.ts";

const LOG_LINES = 20;

/** @returns whether every promise was kept */
export async function replay(plan: Plan): Promise<boolean> {
  const judge = await prepareJudge();
  const outcome = await judge.tell(plan);
  say(`plan: ${JSON.stringify(plan)}`);
  for (const line of storyTable(outcome.rows)) say(line);
  const { failure, digest, rest, virtualMs, outsideCalls } = outcome;
  say(
    `rest: ${rest}; ${(virtualMs / 60_000).toFixed(1)} virtual minutes, ${outsideCalls} outside calls, digest ${digest}`,
  );
  if (failure === undefined) {
    say("every promise was kept");
    return true;
  }
  say(`\nthe last lines that operators logged:\n${outcome.log.slice(-LOG_LINES).join("\n")}\n`);
  say(failureText(outcome));
  const pool = new WorkerPool();
  const shrunk = await shrink(plan, failure, async (plans) =>
    (await judgeAll(pool, plans)).map(({ failure: seen }) => seen),
  );
  pool.close();
  say(`\nshortest plan after ${shrunk.runs} more runs: ${shrunk.failure.oracle}: ${shrunk.failure.sentence}`);
  say("as a row of test/sim/regressions.ts, with a sentence in place of this one:");
  say(`  { sentence: ${JSON.stringify(shrunk.failure.sentence)}, plan: ${JSON.stringify(shrunk.plan)} },`);
  return false;
}
