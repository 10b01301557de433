/**
 * Condition operators of IAM, compiled once a policy: a line of a Condition block to a test of the request's context.
 * Guarantees: an operator that is not in the table is refused with a sentence. Keys are compared without case, values as the operator says.
 * @see IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys"
 */
import type { ConditionLine } from "./document.ts";
import type { Matcher } from "./pattern.ts";
import { arnPattern, textPattern } from "./pattern.ts";

/** Values of the request by lower-case key. A key that does not apply to the request is absent. */
export type Context = ReadonlyMap<string, readonly string[]>;
export type ConditionTest = (context: Context) => boolean;

/** What one request value is compared with, made from all values of the policy. */
type Comparison = (values: readonly string[]) => Matcher;
interface Operator {
  readonly comparison: Comparison;
  /** Negated operators hold when no value of the policy matches, and for a key that is absent. */
  readonly isNegated: boolean;
}

const either =
  (matcher: (value: string) => Matcher): Comparison =>
  (values) => {
    const matchers = values.map((value) => matcher(value));
    return (value) => matchers.some((matches) => matches(value));
  };
const exact = either((wanted) => (value) => value === wanted);
const withoutCase = either((wanted) => (value) => value.toLowerCase() === wanted.toLowerCase());
const like = either((wanted) => textPattern(wanted));
const arn = either(arnPattern);
const number = (holds: (value: number, wanted: number) => boolean): Comparison =>
  either((wanted) => (value) => holds(Number(value), Number(wanted)));

const POSITIVE: Readonly<Record<string, Comparison>> = {
  StringEquals: exact,
  StringEqualsIgnoreCase: withoutCase,
  StringLike: like,
  Bool: withoutCase,
  ArnEquals: arn,
  ArnLike: arn,
  NumericEquals: number((value, wanted) => value === wanted),
  NumericLessThan: number((value, wanted) => value < wanted),
  NumericLessThanEquals: number((value, wanted) => value <= wanted),
  NumericGreaterThan: number((value, wanted) => value > wanted),
  NumericGreaterThanEquals: number((value, wanted) => value >= wanted),
};
const NEGATED: Readonly<Record<string, Comparison>> = {
  StringNotEquals: exact,
  StringNotEqualsIgnoreCase: withoutCase,
  StringNotLike: like,
  ArnNotEquals: arn,
  ArnNotLike: arn,
  NumericNotEquals: number((value, wanted) => value === wanted),
};
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...Object.entries(POSITIVE).map(([name, comparison]) => [name, { comparison, isNegated: false }] as const),
  ...Object.entries(NEGATED).map(([name, comparison]) => [name, { comparison, isNegated: true }] as const),
]);

const FORM = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** @throws Error with a sentence for an operator that is not modelled */
export function conditionTest({ operator: written, key, values }: ConditionLine): ConditionTest {
  if (written === "Null") return nullTest(key, values);
  const [, quantifier, name = "", ifExists] = FORM.exec(written) ?? [];
  const operator = OPERATORS.get(name);
  if (operator === undefined) throw new Error(`the condition operator ${written} is not modelled`);
  const matches = operator.comparison(values);
  const holds: Matcher = operator.isNegated ? (value) => !matches(value) : matches;
  const whenAbsent = ifExists !== undefined || quantifier === "ForAllValues" || isTrueWithoutKey(operator, quantifier);
  return (context) => {
    const present = context.get(key);
    if (present === undefined || present.length === 0) return whenAbsent;
    if (quantifier === "ForAllValues") return present.every(holds);
    if (quantifier === "ForAnyValue") return present.some(holds);
    return operator.isNegated ? present.every(holds) : present.some(holds);
  };
}

/** ForAnyValue is false without a key, whatever the operator; a negated operator alone is true. */
function isTrueWithoutKey({ isNegated }: Operator, quantifier: string | undefined): boolean {
  return isNegated && quantifier === undefined;
}

/** `"Null": {"key": "true"}` holds when the key is absent, `"false"` when it is there. */
function nullTest(key: string, values: readonly string[]): ConditionTest {
  const isAbsenceWanted = values.some((value) => value.toLowerCase() === "true");
  return (context) => ((context.get(key)?.length ?? 0) === 0) === isAbsenceWanted;
}
