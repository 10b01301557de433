/**
 * Every way to make one clause of a policy wider: a resource replaced by `*`, a condition key dropped, a Deny statement taken out.
 * Guarantees: mechanical, from the document alone: a clause that is added to the policy is widened without anybody thinking of it.
 */
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";

export interface Widening {
  /** Such as `ChangeOwnHosts: Resource arn:... is *`. */
  readonly name: string;
  readonly document: PolicyDocument;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface ShippedStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}
interface Change {
  readonly name: string;
  /** What stands in the statement's place; nothing when it is taken out. */
  readonly statements: readonly ShippedStatement[];
}

export function widenings(document: PolicyDocument): readonly Widening[] {
  const statements = document["Statement"] as readonly ShippedStatement[];
  return statements.flatMap((statement, index) =>
    changes(statement).map(({ name, statements: changed }) => ({
      name: `${statement.Sid}: ${name}`,
      document: { ...document, Statement: statements.toSpliced(index, 1, ...changed) },
    })),
  );
}

/** A Deny grows narrower, never wider, with each condition or resource that it loses: the whole of it is what can be taken away. */
function changes(statement: ShippedStatement): readonly Change[] {
  if (statement.Effect === "Deny") return [{ name: "taken out", statements: [] }];
  return [...widerResources(statement), ...droppedKeys(statement)];
}

function widerResources(statement: ShippedStatement): readonly Change[] {
  return statement.Resource.filter((resource) => resource !== "*").map((resource) => ({
    name: `Resource ${resource} is *`,
    statements: [{ ...statement, Resource: statement.Resource.map((one) => (one === resource ? "*" : one)) }],
  }));
}

function droppedKeys(statement: ShippedStatement): readonly Change[] {
  const { Condition: condition = {}, ...rest } = statement;
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({
      name: `Condition ${operator} ${key} dropped`,
      statements: [{ ...rest, Condition: without(condition, operator, key) }],
    })),
  );
}

function without(condition: Conditions, operator: string, key: string): Conditions {
  const { [key]: _, ...kept } = condition[operator] ?? {};
  return { ...condition, [operator]: kept };
}
