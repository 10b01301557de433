/**
 * Runs operators that are wrong on purpose until a promise is seen broken: the proof that the campaigns can fail.
 * Guarantees: the campaign fails unless each wrong operator is caught, by its own plan or within {@link SEEDS_MAX} seeds, on a plan that the true one
 * passes.
 */
import { WRONG_OPERATORS, wrongOperator } from "../wrong-operators/list.ts";
import { judgeAll } from "./judge-all.ts";
import type { Plan } from "../run/plan.ts";
import type { Outcome } from "./outcome.ts";
import { WorkerPool } from "./pool.ts";
import { plansOf, type SeedRange } from "./random.ts";
import { say } from "./say.ts";

const SEEDS_MAX = 100;
const NAME_WIDTH = 36;

export interface WrongQuestion {
  /** The first random seed. */
  readonly first: number;
  /** One of them alone; all when absent. */
  readonly name?: string | undefined;
}

/** @returns whether each of them was caught */
export async function wrongCampaign({ first, name: only }: WrongQuestion): Promise<boolean> {
  const operators = only === undefined ? WRONG_OPERATORS : [wrongOperator(only)];
  const truth = new WorkerPool({ workers: 1 });
  say(`${"wrong operator".padEnd(NAME_WIDTH)}     seeds  caught by`);
  let caughtCount = 0;
  for (const operator of operators) {
    const { name, plan } = operator;
    const caught = plan === undefined ? await catchByChance(name, first, truth) : await catchByPlan(name, plan, truth);
    if (caught !== undefined) caughtCount += 1;
    const { oracle = "", sentence = "" } = caught?.outcome.failure ?? {};
    const by = caught === undefined ? "NOT CAUGHT" : `${oracle}: ${sentence}`;
    say(`${name.padEnd(NAME_WIDTH)}  ${String(caught?.seeds ?? "-").padStart(8)}  ${by}`);
  }
  truth.close();
  say(`wrong operators: ${caughtCount} of ${operators.length} caught`);
  return caughtCount === operators.length;
}

interface Caught {
  readonly outcome: Outcome;
  /** Up to and with the one that failed; or the operator has a plan of its own, because random seeds seldom lead to its place. */
  readonly seeds: number | "own plan";
}

/** What the true operator fails as well proves nothing about the wrong one. */
async function catchByPlan(name: string, plan: Plan, truth: WorkerPool): Promise<Caught | undefined> {
  const pool = new WorkerPool({ wrongOperator: name, workers: 1 });
  const [[wrongly], [really]] = await Promise.all([judgeAll(pool, [plan]), judgeAll(truth, [plan])]);
  pool.close();
  const isCaught = wrongly?.failure !== undefined && really?.failure === undefined;
  return isCaught ? { outcome: wrongly, seeds: "own plan" } : undefined;
}

async function catchByChance(name: string, first: number, truth: WorkerPool): Promise<Caught | undefined> {
  const pool = new WorkerPool({ wrongOperator: name });
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
