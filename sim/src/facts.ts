/**
 * Every fact of the Entra side that the world plays, in one table: where the reference says it, how sure it is, and which test plays it.
 * Guarantees: `sim/src/facts.test.ts` fails for a row that no test exercises, and for a row that is there twice.
 */
import { GRAPH_FACTS } from "./graph/facts.ts";

export interface WorldFact {
  /** Section of the entra-graph reference, and a few words. */
  readonly id: string;
  /** D: vendor documentation. C: seen in public code. I: inferred, to be proven in a test tenant. */
  readonly mark: "D" | "C" | "I";
  readonly sentence: string;
}

export const WORLD_FACTS = [...GRAPH_FACTS] as const satisfies readonly WorldFact[];
export type FactID = (typeof WORLD_FACTS)[number]["id"];

/** Says, inside a test, which rows of the table it plays. Does nothing: the table's own test reads the sources of all tests. */
export function exercises(..._ids: readonly FactID[]): void {
  // The type refuses an id that is in no row.
}
