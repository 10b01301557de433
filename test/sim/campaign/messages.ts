/** What a campaign and its workers tell each other. */
import type { Plan } from "../run/plan.ts";
import type { Outcome } from "./outcome.ts";

export type ToWorker = { readonly kind: "judge"; readonly plan: Plan };

export type FromWorker =
  { readonly kind: "ready" } | { readonly kind: "judged"; readonly outcome: Outcome; readonly realMs: number };

/** The argument that makes a worker's operator a wrong one. */
export const WRONG_FLAG = "--wrong-operator=";
