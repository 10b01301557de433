/** The answer of parseExpression (G1:synchronization-synchronizationschema-parseexpression). Guarantees: a bad expression is an answer, never an exception. */
import { isRecord } from "../../core/input.ts";
import { EvaluationError } from "./arguments.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./parse.ts";
import { DROPPED, type Flow, type MappingSource, type Value } from "./source.ts";
import { ExpressionError } from "./tokens.ts";

interface PublicError {
  readonly code: string;
  readonly message: string;
}
export interface ParseAnswer {
  readonly parsingSucceeded: boolean;
  readonly parsedExpression: MappingSource | null;
  readonly evaluationSucceeded: boolean;
  readonly evaluationResult: readonly string[];
  readonly error: PublicError | null;
}

/** @param testInput members of `testInputObject`; without one nothing is evaluated */
export function parseAnswer(expression: string, testInput: unknown): ParseAnswer {
  const unparsed = {
    parsingSucceeded: false,
    parsedExpression: null,
    evaluationSucceeded: false,
    evaluationResult: [],
  };
  let source: MappingSource;
  try {
    source = parseExpression(expression);
  } catch (error) {
    if (error instanceof ExpressionError)
      return { ...unparsed, error: { code: "ExpressionParseError", message: error.message } };
    throw error;
  }
  const parsed = { parsingSucceeded: true, parsedExpression: source };
  const properties = propertiesOf(testInput);
  if (properties === undefined) return { ...parsed, evaluationSucceeded: false, evaluationResult: [], error: null };
  try {
    const value = evaluate(source, (name) => properties.get(name) ?? null);
    return { ...parsed, evaluationSucceeded: true, evaluationResult: resultOf(value), error: null };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const failure = { code: "ExpressionEvaluationError", message: error.message };
    return { ...parsed, evaluationSucceeded: false, evaluationResult: [], error: failure };
  }
}

function resultOf(value: Flow): readonly string[] {
  if (value === null || value === DROPPED) return [];
  return typeof value === "string" ? [value] : value;
}

function propertiesOf(testInput: unknown): ReadonlyMap<string, Value> | undefined {
  if (!isRecord(testInput) || !Array.isArray(testInput.properties)) return undefined;
  const pairs = testInput.properties.filter(isRecord).flatMap(({ key, value }) => {
    if (typeof key !== "string") return [];
    return [[key, valueOf(value)] as const];
  });
  return new Map(pairs);
}

function valueOf(value: unknown): Value {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
