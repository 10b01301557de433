/**
 * A CRD's structural schema in the form in which values are pruned, defaulted, validated and merged.
 * Guarantees: a keyword that is not handled here is refused when the server starts, never ignored.
 * Never: CEL (`x-kubernetes-validations`): the real API server has those tests.
 */
import type { Json, JsonObject } from "../json.ts";
import { isObject, listAt, textAt } from "../json.ts";

export type SchemaType = "object" | "array" | "string" | "integer" | "number" | "boolean";

export interface Schema {
  /** Undefined: any. */
  readonly type: SchemaType | undefined;
  readonly properties: ReadonlyMap<string, Schema>;
  /** Properties with a default, to be looked at even when they are absent. */
  readonly defaulted: readonly (readonly [name: string, value: Json])[];
  readonly additional: Schema | undefined;
  readonly items: Schema | undefined;
  readonly preservesUnknown: boolean;
  readonly isNullable: boolean;
  readonly default: Json | undefined;
  readonly required: readonly string[];
  readonly enum: readonly Json[] | undefined;
  readonly pattern: RegExp | undefined;
  readonly format: string | undefined;
  readonly listType: "atomic" | "set" | "map";
  readonly listMapKeys: readonly string[];
  readonly mapType: "granular" | "atomic";
  readonly bounds: Readonly<Partial<Record<Bound, number>>>;
  /** Rules in CEL stand here or below; they are not run, but an invalid object is told that they were not. */
  readonly hasRules: boolean;
}

const BOUNDS = [
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;
export type Bound = (typeof BOUNDS)[number];

const KEYWORDS: ReadonlySet<string> = new Set<string>([
  ...BOUNDS,
  "type",
  "description",
  "properties",
  "additionalProperties",
  "items",
  "nullable",
  "default",
  "required",
  "enum",
  "pattern",
  "format",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "x-kubernetes-validations",
]);

export function readSchema(source: Json | undefined, path = "openAPIV3Schema"): Schema {
  if (!isObject(source)) throw new Error(`${path}: a schema is missing`);
  const unknown = Object.keys(source).find((keyword) => !KEYWORDS.has(keyword));
  if (unknown !== undefined) throw new Error(`${path}: the keyword ${unknown} is not handled`);
  const properties = propertiesOf(source["properties"], path);
  const additional = isObject(source["additionalProperties"])
    ? readSchema(source["additionalProperties"], `${path}.additionalProperties`)
    : undefined;
  const items = source["items"] === undefined ? undefined : readSchema(source["items"], `${path}.items`);
  const below = [...properties.values(), additional, items];
  const pattern = textAt(source, "pattern");
  return {
    type: source["type"] as SchemaType | undefined,
    properties,
    defaulted: [...properties].flatMap(([name, schema]) =>
      schema.default === undefined ? [] : [[name, schema.default] as const],
    ),
    additional,
    items,
    preservesUnknown: source["x-kubernetes-preserve-unknown-fields"] === true,
    isNullable: source["nullable"] === true,
    default: source["default"],
    required: listAt(source, "required") as readonly string[],
    enum: source["enum"] as readonly Json[] | undefined,
    pattern: pattern === undefined ? undefined : new RegExp(pattern, "u"),
    format: textAt(source, "format"),
    listType: (textAt(source, "x-kubernetes-list-type") ?? "atomic") as Schema["listType"],
    listMapKeys: listAt(source, "x-kubernetes-list-map-keys") as readonly string[],
    mapType: (textAt(source, "x-kubernetes-map-type") ?? "granular") as Schema["mapType"],
    bounds: boundsOf(source),
    hasRules: source["x-kubernetes-validations"] !== undefined || below.some((schema) => schema?.hasRules === true),
  };
}

function propertiesOf(source: Json | undefined, path: string): ReadonlyMap<string, Schema> {
  const entries = isObject(source) ? Object.entries(source) : [];
  return new Map(entries.map(([name, schema]) => [name, readSchema(schema, `${path}.${name}`)]));
}

function boundsOf(source: JsonObject): Schema["bounds"] {
  return Object.fromEntries(BOUNDS.flatMap((name) => (typeof source[name] === "number" ? [[name, source[name]]] : [])));
}
