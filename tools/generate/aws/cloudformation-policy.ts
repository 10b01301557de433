/** Statements in a template: the same as in the JSON files, with parameters in CloudFormation's words, and conditional where they have to be. */
import type { StatementSource } from "./statement.ts";
import { manyTexts, oneText } from "./substitution.ts";

/** `onlyIf`: conditions of the template by Sid; the statement is absent unless it holds. */
export function templatePolicy(
  statements: readonly StatementSource[],
  onlyIf: Readonly<Record<string, string>> = {},
): object {
  return {
    Version: "2012-10-17",
    Statement: statements.map((statement) => {
      const condition = onlyIf[statement.sid];
      const body = templateStatement(statement);
      return condition === undefined ? body : { "Fn::If": [condition, body, { Ref: "AWS::NoValue" }] };
    }),
  };
}

function templateStatement({ sid, effect, actions, resources, conditions }: StatementSource): object {
  return {
    Sid: sid,
    Effect: effect,
    Action: Object.keys(actions),
    Resource: manyTexts(resources),
    ...(conditions === undefined ? {} : { Condition: templateConditions(conditions) }),
  };
}

function templateConditions(conditions: NonNullable<StatementSource["conditions"]>): object {
  return mapped(conditions, (keys) =>
    mapped(keys, (value) => (typeof value === "string" ? oneText(value) : manyTexts(value))),
  );
}

function mapped<Value>(entries: Readonly<Record<string, Value>>, change: (value: Value) => unknown): object {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, change(value)]));
}
