/**
 * What may not be written to each field, one mistake a row. Pure.
 * Guarantees: each row differs from a legal state in the one thing that it names. Rules over several fields have hand-written rows beside the
 * API's own tests (rule-rows.ts, which a test compares with every rule of the CRDs).
 */
import type { Json, Manifest } from "../../integration/api/manifest.ts";
import { BASE } from "./base.ts";
import { ALL_FIELDS, type Field } from "./field.ts";
import { isObject, placed } from "./place.ts";
import { repaired } from "./repair.ts";
import { textFormOf } from "./texts.ts";
import { durationBounds, listOf, mapOf, numbered, samplesOf, shortened } from "./values.ts";

export interface IllegalRow {
  readonly field: Field;
  readonly wrong: string;
  /** What the refusal must contain: the field's name, or what may not be done to it. */
  readonly says: string;
  readonly manifest: Manifest;
  /** What is stored before; the row is an update of it. Absent: the row is a create. */
  readonly stored?: Manifest;
}

interface Mistake {
  readonly wrong: string;
  readonly value: Json | undefined;
}

export function illegalRowsOf(field: Field): readonly IllegalRow[] {
  const { kind, path, schema, isRequired, isImmutable } = field;
  const at = (value: Json | undefined): Manifest => {
    // Around a legal value, so that the mistake is the only thing wrong.
    const sample = samplesOf(path, schema)[0]?.value;
    return placed(repaired(placed(BASE[kind], path, sample), path), path, value);
  };
  const mistakes: readonly Mistake[] = [
    { wrong: "another type", value: otherType(field) },
    ...(isRequired ? [{ wrong: "missing", value: undefined }] : []),
    ...outOfForm(field),
    ...outOfBounds(field),
    ...unknownMember(field),
  ];
  const creates = mistakes.map(({ wrong, value }) => ({ field, wrong, says: lastName(path), manifest: at(value) }));
  return isImmutable ? [...creates, ...changes(field)] : creates;
}

export const ILLEGAL_ROWS: readonly IllegalRow[] = ALL_FIELDS.flatMap(illegalRowsOf);

function otherType({ schema }: Field): Json {
  return schema.type === "string" ? 7 : schema.type === "object" ? ["text"] : "text";
}

function outOfForm({ path, schema }: Field): readonly Mistake[] {
  if (schema.enum !== undefined)
    return ["Nonsense", "", schema.enum[0]?.toLowerCase() ?? ""].map((value) => ({
      wrong: `the word ${JSON.stringify(value)}`,
      value,
    }));
  if (schema.type !== "string") return [];
  const bounds = durationBounds(schema);
  const lengths = bounds === undefined ? [] : ["0s", "100000h"];
  const wrong = textFormOf(path, schema.pattern)?.wrong ?? [];
  return [...wrong, ...lengths].map((value) => ({ wrong: `the text ${shortened(value)}`, value }));
}

function outOfBounds({ path, schema }: Field): readonly Mistake[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties } = schema;
  const isSet = schema["x-kubernetes-list-type"] === "set";
  return [
    ...(minimum === undefined ? [] : [{ wrong: `below ${minimum}`, value: minimum - 1 }]),
    ...(maximum === undefined ? [] : [{ wrong: `above ${maximum}`, value: maximum + 1 }]),
    ...(schema.type === "integer" ? [{ wrong: "a fraction", value: 1.5 }] : []),
    ...(minLength === undefined || minLength === 0 ? [] : [{ wrong: "empty", value: "" }]),
    ...(maxLength === undefined
      ? []
      : [{ wrong: `longer than ${maxLength}`, value: tooLong(path, schema, maxLength) }]),
    ...(minItems === undefined ? [] : [{ wrong: "no items", value: [] }]),
    ...(maxItems === undefined
      ? []
      : [{ wrong: `more than ${maxItems} items`, value: listOf(path, schema, maxItems + 1) }]),
    ...(isSet ? [{ wrong: "an item twice", value: twice(listOf(path, schema, 1)) }] : []),
    ...(maxProperties === undefined
      ? []
      : [{ wrong: `more than ${maxProperties} entries`, value: mapOf(path, schema, maxProperties + 1) }]),
  ];
}

/** In the form, where the form has texts of that length: then nothing but the length is wrong. */
function tooLong(path: string, { pattern }: Field["schema"], maxLength: number): string {
  const form = textFormOf(path, pattern);
  return (form?.longest?.(maxLength + 1) ?? form?.numbered(0) ?? "").padEnd(maxLength + 1, "0");
}

function twice(list: readonly Json[]): Json {
  return [...list, ...list];
}

function unknownMember({ path, schema }: Field): readonly Mistake[] {
  const sample = samplesOf(path, schema).at(-1)?.value;
  if (schema.properties === undefined || !isObject(sample)) return [];
  return [{ wrong: "an unknown member", value: { ...sample, nonsense: "x" } }];
}

/** A stored value and another legal one. */
function changes(field: Field): readonly IllegalRow[] {
  const { kind, path, schema } = field;
  const legal = (value: Json): Manifest => repaired(placed(BASE[kind], path, value), path);
  const [first, second] = [numbered(path, schema, 1), numbered(path, schema, 2)];
  if (JSON.stringify(first) === JSON.stringify(second)) return [];
  return [{ field, wrong: "changed", says: "cannot be changed", stored: legal(first), manifest: legal(second) }];
}

/** Items and map values are named by their list or map. */
function lastName(path: string): string {
  return (
    path
      .replaceAll(/\[\]|\{\}/g, "")
      .split(".")
      .at(-1) ?? ""
  );
}
