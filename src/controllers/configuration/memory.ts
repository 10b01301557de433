/**
 * What the loop remembers between passes and may forget at any time: the vendor's words, members that were counted, and when each configuration was last
 * read whole.
 * Guarantees: bounded; nothing that a decision about a write stands on.
 */
import type { FilterOperator, ParsedExpression } from "../../entra/schema/port.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";

export interface ConfigurationMemory {
  expression(jobID: string, text: string): ParsedExpression | undefined;
  rememberExpression(jobID: string, text: string, parsed: ParsedExpression): void;
  filterOperators(jobID: string): readonly FilterOperator[] | undefined;
  rememberFilterOperators(jobID: string, operators: readonly FilterOperator[]): void;
  /** Members of groups by id, for the edit that is under way; bounded by who fills it (`allModeGroupsMax`). */
  memberCounts(uid: string): Map<string, number>;
  dropMemberCounts(uid: string): void;
  /** With what this call failed last; kept until it, or another one, succeeds, so that status says the same before and after each attempt (L1). */
  failureOf(uid: string, call: string): Failure | undefined;
  rememberFailure(uid: string, call: string, failure: Failure | undefined): void;
  /** Everything that a verdict needs was read just now. */
  readWhole(uid: string): void;
  /** How old the evidence of the published verdict is; after a start it has the time of the start to refresh (S12). */
  evidenceAgeMs(uid: string): number;
  forget(uid: string): void;
}

/** An expression of 4 KiB and its tree: a few MB at most. */
const EXPRESSIONS_MAX = 500;
/** Jobs; a dozen short words each. */
const OPERATORS_MAX = 500;

export function configurationMemory(clock: Clock): ConfigurationMemory {
  const startedMs = clock.monotonicMs();
  const expressions = new Map<string, ParsedExpression>();
  const readAtMs = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  const operatorsOf = new Map<string, readonly FilterOperator[]>();
  const failures = new Map<string, { readonly call: string; readonly failure: Failure }>();
  const keyOf = (jobID: string, text: string): string => `${jobID}\n${text}`;
  return {
    expression: (jobID, text) => expressions.get(keyOf(jobID, text)),
    rememberExpression(jobID, text, parsed) {
      const [oldest] = expressions.keys();
      if (expressions.size >= EXPRESSIONS_MAX && oldest !== undefined) expressions.delete(oldest);
      expressions.set(keyOf(jobID, text), parsed);
    },
    filterOperators: (jobID) => operatorsOf.get(jobID),
    rememberFilterOperators(jobID, operators) {
      const [oldest] = operatorsOf.keys();
      if (operatorsOf.size >= OPERATORS_MAX && oldest !== undefined) operatorsOf.delete(oldest);
      operatorsOf.set(jobID, operators);
    },
    memberCounts(uid) {
      const known = counts.get(uid) ?? new Map<string, number>();
      counts.set(uid, known);
      return known;
    },
    dropMemberCounts: (uid) => void counts.delete(uid),
    failureOf(uid, call) {
      const last = failures.get(uid);
      return last?.call === call ? last.failure : undefined;
    },
    rememberFailure(uid, call, failure) {
      if (failure === undefined) failures.delete(uid);
      else failures.set(uid, { call, failure });
    },
    readWhole: (uid) => void readAtMs.set(uid, clock.monotonicMs()),
    evidenceAgeMs: (uid) => clock.monotonicMs() - (readAtMs.get(uid) ?? startedMs),
    forget(uid) {
      readAtMs.delete(uid);
      counts.delete(uid);
      failures.delete(uid);
    },
  };
}
