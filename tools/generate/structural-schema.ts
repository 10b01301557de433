/**
 * Turns a zod schema into the structural schema that a CRD carries.
 * Guarantees: only words that apiextensions.k8s.io/v1 knows; stable order, so that a generated file changes only with its source.
 * Never: drops a bound silently: a word that it does not know stops the generator.
 */
import { z } from "zod";

export interface StructuralSchema {
  readonly description?: string;
  readonly type: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string; readonly message: string }[];
}

/** The order in which the words of a schema are written. */
const ORDER = [
  "description",
  "type",
  "format",
  "default",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "maxProperties",
  "required",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-validations",
  "properties",
  "additionalProperties",
  "items",
] as const;
const KNOWN: ReadonlySet<string> = new Set(ORDER);
/** JSON Schema words that a structural schema has no place for, and that carry no bound of ours. */
const DROPPED: ReadonlySet<string> = new Set(["$schema", "propertyNames"]);

export function structuralSchema(schema: z.ZodType): StructuralSchema {
  // "input": what a user may write, where a member with a default is not required.
  return convert(z.toJSONSchema(schema, { io: "input" }), "");
}

function convert(node: unknown, path: string): StructuralSchema {
  if (!isRecord(node)) throw new Error(`no schema at ${path}`);
  const unknownWords = Object.keys(node).filter((word) => !KNOWN.has(word) && !DROPPED.has(word));
  if (unknownWords.length > 0) throw new Error(`${path}: no place in a CRD for ${unknownWords.join(", ")}`);
  const converted: Record<string, unknown> = {};
  for (const word of ORDER) {
    if (node[word] !== undefined) converted[word] = convertWord(word, node[word], path);
  }
  // The cast: every word was checked against the ones that StructuralSchema has.
  return withWholeDefault(converted as unknown as StructuralSchema);
}

/**
 * Fills an object's default with those of its members.
 * The API server checks a default against the CEL rules as it is written, before the members' defaults are applied [measured on 1.36].
 */
function withWholeDefault(schema: StructuralSchema): StructuralSchema {
  if (!isRecord(schema.default) || schema.properties === undefined) return schema;
  const ofMembers = Object.entries(schema.properties)
    .filter(([, member]) => member.default !== undefined)
    .map(([name, member]) => [name, member.default] as const);
  return { ...schema, default: { ...Object.fromEntries(ofMembers), ...schema.default } };
}

function convertWord(word: string, value: unknown, path: string): unknown {
  if (word === "items") return convert(value, `${path}[]`);
  if (word === "additionalProperties") return convert(value, `${path}{}`);
  if (word !== "properties") return value;
  if (!isRecord(value)) throw new Error(`${path}: properties is no object`);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, convert(member, `${path}.${name}`)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Calls `visit` for a schema and everything under it, with the path as kubectl explain would write it. */
export function walkSchema(
  schema: StructuralSchema,
  path: string,
  visit: (schema: StructuralSchema, path: string) => void,
): void {
  visit(schema, path);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    walkSchema(member, path === "" ? name : `${path}.${name}`, visit);
  }
  if (schema.items !== undefined) walkSchema(schema.items, `${path}[]`, visit);
  if (schema.additionalProperties !== undefined) walkSchema(schema.additionalProperties, `${path}{}`, visit);
}
