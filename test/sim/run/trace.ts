/**
 * What happened in a run, in order: the evidence of a verdict and the story of a replay.
 * Guarantees: the hash covers every row; rows are bounded, the newest are kept.
 */
import { createHash } from "node:crypto";

export interface TraceRow {
  /** Milliseconds from the start of the run. */
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  /** What it is about, and how it ended. */
  readonly why: string;
}

const ROWS_MAX = 20_000;

export class Trace {
  #rows: TraceRow[] = [];
  readonly #hash = createHash("sha256");
  #count = 0;

  add(row: TraceRow): void {
    this.#count += 1;
    this.#hash.update(`${row.atMs.toFixed(3)}|${row.actor}|${row.event}|${row.why}\n`);
    this.#rows.push(row);
    if (this.#rows.length > 2 * ROWS_MAX) this.#rows = this.#rows.slice(-ROWS_MAX);
  }

  rows(): readonly TraceRow[] {
    return this.#rows;
  }

  count(): number {
    return this.#count;
  }

  /** Ends the trace. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}
