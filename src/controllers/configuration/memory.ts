/**
 * What the loop remembers between passes and may forget at any time: parsed expressions, and when each configuration was last read whole.
 * Guarantees: bounded; nothing that a decision about a write stands on.
 */
import type { ParsedExpression } from "../../entra/schema/port.ts";
import type { Clock } from "../../runtime/clock.ts";

export interface ConfigurationMemory {
  expression(jobID: string, text: string): ParsedExpression | undefined;
  rememberExpression(jobID: string, text: string, parsed: ParsedExpression): void;
  /** Everything that a verdict needs was read just now. */
  readWhole(uid: string): void;
  /** How old the evidence of the published verdict is; after a start it has the time of the start to refresh (S12). */
  evidenceAgeMs(uid: string): number;
  forget(uid: string): void;
}

/** An expression of 4 KiB and its tree: a few MB at most. */
const EXPRESSIONS_MAX = 500;

export function configurationMemory(clock: Clock): ConfigurationMemory {
  const startedMs = clock.monotonicMs();
  const expressions = new Map<string, ParsedExpression>();
  const readAtMs = new Map<string, number>();
  const keyOf = (jobID: string, text: string): string => `${jobID}\n${text}`;
  return {
    expression: (jobID, text) => expressions.get(keyOf(jobID, text)),
    rememberExpression(jobID, text, parsed) {
      const [oldest] = expressions.keys();
      if (expressions.size >= EXPRESSIONS_MAX && oldest !== undefined) expressions.delete(oldest);
      expressions.set(keyOf(jobID, text), parsed);
    },
    readWhole: (uid) => void readAtMs.set(uid, clock.monotonicMs()),
    evidenceAgeMs: (uid) => clock.monotonicMs() - (readAtMs.get(uid) ?? startedMs),
    forget: (uid) => void readAtMs.delete(uid),
  };
}
