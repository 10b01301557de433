/**
 * The functions of the expression language that this world knows, with their parameters as `schema/functions` lists them.
 * Source: entra-docs, functions-for-customizing-application-data. Names of parameters: that page, but `Find` and `Replacement` from the vendor's
 * parsed `Replace`; `source` from its parsed `Not`. What the page lists and this world lacks (dates, random values, HR) is refused as unknown.
 * Guarantees: pure; the same arguments give the same value.
 */
import type { Arguments } from "./arguments.ts";
import { CONDITION_FUNCTIONS, COMPARISON_FUNCTIONS } from "./condition-functions.ts";
import { LIST_FUNCTIONS } from "./list-functions.ts";
import type { Flow } from "./source.ts";
import { TEXT_FUNCTIONS } from "./text-functions.ts";

export interface ParameterSchema {
  readonly name: string;
  readonly required: boolean;
  readonly allowMultipleOccurrences: boolean;
  readonly type: "String" | "Integer" | "Boolean";
}

export interface ExpressionFunction {
  readonly name: string;
  readonly parameters: readonly ParameterSchema[];
  /** Keys with values follow the parameters. */
  readonly hasPairs?: true;
  readonly result: (given: Arguments) => Flow;
}

export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map(
  [...TEXT_FUNCTIONS, ...CONDITION_FUNCTIONS, ...LIST_FUNCTIONS]
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((one) => [one.name, one]),
);

/** `=`, `<>` and the like in a condition: no functions to a reader; in the tree they stand as such [I]. */
export const COMPARISON: ReadonlyMap<string, ExpressionFunction> = new Map(
  COMPARISON_FUNCTIONS.map((one) => [one.name, one]),
);
