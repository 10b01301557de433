/** An operator that is wrong on purpose: it breaks one rule that an invariant rests on. */
import type { Plan } from "../run/plan.ts";
import type { Edit } from "./edits.ts";

export interface WrongOperator {
  readonly name: string;
  /** What a reviewer would have to see. */
  readonly sentence: string;
  readonly edits: readonly Edit[];
  /** Where the random seeds seldom lead to the place: a plan that does. */
  readonly plan?: Plan;
}
