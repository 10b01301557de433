/**
 * The grammar of an identity-based IAM policy: JSON text or value to statements, nothing judged yet.
 * Guarantees: an element, operator or variable that the evaluator would not honour is refused with a sentence, never skipped.
 * Never: Principal (resource-based policies) and policy variables, which nothing here uses.
 * @see IAM User Guide, "Grammar of the IAM JSON policy language"
 */
import type { Input } from "../core/input.ts";
import { isRecord } from "../core/input.ts";

/** A policy as an administrator writes it. Its inside is read by {@link readPolicy}. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly action: Selection;
  readonly resource: Selection;
  readonly conditions: readonly ConditionLine[];
}

/** `isListed` false: everything but these (NotAction, NotResource). */
export interface Selection {
  readonly isListed: boolean;
  readonly patterns: readonly string[];
}

/** One operator and one key with its values: values are alternatives, lines all have to hold. */
export interface ConditionLine {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const VERSIONS: readonly unknown[] = ["2012-10-17", "2008-10-17"];
const POLICY_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/** @throws Error with a sentence when the policy is not one that the evaluator honours in full */
export function readPolicy(document: PolicyDocument): readonly Statement[] {
  refuseUnknown(document, POLICY_ELEMENTS, "policy");
  if (!VERSIONS.includes(document["Version"])) throw new Error(`a policy of version ${String(document["Version"])}`);
  const { Statement: statements } = document;
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  return list.map((statement, index) => readStatement(statement, index));
}

function readStatement(statement: unknown, index: number): Statement {
  if (!isRecord(statement)) throw new Error(`statement ${index} is not an object`);
  const { Sid: sid, Effect: effect, Condition: condition = {} } = statement;
  const name = typeof sid === "string" ? sid : `statement ${index}`;
  refuseUnknown(statement, STATEMENT_ELEMENTS, name);
  if (effect !== "Allow" && effect !== "Deny") throw new Error(`${name}: Effect is ${String(effect)}`);
  if (!isRecord(condition)) throw new Error(`${name}: Condition is not an object`);
  return {
    sid: typeof sid === "string" ? sid : undefined,
    effect,
    action: selection(statement, "Action", name),
    resource: selection(statement, "Resource", name),
    conditions: Object.entries(condition).flatMap(([operator, keys]) => lines(operator, keys, name)),
  };
}

function selection(statement: Input, element: "Action" | "Resource", name: string): Selection {
  const listed: unknown = statement[element];
  const others: unknown = statement[`Not${element}`];
  if ((listed === undefined) === (others === undefined)) {
    throw new Error(`${name}: give exactly one of ${element} and Not${element}`);
  }
  return { isListed: listed !== undefined, patterns: texts(listed ?? others, `${name}: ${element}`) };
}

function lines(operator: string, keys: unknown, name: string): readonly ConditionLine[] {
  if (!isRecord(keys)) throw new Error(`${name}: ${operator} is not an object of keys`);
  return Object.entries(keys).map(([key, values]) => ({
    operator,
    key: key.toLowerCase(),
    values: texts(values, `${name}: ${operator} ${key}`),
  }));
}

/** A value may stand alone; numbers and booleans may stand unquoted ("The condition block", value types). */
function texts(value: unknown, place: string): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length === 0) throw new Error(`${place} is empty`);
  return items.map((item) => {
    if (typeof item !== "string" && typeof item !== "number" && typeof item !== "boolean") {
      throw new Error(`${place} holds something that is no text`);
    }
    const text = String(item);
    if (text.includes("${")) throw new Error(`${place} holds ${text}: policy variables are not modelled`);
    return text;
  });
}

function refuseUnknown(value: Input, known: readonly string[], place: string): void {
  const unknown = Object.keys(value).find((element) => !known.includes(element));
  if (unknown !== undefined) throw new Error(`${place}: the element ${unknown} is not modelled`);
}
