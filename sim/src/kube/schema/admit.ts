/**
 * What the server makes of a value before it looks at it: unknown members go, defaults come, nulls that may not be go.
 * After an apply it only adds defaults: a null stays, and is refused by the validation.
 * Guarantees: a value that needs nothing comes back as the same reference; what comes back is frozen.
 * Source: apiextensions-apiserver, pkg/apiserver/schema/pruning and defaulting.
 */
import type { Json, JsonObject } from "../json.ts";
import { isList, isObject } from "../json.ts";
import { readSchema } from "./schema.ts";
import type { Schema } from "./schema.ts";

export interface Admission {
  /** Admitted before: parts of it that come back as the same reference are not looked at. */
  readonly before?: Json | undefined;
  readonly keepsNulls: boolean;
}

export function admit(value: Json, schema: Schema, admission: Admission): Json {
  const { before, keepsNulls } = admission;
  if (value === before) return value;
  if (isObject(value)) return admitMap(value, schema, admission);
  if (!isList(value) || schema.items === undefined) return value;
  const { items } = schema;
  const olds = isList(before) ? before : [];
  const admitted = value.map((item, position) =>
    admit(item === null && !items.isNullable ? (items.default ?? null) : item, items, {
      before: olds[position],
      keepsNulls,
    }),
  );
  return admitted.every((item, position) => item === value[position]) ? value : Object.freeze(admitted);
}

function admitMap(value: JsonObject, schema: Schema, { before, keepsNulls }: Admission): JsonObject {
  const olds = isObject(before) ? before : undefined;
  const admitted: Record<string, Json> = {};
  let isSame = true;
  for (const name in value) {
    const given = value[name] ?? null;
    const member = schema.properties.get(name) ?? schema.additional ?? unknownMember(schema);
    const after = member === undefined ? undefined : admitMember(given, member, { before: olds?.[name], keepsNulls });
    if (after !== given) isSame = false;
    if (after !== undefined) admitted[name] = after;
  }
  for (const [name, fallback] of schema.defaulted) {
    if (name in admitted) continue;
    const member = schema.properties.get(name);
    if (member === undefined) continue;
    admitted[name] = admit(fallback, member, { keepsNulls });
    isSame = false;
  }
  return isSame ? value : Object.freeze(admitted);
}

/** Undefined: the member is not stored, or gets its default. */
function admitMember(value: Json, schema: Schema, admission: Admission): Json | undefined {
  if (value !== null || schema.isNullable) return admit(value, schema, admission);
  return admission.keepsNulls && schema.default === undefined ? null : undefined;
}

function unknownMember(schema: Schema): Schema | undefined {
  return schema.preservesUnknown || schema.type === undefined ? ANYTHING : undefined;
}

const ANYTHING: Schema = { ...readSchema({}), isNullable: true };
