/**
 * Operators of scoping filters: those that the vendor lists in 2026 (entra-graph reference, 3.2; entra-docs,
 * define-conditional-rules-for-provisioning-user-accounts). Guarantees: pure; an empty attribute fulfils nothing but IS NULL.
 */
import type { Value } from "../expression/source.ts";
import type { FilterClause } from "./shapes.ts";

interface Operator {
  readonly name: string;
  readonly arity: "Unary" | "Binary";
  readonly types: readonly ("String" | "Integer" | "Boolean" | "Reference")[];
  /** @param attribute never empty but for IS NULL */
  readonly holds: (attribute: string, operand: string) => boolean;
}

const TEXT = ["String", "Integer"] as const;

export const OPERATORS: readonly Operator[] = [
  { name: "EQUALS", arity: "Binary", types: TEXT, holds: (attribute, operand) => attribute === operand },
  { name: "NOT EQUALS", arity: "Binary", types: TEXT, holds: (attribute, operand) => attribute !== operand },
  { name: "REGEX MATCH", arity: "Binary", types: TEXT, holds: (attribute, operand) => isMatch(attribute, operand) },
  {
    name: "NOT REGEX MATCH",
    arity: "Binary",
    types: TEXT,
    holds: (attribute, operand) => !isMatch(attribute, operand),
  },
  { name: "IS NULL", arity: "Unary", types: TEXT, holds: (attribute) => attribute === "" },
  { name: "IS NOT NULL", arity: "Unary", types: TEXT, holds: () => true },
  { name: "IS TRUE", arity: "Unary", types: ["Boolean"], holds: (attribute) => attribute === "True" },
  { name: "IS FALSE", arity: "Unary", types: ["Boolean"], holds: (attribute) => attribute === "False" },
  {
    name: "GREATER_THAN",
    arity: "Binary",
    types: ["Integer"],
    holds: (attribute, operand) => whole(attribute) > whole(operand),
  },
  {
    name: "GREATER_THAN_OR_EQUALS",
    arity: "Binary",
    types: ["Integer"],
    holds: (attribute, operand) => whole(attribute) >= whole(operand),
  },
  { name: "INCLUDES", arity: "Binary", types: ["String"], holds: (attribute, operand) => attribute.includes(operand) },
];

/** The patterns of .NET that filters use are close enough to those of ECMAScript; one that is not a pattern matches nothing. */
function isMatch(attribute: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(attribute);
  } catch {
    return false;
  }
}

function whole(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

export function isOperator(name: string): boolean {
  return OPERATORS.some((operator) => operator.name === name);
}

export function clauseHolds(clause: FilterClause, attribute: Value): boolean {
  const operator = OPERATORS.find(({ name }) => name === clause.operatorName);
  const text = Array.isArray(attribute) ? attribute.join(",") : attribute;
  if (operator === undefined) return false;
  if (typeof text !== "string" || text === "") return operator.name === "IS NULL";
  if (operator.arity === "Unary") return operator.holds(text, "");
  return clause.values.some((operand) => operator.holds(text, operand));
}

/** The answer of `schema/filterOperators`. The extract knows `id` only; the vendor's sample calls it `name`. */
export function operatorViews(): readonly Readonly<Record<string, unknown>>[] {
  return OPERATORS.map(({ name, arity, types }) => ({
    id: name,
    arity,
    multivaluedComparisonType: "All",
    supportedAttributeTypes: [...types],
  }));
}
