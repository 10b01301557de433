/** A fixed plan with a question of its own about what must come of it, beside the oracles of every run. */
import type { Plan } from "../run/plan.ts";
import type { Oracle } from "../run/scene.ts";

export interface Case {
  readonly sentence: string;
  readonly plan: Plan;
  /** New for each run. Its `atRest` answers from the directory and the API server, never from what was called. */
  readonly witness: () => Oracle;
}
