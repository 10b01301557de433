/** Functions that ask and choose. */
import type { Arguments } from "./arguments.ts";
import type { ExpressionFunction } from "./functions.ts";
import { optional, repeating, required } from "./parameter.ts";
import { DROPPED, FALSE, TRUE, type Value } from "./source.ts";

const word = (isTrue: boolean): string => (isTrue ? TRUE : FALSE);
const isEmpty = (value: Value): boolean => value === null || value.length === 0;

function question(name: string, holds: (value: Value) => boolean): ExpressionFunction {
  return { name, parameters: [required("Expression")], result: (given) => word(holds(given.value("Expression"))) };
}

export const CONDITION_FUNCTIONS: readonly ExpressionFunction[] = [
  {
    name: "Coalesce",
    parameters: [repeating("source")],
    result: (given) => given.all("source").find((value) => value !== null) ?? null,
  },
  {
    name: "IgnoreFlowIfNullOrEmpty",
    parameters: [required("Expression")],
    result: (given) => {
      const value = given.value("Expression");
      return isEmpty(value) ? DROPPED : value;
    },
  },
  {
    name: "IIF",
    parameters: [required("condition"), required("valueIfTrue"), required("valueIfFalse")],
    result: (given) => given.value(given.text("condition") === TRUE ? "valueIfTrue" : "valueIfFalse"),
  },
  question("IsNull", (value) => value === null),
  question("IsNullOrEmpty", isEmpty),
  question("IsPresent", (value) => !isEmpty(value)),
  question("IsString", (value) => typeof value === "string"),
  {
    name: "Not",
    parameters: [required("source")],
    // Anything but True becomes True: "If source value is True, returns False. Otherwise, returns True."
    result: (given) => word(given.text("source") !== TRUE),
  },
  {
    name: "Switch",
    parameters: [required("source"), optional("defaultValue")],
    hasPairs: true,
    result: chosen,
  },
];

/** Case-sensitive; a source that is null counts as the empty key (the page's advice for empty values). */
function chosen(given: Arguments): Value {
  const source = given.text("source") ?? "";
  const pair = given.pairs().find(([key]) => key === source);
  return pair === undefined ? given.value("defaultValue") : pair[1];
}

function comparison(name: string, holds: (left: string, right: string) => boolean): ExpressionFunction {
  return {
    name,
    parameters: [required("left"), required("right")],
    // "If the source attribute used within the IIF function is empty or null, the condition check fails."
    result: (given) => {
      const [left, right] = [given.text("left"), given.text("right")];
      return word(left !== null && right !== null && holds(left, right));
    },
  };
}

export const COMPARISON_FUNCTIONS: readonly ExpressionFunction[] = [
  comparison("=", (left, right) => left === right),
  comparison("<>", (left, right) => left !== right),
  comparison(">", (left, right) => order(left, right) > 0),
  comparison(">=", (left, right) => order(left, right) >= 0),
  comparison("<", (left, right) => order(left, right) < 0),
  comparison("<=", (left, right) => order(left, right) <= 0),
];

function order(left: string, right: string): number {
  const [one, other] = [Number(left), Number(right)];
  if (Number.isFinite(one) && Number.isFinite(other)) return one - other;
  return left < right ? -1 : left === right ? 0 : 1;
}
