/**
 * Validates a value against its schema, with the server's own words.
 * Guarantees: parts that did not change since the stored version are not looked at (ratcheting), so an update costs what it changed.
 * Source: kube-openapi, validation/validate; apiextensions-apiserver, pkg/apiserver/validation and schema/listtype.
 */
import type { Json, JsonObject } from "../json.ts";
import { isEqual, isList, isObject } from "../json.ts";
import { duplicate, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from "./field-error.ts";
import type { FieldError } from "./field-error.ts";
import type { Schema } from "./schema.ts";

/** `before` is the stored value at the same place, undefined when there was none. */
export function validate(value: Json, before: Json | undefined, schema: Schema, path = ""): readonly FieldError[] {
  if (value === before) return [];
  const errors: FieldError[] = [];
  check({ value, before, schema, path }, errors);
  return errors;
}

interface Place {
  readonly value: Json;
  readonly before: Json | undefined;
  readonly schema: Schema;
  readonly path: string;
}

function check(place: Place, errors: FieldError[]): void {
  const { value, before, schema, path } = place;
  if (value === before || (before !== undefined && isEqual(value, before))) return;
  if (value === null && schema.isNullable) return;
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    const actual = typeName(value);
    errors.push(typeInvalid(path, actual, `${path} in body must be of type ${schema.type}: ${JSON.stringify(actual)}`));
    // Bounds of an integer are compared as integers, and that fails once more.
    if (typeof value === "number" && hasNumberBounds(schema)) {
      errors.push(invalid("<nil>", "", `Checked value must be of type integer (default format) in ${path}`));
    }
    return;
  }
  if (typeof value === "string") checkText(value, schema, path, errors);
  else if (typeof value === "number") checkNumber(value, schema, path, errors);
  else if (isList(value)) checkList(value, place, errors);
  if (schema.enum !== undefined && !schema.enum.includes(value)) errors.push(notSupported(path, value, schema.enum));
  if (isObject(value)) checkMap(value, place, errors);
}

function hasNumberBounds({ type, bounds }: Schema): boolean {
  return type === "integer" && (bounds.minimum !== undefined || bounds.maximum !== undefined);
}

function hasType(value: Json, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return isList(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function typeName(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function checkText(value: string, { bounds, pattern, format }: Schema, path: string, errors: FieldError[]): void {
  const length = runeCount(value);
  // The first of these is told.
  if (bounds.maxLength !== undefined && length > bounds.maxLength) errors.push(tooLong(path, bounds.maxLength));
  else if (bounds.minLength !== undefined && length < bounds.minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${bounds.minLength} chars long`));
  } else if (pattern?.test(value) === false) {
    errors.push(invalid(path, value, `${path} in body should match '${sourceOf(pattern)}'`));
  }
  if (format === "date-time" && !DATE_TIME.test(value)) {
    errors.push(typeInvalid(path, value, `${path} in body must be of type date-time: ${JSON.stringify(value)}`));
  }
}

/** The server counts code points. */
function runeCount(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function sourceOf(pattern: RegExp): string {
  return pattern.source;
}

function checkNumber(value: number, { bounds }: Schema, path: string, errors: FieldError[]): void {
  if (bounds.maximum !== undefined && value > bounds.maximum) {
    errors.push(invalid(path, value, `${path} in body should be less than or equal to ${bounds.maximum}`));
  }
  if (bounds.minimum !== undefined && value < bounds.minimum) {
    errors.push(invalid(path, value, `${path} in body should be greater than or equal to ${bounds.minimum}`));
  }
}

function checkMap(value: JsonObject, { before, schema, path }: Place, errors: FieldError[]): void {
  const { bounds } = schema;
  const count = Object.keys(value).length;
  if (bounds.minProperties !== undefined && count < bounds.minProperties) {
    errors.push(invalid(path, count, `${path} in body should have at least ${bounds.minProperties} properties`));
  }
  if (bounds.maxProperties !== undefined && count > bounds.maxProperties) {
    errors.push(tooMany(path, count, bounds.maxProperties));
  }
  const old = isObject(before) ? before : undefined;
  for (const name in value) {
    const member = schema.properties.get(name) ?? schema.additional;
    if (member === undefined) continue;
    check({ value: value[name] ?? null, before: old?.[name], schema: member, path: below(path, name) }, errors);
  }
  for (const name of schema.required) if (!(name in value)) errors.push(required(below(path, name)));
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function checkList(value: readonly Json[], { before, schema, path }: Place, errors: FieldError[]): void {
  const { bounds, items } = schema;
  if (bounds.minItems !== undefined && value.length < bounds.minItems) {
    errors.push(invalid(path, value.length, `${path} in body should have at least ${bounds.minItems} items`));
  }
  if (bounds.maxItems !== undefined && value.length > bounds.maxItems) {
    errors.push(tooMany(path, value.length, bounds.maxItems));
  }
  if (items === undefined) return;
  const olds = oldItems(before, schema);
  value.forEach((item, position) => {
    check({ value: item, before: olds(item), schema: items, path: `${path}[${position}]` }, errors);
  });
  checkKeys(value, schema, path, errors);
}

/** Only items of a map can be found again: in a set or an atomic list every one is looked at. */
function oldItems(before: Json | undefined, schema: Schema): (item: Json) => Json | undefined {
  if (!isList(before) || schema.listType !== "map") return () => undefined;
  const byKey = new Map(before.map((old) => [keyOf(old, schema), old]));
  return (item) => byKey.get(keyOf(item, schema));
}

function keyOf(item: Json, { listMapKeys, listType }: Schema): string {
  if (listType === "set" || !isObject(item)) return JSON.stringify(item);
  const [only] = listMapKeys;
  if (listMapKeys.length === 1 && only !== undefined) return JSON.stringify(item[only] ?? null);
  return JSON.stringify(listMapKeys.map((key) => item[key] ?? null));
}

/** The first repetition of each key is told. */
function checkKeys(value: readonly Json[], schema: Schema, path: string, errors: FieldError[]): void {
  if (schema.listType === "atomic" || value.length < 2) return;
  const counts = new Map<string, number>();
  value.forEach((item, position) => {
    const key = keyOf(item, schema);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count === 2) errors.push(duplicate(`${path}[${position}]`, repeated(item, schema)));
  });
}

function repeated(item: Json, { listType, listMapKeys }: Schema): Json {
  if (listType === "set" || !isObject(item)) return item;
  return Object.fromEntries(listMapKeys.map((key) => [key, item[key] ?? null]));
}
