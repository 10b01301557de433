/** Plans that failed once, made as short as they get: each is run in `make test`. A row is copied from the last line of a failing replay. */
import type { Plan } from "./run/plan.ts";

export interface Regression {
  /** What must not happen again. */
  readonly sentence: string;
  readonly plan: Plan;
}

export const REGRESSIONS: readonly Regression[] = [];
