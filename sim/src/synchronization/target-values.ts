/**
 * What the attribute mappings make of one group: values for AD, the container, and what it is matched by. Pure.
 * Guarantees: a mapping that has no value for this object is named, never skipped; a target mapped twice fails when its values differ and merges
 * when they agree ("may fail or merge", entra-graph reference, 2.7).
 */
import { EvaluationError } from "./expression/arguments.ts";
import { evaluate, type SourceAttributes } from "./expression/evaluate.ts";
import { DROPPED, type Flow } from "./expression/source.ts";
import type { AttributeMapping, FlowType, ObjectMapping } from "./schema/shapes.ts";

export const CONTAINER = "parentDistinguishedName";
const NAME_LENGTH_MAX = 64;
/** No attributes of their own in AD: they make the group's type, its references and its identity. */
const NOT_WRITTEN = ["isSecurityGroup", "UniversalScope", "member", "objectGUID"];
/** groupType of a universal security group, the only kind that is made (entra-graph reference, 8.1). */
export const UNIVERSAL_SECURITY_GROUP = "-2147483640";

export interface EntryProblem {
  readonly code: string;
  readonly message: string;
}

export interface TargetValue {
  readonly name: string;
  readonly value: string;
  readonly flowType: FlowType;
}
export interface TargetValues {
  /** Without the container. An empty value clears the attribute. */
  readonly attributes: readonly TargetValue[];
  readonly container: TargetValue;
  /** In the order in which they are tried. */
  readonly joins: readonly TargetValue[];
  readonly hasMembers: boolean;
}
export type TargetResult =
  | { readonly kind: "values"; readonly values: TargetValues }
  | { readonly kind: "problem"; readonly problem: EntryProblem };

export function targetValues({ attributeMappings }: ObjectMapping, source: SourceAttributes): TargetResult {
  try {
    return assembled(attributeMappings, source);
  } catch (error) {
    if (error instanceof EvaluationError) return problem("InvalidExpression", error.message);
    if (error instanceof DuplicateTarget) return problem("AttributeMappingDuplicateTarget", error.message);
    throw error;
  }
}

class DuplicateTarget extends Error {
  override readonly name = "DuplicateTarget";
}

function assembled(mappings: readonly AttributeMapping[], source: SourceAttributes): TargetResult {
  const flowing = new Map<string, TargetValue>();
  const joins: (TargetValue & { readonly priority: number })[] = [];
  for (const mapping of mappings) {
    if (NOT_WRITTEN.includes(mapping.target)) continue;
    const flow = flowOf(mapping, source);
    if (flow === DROPPED) continue;
    const value = { name: mapping.target, value: single(mapping.target, flow), flowType: mapping.flowType };
    if (flowing.has(mapping.target) && flowing.get(mapping.target)?.value !== value.value) {
      throw new DuplicateTarget(`${mapping.target} is mapped twice with different values`);
    }
    flowing.set(mapping.target, value);
    if (mapping.matchingPriority > 0) joins.push({ ...value, priority: mapping.matchingPriority });
  }
  const container = flowing.get(CONTAINER);
  const missing = container === undefined || container.value === "" ? CONTAINER : nameProblem(flowing.get("cn"));
  if (container === undefined || missing !== undefined) {
    return problem(
      "MissingRequiredAttribute",
      `the attribute ${missing ?? CONTAINER} has no usable value for this group`,
    );
  }
  flowing.delete(CONTAINER);
  const values: TargetValues = {
    attributes: [...flowing.values()],
    container,
    joins: joins.toSorted((one, other) => one.priority - other.priority).filter(({ value }) => value !== ""),
    hasMembers: mappings.some(({ target, source: from }) => target === "member" && from?.name === "members"),
  };
  return { kind: "values", values };
}

function nameProblem(cn: TargetValue | undefined): string | undefined {
  if (cn === undefined || cn.value.trim() === "") return "cn";
  return cn.value.length > NAME_LENGTH_MAX ? `cn (at most ${NAME_LENGTH_MAX} characters)` : undefined;
}

/** The default stands in for a value that is null. */
function flowOf({ source, defaultValue }: AttributeMapping, attributes: SourceAttributes): Flow {
  const flow = source === undefined ? null : evaluate(source, attributes);
  return flow === null || flow === "" ? (defaultValue ?? flow) : flow;
}

function single(target: string, value: Exclude<Flow, typeof DROPPED>): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (value.length > 1) throw new EvaluationError(`${target} takes one value, not ${value.length}`);
  return value[0] ?? "";
}

function problem(code: string, message: string): TargetResult {
  return { kind: "problem", problem: { code, message } };
}
