/** What a campaign learns of one run: small enough to travel between processes, and free of machine time, so that two of them can be compared. */
import type { TraceRow } from "../run/trace.ts";
import type { Plan } from "../run/plan.ts";

export interface Failure {
  /** Number of an invariant; `differential`; or `harness` when the run itself broke. */
  readonly oracle: string;
  readonly sentence: string;
  readonly atMs: number;
}

export interface Outcome {
  readonly plan: Plan;
  /** Absent when every promise was kept. */
  readonly failure?: Failure;
  readonly digest: string;
  readonly rest: string;
  readonly virtualMs: number;
  readonly outsideCalls: number;
  /** Ended by the plan's bound of outside calls: its rest was not judged. */
  readonly isCut: boolean;
  /** Sites of the writes that were sent, in order, refused ones among them. */
  readonly writes: readonly string[];
  /** How often each sort of fault struck. */
  readonly strikes: Readonly<Record<string, number>>;
}

/** An outcome with what a reader needs: the story, the decisions in it, and the operators' last lines. */
export interface ToldOutcome extends Outcome {
  readonly rows: readonly TraceRow[];
  readonly decisions: readonly string[];
  readonly log: readonly string[];
}

/** The run itself broke: it threw, hung, or its process ended. As bad as a broken promise. */
export function broken(plan: Plan, sentence: string): Outcome {
  const failure = { oracle: "harness", sentence, atMs: 0 };
  return {
    plan,
    failure,
    digest: "",
    rest: "unknown",
    virtualMs: 0,
    outsideCalls: 0,
    isCut: false,
    writes: [],
    strikes: {},
  };
}
