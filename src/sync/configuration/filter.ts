/**
 * Attribute filters: how they are written, and which groups they admit.
 * Guarantees: an operator or attribute that cannot be evaluated here gives `undefined`, never a guess; clauses are ANDed, filters ORed.
 * Source: entra-graph reference, 3.2: EQUALS and NOT EQUALS are case-sensitive, values are strings; of regular expressions the dialect is not published.
 */
import type { Group } from "../../entra/groups/port.ts";
import type { JsonObject, JsonValue } from "../../entra/schema/port.ts";
import { isJsonObject, objectsIn, textIn } from "./json.ts";

export interface FilterClause {
  readonly attribute: string;
  readonly operator: string;
  readonly values: readonly string[];
}
export interface FilterGroup {
  readonly name: string;
  readonly clauses: readonly FilterClause[];
}

export function filterGroupJSON({ name, clauses }: FilterGroup): JsonObject {
  return {
    name,
    clauses: clauses.map(({ attribute, operator, values }) => ({
      sourceOperandName: attribute,
      operatorName: operator,
      targetOperand: { values },
    })),
  };
}

export function filterGroupOf(group: JsonObject): FilterGroup {
  const clauses = objectsIn(group["clauses"]).map((clause) => ({
    attribute: textIn(clause, "sourceOperandName"),
    operator: textIn(clause, "operatorName"),
    values: valuesIn(clause["targetOperand"]),
  }));
  return { name: textIn(group, "name"), clauses };
}

function valuesIn(operand: JsonValue | undefined): readonly string[] {
  const list = isJsonObject(operand) ? operand["values"] : undefined;
  return Array.isArray(list) ? list.flatMap((value: JsonValue) => (typeof value === "string" ? [value] : [])) : [];
}

export function filterText({ clauses }: FilterGroup): string {
  return clauses
    .map(({ attribute, operator, values }) => [attribute, operator, values.join("|")].join(" ").trim())
    .join(" AND ");
}

/** Whether the filters admit a group that the built-in one admits as well; `undefined`: cannot be told. No filter admits all. */
export function admits(filters: readonly FilterGroup[], group: Group): boolean | undefined {
  if (!isEligible(group)) return false;
  if (filters.length === 0) return true;
  return anyOf(filters.map(({ clauses }) => allOf(clauses.map((clause) => holds(clause, group)))));
}

/** The built-in filter: security-enabled, not synced from AD, not mail-enabled. What is not readable counts as eligible: more leave, not fewer. */
function isEligible({ isSecurityEnabled, isSyncedFromAD, isMailEnabled }: Group): boolean {
  return isSecurityEnabled !== false && isSyncedFromAD !== true && isMailEnabled !== true;
}

function holds({ attribute, operator, values }: FilterClause, group: Group): boolean | undefined {
  const value = valueOf(attribute, group);
  if (value === undefined) return undefined;
  switch (operator) {
    // What several values mean to these is not published.
    case "EQUALS":
      return values.length === 1 ? values[0] === String(value) : undefined;
    case "NOT EQUALS":
      return values.length === 1 ? values[0] !== String(value) : undefined;
    case "IS TRUE":
      return value === true;
    case "IS FALSE":
      return value === false;
    case "IS NULL":
      return value === "";
    case "IS NOT NULL":
      return value !== "";
    default:
      return undefined;
  }
}

/** Attributes whose value is known here in the same form as to the vendor. */
function valueOf(attribute: string, group: Group): string | boolean | undefined {
  switch (attribute) {
    case "displayName":
      return group.displayName;
    case "objectId":
      return group.id;
    case "securityEnabled":
      return group.isSecurityEnabled;
    case "mailEnabled":
      return group.isMailEnabled;
    case "dirSyncEnabled":
      return group.isSyncedFromAD;
    default:
      return undefined;
  }
}

function allOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function anyOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}
