/**
 * Runs operators that are wrong on purpose until a promise is seen broken: the proof that the campaigns can fail.
 * Guarantees: each wrong operator is caught within {@link SEEDS_MAX} seeds, or the campaign fails; the true one is not in question here.
 */
import { WRONG_OPERATORS, type WrongOperator } from "../wrong-operators/list.ts";
import type { Outcome } from "./outcome.ts";
import { WorkerPool } from "./pool.ts";
import { plansOf } from "./random.ts";
import { say } from "./say.ts";

const SEEDS_MAX = 400;
const NAME_WIDTH = 36;

/** @returns whether each of them was caught */
export async function wrongCampaign(first: number): Promise<boolean> {
  say(`${"wrong operator".padEnd(NAME_WIDTH)}  seeds  caught by`);
  let caughtCount = 0;
  for (const operator of WRONG_OPERATORS) {
    const caught = await catchOne(operator, first);
    caughtCount += caught === undefined ? 0 : 1;
    const by =
      caught === undefined
        ? "NOT CAUGHT"
        : `${caught.outcome.failure?.oracle ?? ""}: ${caught.outcome.failure?.sentence ?? ""}`;
    say(`${operator.name.padEnd(NAME_WIDTH)}  ${String(caught?.seeds ?? SEEDS_MAX).padStart(5)}  ${by}`);
  }
  say(`wrong operators: ${caughtCount} of ${WRONG_OPERATORS.length} caught`);
  return caughtCount === WRONG_OPERATORS.length;
}

interface Caught {
  readonly outcome: Outcome;
  /** Up to and with the first that failed, whatever others ran beside it. */
  readonly seeds: number;
}

async function catchOne({ name }: WrongOperator, first: number): Promise<Caught | undefined> {
  const pool = new WorkerPool({ wrongOperator: name });
  let caught: Caught | undefined;
  await pool.run(plansOf({ first, count: SEEDS_MAX }), ({ outcome }) => {
    const seeds = outcome.plan.seed - first + 1;
    if (outcome.failure !== undefined && (caught === undefined || seeds < caught.seeds)) caught = { outcome, seeds };
    return caught === undefined ? "go on" : "stop";
  });
  pool.close();
  return caught;
}
