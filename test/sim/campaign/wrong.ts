/**
 * Runs operators that are wrong on purpose until a promise is seen broken: the proof that the campaigns can fail.
 * Guarantees: the campaign fails unless each wrong operator is caught, by its own plan or within {@link SEEDS_MAX} seeds, on a plan that the true one
 * passes.
 */
import { WRONG_OPERATORS, type WrongOperator } from "../wrong-operators/list.ts";
import { judgeAll } from "./judge-all.ts";
import type { Outcome } from "./outcome.ts";
import { WorkerPool } from "./pool.ts";
import { plansOf, type SeedRange } from "./random.ts";
import { say } from "./say.ts";

const SEEDS_MAX = 100;
const NAME_WIDTH = 36;

/** @returns whether each of them was caught */
export async function wrongCampaign(first: number): Promise<boolean> {
  say(`${"wrong operator".padEnd(NAME_WIDTH)}     seeds  caught by`);
  let caughtCount = 0;
  for (const operator of WRONG_OPERATORS) {
    const { name } = operator;
    const caught = await catchOne(operator, first);
    if (caught !== undefined) caughtCount += 1;
    const { oracle = "", sentence = "" } = caught?.outcome.failure ?? {};
    const by = caught === undefined ? "NOT CAUGHT" : `${oracle}: ${sentence}`;
    say(`${name.padEnd(NAME_WIDTH)}  ${String(caught?.seeds ?? "-").padStart(8)}  ${by}`);
  }
  say(`wrong operators: ${caughtCount} of ${WRONG_OPERATORS.length} caught`);
  return caughtCount === WRONG_OPERATORS.length;
}

interface Caught {
  readonly outcome: Outcome;
  /** Up to and with the one that failed; or the operator has a plan of its own, because random seeds seldom lead to its place. */
  readonly seeds: number | "own plan";
}

/** What the true operator fails as well proves nothing about the wrong one. */
async function catchOne({ name, plan }: WrongOperator, first: number): Promise<Caught | undefined> {
  const pool = new WorkerPool({ wrongOperator: name });
  const truth = new WorkerPool({ workers: 1 });
  if (plan !== undefined) {
    const [wrongly] = await judgeAll(pool, [plan]);
    const [really] = await judgeAll(truth, [plan]);
    pool.close();
    truth.close();
    return wrongly?.failure !== undefined && really?.failure === undefined
      ? { outcome: wrongly, seeds: "own plan" }
      : undefined;
  }
  let from = first;
  let caught: Caught | undefined;
  while (caught === undefined && from < first + SEEDS_MAX) {
    const failed = await firstFailure(pool, { first: from, count: first + SEEDS_MAX - from });
    if (failed === undefined) break;
    const [really] = await judgeAll(truth, [failed.plan]);
    if (really?.failure === undefined) caught = { outcome: failed, seeds: failed.plan.seed - first + 1 };
    else say(`  seed ${failed.plan.seed} fails with the true operator as well: ${really.failure.oracle}`);
    from = failed.plan.seed + 1;
  }
  pool.close();
  truth.close();
  return caught;
}

/** The failing seed that comes first, whatever others ran beside it. */
async function firstFailure(pool: WorkerPool, range: SeedRange): Promise<Outcome | undefined> {
  let found: Outcome | undefined;
  await pool.run(plansOf(range), ({ outcome }) => {
    if (outcome.failure !== undefined && (found === undefined || outcome.plan.seed < found.plan.seed)) found = outcome;
    return found === undefined ? "go on" : "stop";
  });
  return found;
}
