/**
 * What a call to Microsoft Graph can end in, as values.
 * Guarantees: a write whose answer was lost is `unknown`, never `refused`; a list that hit a bound, or of which a page failed, is never `complete` (S5, S6).
 */
import type { Failure } from "../runtime/failure.ts";

/**
 * `missing` is what one replica answered, never proof of absence by itself (entra-graph reference, 10.5; S5). What this process made within the last
 * five minutes is not `missing` but a failure of class `Wait`, reason `NotYetVisible` (also for its 401, 403 and 409): come again after `retryAfterMs`.
 */
export type Reading<Value> =
  | { readonly kind: "found"; readonly value: Value }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Removals accept only `complete`: every page was read, and the last one said that it is the last. */
export type Listing<Item> =
  | { readonly kind: "complete"; readonly items: readonly Item[] }
  | { readonly kind: "partial"; readonly items: readonly Item[]; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure };

/** `refused`: it had no effect. `unknown`: it may have had its effect; look for it before anything is sent again. */
export type Written<Value = undefined> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unknown"; readonly failure: Failure };
