/** What a row of the benchmark hands back, and the few statistics it needs. Pure. */

export type Verdict = "met" | "missed" | "reported";

export interface Figure {
  /** Row of the table in docs/benchmarks.md. */
  readonly row: number;
  readonly name: string;
  readonly measured: string;
  readonly target: string;
  readonly verdict: Verdict;
  /** What a reader must know to believe or repeat the figure. */
  readonly notes: readonly string[];
  /** Every single value behind it; only in the JSON file. */
  readonly raw: unknown;
}

/** A figure with a ceiling: met when it is strictly below it. */
export function below(limit: number, value: number): Verdict {
  return value < limit ? "met" : "missed";
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function seconds(durationMs: number, digits = 2): string {
  return `${(durationMs / 1_000).toFixed(digits)} s`;
}

/** "1.2 (1.1 to 1.4, n = 5)". */
export function spread(values: readonly number[], text: (value: number) => string): string {
  if (values.length === 1) return text(values[0] ?? Number.NaN);
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))}, n = ${values.length})`;
}
