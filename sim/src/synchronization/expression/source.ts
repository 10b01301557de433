/**
 * The tree in which an attribute mapping keeps its expression (attributeMappingSource), and values as they flow.
 * Guarantees: records never change in place; what is read from JSON is checked member by member.
 */
import { isRecord } from "../../core/input.ts";

export const SOURCE_TYPES = ["Attribute", "Constant", "Function"] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

export interface MappingSource {
  readonly type: SourceType;
  /** The attribute's name, the constant's value or the function's name. */
  readonly name: string;
  /** The same as text. What is evaluated is the tree, never this text. */
  readonly expression: string;
  readonly parameters: readonly SourceParameter[];
}
export interface SourceParameter {
  readonly key: string;
  readonly value: MappingSource;
}

/** Text, several texts, or nothing; booleans are the texts `True` and `False`, as in vendor samples. */
export type Value = string | readonly string[] | null;

/** The attribute is taken out of the flow: what the target has stays. */
export const DROPPED = Symbol("dropped from the flow");
export type Flow = Value | typeof DROPPED;

export const TRUE = "True";
export const FALSE = "False";

export function attribute(name: string): MappingSource {
  return { type: "Attribute", name, expression: `[${name}]`, parameters: [] };
}

/** Numbers, too, are quoted in the vendor's sample of a parsed `Mid([userPrincipalName], 1, 8)` (G1:synchronization-objectmapping). */
export function constant(value: string): MappingSource {
  const quoted = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return { type: "Constant", name: value, expression: `"${quoted}"`, parameters: [] };
}

/** The shape is wrong: which member, as a sentence. */
export class SourceShapeError extends Error {
  override readonly name = "SourceShapeError";
}

export function readSource(value: unknown): MappingSource {
  if (!isRecord(value)) throw new SourceShapeError("a source is an object");
  const { type = "Attribute", name, expression, parameters } = value;
  const known = SOURCE_TYPES.find((one) => one === type);
  if (known === undefined) throw new SourceShapeError(`type ${String(type)} is none of ${SOURCE_TYPES.join(", ")}`);
  if (typeof name !== "string") throw new SourceShapeError(`a source of type ${known} needs a name`);
  return {
    type: known,
    name,
    expression: typeof expression === "string" ? expression : name,
    parameters: readParameters(parameters),
  };
}

function readParameters(value: unknown): readonly SourceParameter[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new SourceShapeError("parameters are a list");
  return value.map((item: unknown) => {
    if (!isRecord(item) || typeof item.key !== "string") throw new SourceShapeError("a parameter has a key");
    return { key: item.key, value: readSource(item.value) };
  });
}
