/**
 * Every message between an operator and the outside, as the run counts and strikes it.
 * Guarantees: writes are numbered over all lives of the operator, in the order in which they arrived or were lost.
 */
export interface OutsideCall {
  /** Which outside. */
  readonly side: "kube" | "aws" | "graph";
  /** Which life of which operator. */
  readonly operator: string;
  /** Of a write: verb, kind and what it changes; of a read: verb and kind. Names of objects are left out. */
  readonly site: string;
  /** The object or instance it is about. */
  readonly about: string;
  readonly isWrite: boolean;
}

/** What becomes of a call that arrives. */
export type Fate =
  | { readonly kind: "served" }
  /** Never arrives. The caller sees a broken connection, or nothing until its deadline. */
  | { readonly kind: "lostRequest"; readonly symptom: "reset" | "timeout" }
  /** Takes effect; the answer never comes. */
  | { readonly kind: "lostAnswer"; readonly symptom: "reset" | "timeout" }
  /** Takes effect, and the operator's process dies at that moment. */
  | { readonly kind: "death" }
  /** Refused by the server itself, without effect. */
  | { readonly kind: "refused"; readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number }
  /** Served, but slowly: the answer was true when it left. */
  | { readonly kind: "late"; readonly delayMs: number };

export interface Strikes {
  /** Asked once for each call that reaches the outside. */
  fateOf(call: OutsideCall): Fate;
  /** What becomes of one piece of a watch. */
  pieceOf(watch: { readonly operator: string; readonly kind: string }, line: string): PieceFate;
}

export type PieceFate =
  | { readonly kind: "delivered" }
  | { readonly kind: "late"; readonly delayMs: number }
  /** The connection looks alive and says nothing any more. */
  | { readonly kind: "silent" }
  /** Kept back until a later event about the same object makes it needless. */
  | { readonly kind: "dropped" };
