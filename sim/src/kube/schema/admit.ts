/**
 * What the server makes of a value before it looks at it: unknown members go, defaults come, nulls that may not be go.
 * Guarantees: a value that needs nothing comes back as the same reference; what comes back is frozen.
 * Source: apiextensions-apiserver, pkg/apiserver/schema/pruning and defaulting.
 */
import type { Json, JsonObject } from "../json.ts";
import { isList, isObject } from "../json.ts";
import { readSchema } from "./schema.ts";
import type { Schema } from "./schema.ts";

/** Parts that are the same reference as in `before`, which was admitted, are not looked at. */
export function admit(value: Json, schema: Schema, before?: Json): Json {
  if (value === before) return value;
  if (isObject(value)) return admitMap(value, schema, isObject(before) ? before : undefined);
  if (!isList(value) || schema.items === undefined) return value;
  const { items } = schema;
  const olds = isList(before) ? before : [];
  const admitted = value.map((item, position) =>
    admit(item === null && !items.isNullable ? (items.default ?? null) : item, items, olds[position]),
  );
  return admitted.every((item, position) => item === value[position]) ? value : Object.freeze(admitted);
}

function admitMap(value: JsonObject, schema: Schema, olds: JsonObject | undefined): JsonObject {
  const admitted: Record<string, Json> = {};
  let isSame = true;
  for (const name in value) {
    const given = value[name] ?? null;
    const after = admitMember(
      given,
      schema.properties.get(name) ?? schema.additional ?? unknownMember(schema),
      olds?.[name],
    );
    if (after !== given) isSame = false;
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
function admitMember(value: Json, schema: Schema | undefined, before: Json | undefined): Json | undefined {
  if (schema === undefined || (value === null && !schema.isNullable)) return undefined;
  return admit(value, schema, before);
}

function unknownMember(schema: Schema): Schema | undefined {
  return schema.preservesUnknown || schema.type === undefined ? ANYTHING : undefined;
}

const ANYTHING: Schema = { ...readSchema({}), isNullable: true };
