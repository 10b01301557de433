/**
 * What the server makes of a value before it looks at it: unknown members go, defaults come, nulls that may not be go.
 * Guarantees: a value that needs nothing comes back as the same reference; what comes back is frozen.
 * Source: apiextensions-apiserver, pkg/apiserver/schema/pruning and defaulting.
 */
import type { Json, JsonObject } from "../json.ts";
import { isList, isObject } from "../json.ts";
import type { Schema } from "./schema.ts";

export function admit(value: Json, schema: Schema): Json {
  if (isObject(value)) return admitMap(value, schema);
  if (!isList(value) || schema.items === undefined) return value;
  const { items } = schema;
  const admitted = value.map((item) =>
    admit(item === null && !items.isNullable ? (items.default ?? null) : item, items),
  );
  return admitted.every((item, position) => item === value[position]) ? value : Object.freeze(admitted);
}

function admitMap(value: JsonObject, schema: Schema): JsonObject {
  const admitted: Record<string, Json> = {};
  let isSame = true;
  for (const name in value) {
    const before = value[name] ?? null;
    const member = schema.properties.get(name) ?? schema.additional;
    const after = member === undefined ? (keepsUnknown(schema) ? before : undefined) : admitMember(before, member);
    if (after !== before) isSame = false;
    if (after !== undefined) admitted[name] = after;
  }
  for (const [name, fallback] of schema.defaulted) {
    if (name in admitted) continue;
    const member = schema.properties.get(name);
    if (member === undefined) continue;
    admitted[name] = admit(fallback, member);
    isSame = false;
  }
  return isSame ? value : Object.freeze(admitted);
}

/** Undefined: the member is not stored. */
function admitMember(value: Json, schema: Schema): Json | undefined {
  if (value === null && !schema.isNullable) return undefined;
  return admit(value, schema);
}

function keepsUnknown(schema: Schema): boolean {
  return schema.preservesUnknown || schema.type === undefined;
}
