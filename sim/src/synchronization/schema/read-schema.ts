/**
 * Reads a schema as a client saved it. Guarantees: what the service could not work with is refused with a sentence: unknown functions, operators and
 * enum members, missing parameters. Duplicate targets pass, as at the vendor (CS:how-to-inbound-synch-ms-graph: "the client must guard").
 */
import { isRecord } from "../../core/input.ts";
import { treeProblem } from "../expression/parse.ts";
import { readSource, SourceShapeError } from "../expression/source.ts";
import { isOperator } from "./operators.ts";
import {
  FLOW_TYPES,
  type AttributeMapping,
  type FilterGroup,
  type ObjectMapping,
  type StoredSchema,
  type SynchronizationRule,
} from "./shapes.ts";

export class SchemaProblem extends Error {
  override readonly name = "SchemaProblem";
}

type Document = Readonly<Record<string, unknown>>;

/** @throws SchemaProblem */
export function readSchema(document: Document): StoredSchema {
  const rules = records(document, "synchronizationRules").map(readRule);
  if (rules.length === 0) throw new SchemaProblem("a schema has at least one synchronization rule");
  return { document, rules };
}

function readRule(rule: Document): SynchronizationRule {
  return {
    id: text(rule, "id"),
    name: text(rule, "name"),
    sourceDirectoryName: text(rule, "sourceDirectoryName"),
    targetDirectoryName: text(rule, "targetDirectoryName"),
    objectMappings: records(rule, "objectMappings").map(readObjectMapping),
  };
}

function readObjectMapping(mapping: Document): ObjectMapping {
  const flows = text(mapping, "flowTypes", "Add, Update, Delete")
    .split(",")
    .map((flow) => flow.trim());
  const unknown = flows.find((flow) => !["None", "Add", "Update", "Delete", ""].includes(flow));
  if (unknown !== undefined) throw new SchemaProblem(`flowTypes has no member ${unknown}`);
  const scope = mapping.scope ?? {};
  if (!isRecord(scope)) throw new SchemaProblem("scope is an object");
  return {
    name: text(mapping, "name"),
    isEnabled: mapping.enabled !== false,
    adds: flows.includes("Add"),
    updates: flows.includes("Update"),
    deletes: flows.includes("Delete"),
    sourceObjectName: text(mapping, "sourceObjectName"),
    targetObjectName: text(mapping, "targetObjectName"),
    scope: { groups: filterGroups(scope, "groups"), inputFilterGroups: filterGroups(scope, "inputFilterGroups") },
    attributeMappings: records(mapping, "attributeMappings").map(readAttributeMapping),
  };
}

function readAttributeMapping(mapping: Document): AttributeMapping {
  const target = text(mapping, "targetAttributeName");
  if (target === "") throw new SchemaProblem("an attribute mapping has a targetAttributeName");
  const flowType = FLOW_TYPES.find((one) => one === (mapping.flowType ?? "Always"));
  if (flowType === undefined) throw new SchemaProblem(`${target}: flowType ${String(mapping.flowType)} is unknown`);
  const { matchingPriority, defaultValue } = mapping;
  return {
    target,
    source: readMappingSource(target, mapping.source),
    defaultValue: typeof defaultValue === "string" ? defaultValue : null,
    matchingPriority: typeof matchingPriority === "number" ? matchingPriority : 0,
    flowType,
  };
}

function readMappingSource(target: string, value: unknown): AttributeMapping["source"] {
  if (value === undefined || value === null) return undefined;
  try {
    const source = readSource(value);
    const problem = treeProblem(source);
    if (problem !== undefined) throw new SchemaProblem(`${target}: ${problem}`);
    return source;
  } catch (error) {
    if (error instanceof SourceShapeError) throw new SchemaProblem(`${target}: ${error.message}`);
    throw error;
  }
}

function filterGroups(scope: Document, name: string): readonly FilterGroup[] {
  return records(scope, name).map((group) => ({
    name: text(group, "name"),
    clauses: records(group, "clauses").map((clause) => {
      const operatorName = text(clause, "operatorName");
      if (!isOperator(operatorName)) throw new SchemaProblem(`there is no filter operator ${operatorName}`);
      const operand = isRecord(clause.targetOperand) ? clause.targetOperand.values : [];
      const values = Array.isArray(operand) ? operand.map(String) : [];
      return { sourceOperandName: text(clause, "sourceOperandName"), operatorName, values };
    }),
  }));
}

function records(document: Document, name: string): readonly Document[] {
  const value = document[name] ?? [];
  if (!Array.isArray(value) || !value.every(isRecord)) throw new SchemaProblem(`${name} is a list of objects`);
  return value;
}

function text(document: Document, name: string, absent = ""): string {
  const value = document[name];
  if (value === undefined || value === null) return absent;
  if (typeof value !== "string") throw new SchemaProblem(`${name} is a text`);
  return value;
}
