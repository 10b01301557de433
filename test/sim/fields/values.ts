/**
 * Legal values of one field, at the edges of what its schema allows. Pure.
 * Guarantees: bounds, words, forms and item counts of the schema hold; rules over several fields are repair.ts's.
 */
import { durationMs } from "../../../src/api/durations.ts";
import type { StructuralSchema } from "../../../tools/generate/structural-schema.ts";
import type { Json } from "../../integration/api/manifest.ts";
import { mapKey, textFormOf } from "./texts.ts";

export interface Sample {
  readonly what: string;
  readonly value: Json;
}

/** @throws Error for a text whose form has no samples: a new field needs a row in texts.ts */
export function samplesOf(path: string, schema: StructuralSchema): readonly Sample[] {
  if (schema.enum !== undefined) return schema.enum.map((word) => ({ what: word, value: word }));
  switch (schema.type) {
    case "integer":
      return integers(schema);
    case "boolean":
      return [true, false].map((value) => ({ what: String(value), value }));
    case "string":
      return texts(path, schema);
    case "array":
      return lists(path, schema);
    case "object":
      return schema.additionalProperties === undefined ? objects(path, schema) : maps(path, schema);
    default:
      throw new Error(`${path}: no samples for type ${schema.type}`);
  }
}

/** The n-th of as many different values as the schema has, from 0. */
export function numbered(path: string, schema: StructuralSchema, n: number): Json {
  if (schema.enum !== undefined) return schema.enum[n % schema.enum.length] ?? "";
  if (schema.type === "string") return durationBounds(schema)?.min ?? formOf(path, schema).numbered(n);
  if (schema.type === "integer") return Math.min(schema.maximum ?? n, (schema.minimum ?? 0) + n);
  if (schema.type === "boolean") return n % 2 === 0;
  if (schema.type === "array") return listOf(path, schema, Math.max(1, schema.minItems ?? 0), n);
  if (schema.additionalProperties !== undefined) return mapOf(path, schema, 1);
  return Object.fromEntries(
    (schema.required ?? []).flatMap((name) => {
      const member = schema.properties?.[name];
      return member === undefined ? [] : [[name, numbered(`${path}.${name}`, member, n)]];
    }),
  );
}

const DURATION_SENTENCE = /^set a duration between (\S+) and (\S+),/;

/** Both ends of a duration field, from the sentence of its rule. */
export function durationBounds(schema: StructuralSchema): { readonly min: string; readonly max: string } | undefined {
  for (const { message } of schema["x-kubernetes-validations"] ?? []) {
    const [, min, max] = DURATION_SENTENCE.exec(message) ?? [];
    if (min !== undefined && max !== undefined) return { min, max };
  }
  return undefined;
}

function formOf(path: string, { pattern }: StructuralSchema) {
  const form = textFormOf(path, pattern);
  if (form === undefined) throw new Error(`${path}: no samples for ${pattern ?? "a text without a pattern"}`);
  return form;
}

function integers({ minimum = 0, maximum = 0 }: StructuralSchema): readonly Sample[] {
  const wanted = [minimum, minimum + 1, Math.floor((minimum + maximum) / 2), maximum];
  return [...new Set(wanted)].map((value) => ({ what: String(value), value }));
}

function texts(path: string, schema: StructuralSchema): readonly Sample[] {
  const bounds = durationBounds(schema);
  if (bounds !== undefined) {
    const middleMs = Math.floor((durationMs(bounds.min) + durationMs(bounds.max)) / 2);
    const middle = `${Math.floor(middleMs / 60_000)}m${(middleMs % 60_000) / 1_000}s`;
    return [bounds.min, middle, bounds.max].map((value) => ({ what: value, value }));
  }
  const form = formOf(path, schema);
  const longest = schema.maxLength === undefined ? undefined : form.longest?.(schema.maxLength);
  return [form.numbered(1), ...(form.edges ?? []), ...(longest === undefined ? [] : [longest])].map((value) => ({
    what: shortened(value),
    value,
  }));
}

function lists(path: string, schema: StructuralSchema): readonly Sample[] {
  const { minItems = 0, maxItems = 1 } = schema;
  const most = Math.min(maxItems, schema.items?.enum?.length ?? maxItems);
  return [...new Set([minItems, minItems + 1, most])].map((count) => ({
    what: `${count} items`,
    value: listOf(path, schema, count),
  }));
}

export function listOf(path: string, { items }: StructuralSchema, count: number, from = 0): readonly Json[] {
  if (items === undefined) throw new Error(`${path}: a list without items`);
  return Array.from({ length: count }, (_, n) => numbered(`${path}[]`, items, from + n));
}

function maps(path: string, schema: StructuralSchema): readonly Sample[] {
  return [0, 1, schema.maxProperties ?? 1].map((count) => ({
    what: `${count} entries`,
    value: mapOf(path, schema, count),
  }));
}

export function mapOf(path: string, { additionalProperties }: StructuralSchema, count: number): Json {
  if (additionalProperties === undefined) throw new Error(`${path}: a map without values`);
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [mapKey(n), numbered(`${path}{}`, additionalProperties, n)]),
  );
}

function objects(path: string, schema: StructuralSchema): readonly Sample[] {
  return [{ what: "required members alone", value: numbered(path, schema, 0) }];
}

export function shortened(text: string): string {
  return text.length <= 40 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 30))}... of ${text.length}`;
}
