/**
 * Runs a plan and judges it: the oracles after each event, rest and zero writes at the end, and for a comparable plan the same end as its clean run.
 * Guarantees: a run that throws is a failure like any other; clean runs are kept, because many plans share one.
 */
import { isDeepStrictEqual } from "node:util";
import { cleanOf, isComparable } from "../draw/comparable.ts";
import type { EndState } from "../run/end-state.ts";
import type { Plan } from "../run/plan.ts";
import type { Simulator } from "../run/prepare.ts";
import type { Oracle } from "../run/scene.ts";
import type { Verdict } from "../run/simulation.ts";
import { decisionLog } from "../story/decisions.ts";
import { differenceOf } from "./difference.ts";
import { broken, type Failure, type Outcome, type ToldOutcome } from "./outcome.ts";
import { runaway } from "./runaway.ts";
import { strikeCount } from "./strike-count.ts";

/** A clean run's end is small; so many lives are more than a campaign draws between two uses of one. */
const CLEAN_RUNS_MAX = 500;

export interface Judge {
  judge(plan: Plan): Promise<Outcome>;
  /** The same with what a reader needs, which takes longer. */
  tell(plan: Plan): Promise<ToldOutcome>;
}

export function judgeWith(simulator: Simulator, newOracles: () => readonly Oracle[]): Judge {
  const cleanRuns = new Map<string, CleanRun>();
  const cleanRunOf = async (plan: Plan): Promise<CleanRun> => {
    const clean = cleanOf(plan);
    const key = JSON.stringify(clean);
    const known = cleanRuns.get(key);
    if (known !== undefined) return known;
    const { end, violation } = await simulator.run(clean, [...newOracles(), runaway()]);
    const run: CleanRun = { end, ...(violation === undefined ? {} : { failure: violation }) };
    const [oldest] = cleanRuns.keys();
    if (cleanRuns.size >= CLEAN_RUNS_MAX && oldest !== undefined) cleanRuns.delete(oldest);
    cleanRuns.set(key, run);
    return run;
  };
  const compared = async (plan: Plan, verdict: Verdict): Promise<Failure | undefined> => {
    const hasEnd = verdict.violation === undefined && !verdict.isCut;
    if (!hasEnd || !isComparable(plan) || isDeepStrictEqual(plan, cleanOf(plan))) return verdict.violation;
    const clean = await cleanRunOf(plan);
    if (clean.failure !== undefined)
      return { ...clean.failure, sentence: `in the clean run already: ${clean.failure.sentence}` };
    const sentence = differenceOf(clean.end, verdict.end);
    return sentence === undefined ? undefined : { oracle: "differential", sentence, atMs: verdict.virtualMs };
  };
  const judged = async (plan: Plan, listeners: readonly Oracle[]): Promise<{ outcome: Outcome; verdict?: Verdict }> => {
    const strikes = strikeCount();
    try {
      const verdict = await simulator.run(plan, [...newOracles(), runaway(), strikes, ...listeners]);
      const failure = await compared(plan, verdict);
      const { digest, rest, virtualMs, outsideCalls, writes, isCut } = verdict;
      const outcome = {
        plan,
        ...(failure === undefined ? {} : { failure }),
        digest,
        rest: "why" in rest ? `${rest.kind}: ${rest.why}` : rest.kind,
        virtualMs,
        outsideCalls,
        isCut,
        writes,
        strikes: strikes.counts(),
      };
      return { outcome, verdict };
    } catch (error) {
      return { outcome: broken(plan, error instanceof Error ? (error.stack ?? error.message) : String(error)) };
    }
  };
  return {
    judge: async (plan) => (await judged(plan, [])).outcome,
    async tell(plan) {
      const decisions = decisionLog();
      const { outcome, verdict } = await judged(plan, [decisions]);
      return {
        ...outcome,
        rows: verdict?.trace.rows() ?? [],
        decisions: decisions.lines(),
        log: verdict?.log ?? [],
      };
    },
  };
}

interface CleanRun {
  readonly end: EndState;
  readonly failure?: Failure;
}
