/**
 * What is wrong with a field, worded as the API server words it.
 * Source: apimachinery, util/validation/field/errors.go; kube-openapi, validation/errors/schema.go.
 */
import type { Json } from "../json.ts";

export interface FieldError {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export function invalid(field: string, value: Json, detail: string): FieldError {
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${printed(value)}: ${detail}` };
}

export function typeInvalid(field: string, value: Json, detail: string): FieldError {
  return { reason: "FieldValueTypeInvalid", field, message: `Invalid value: ${printed(value)}: ${detail}` };
}

export function required(field: string, detail = ""): FieldError {
  return { reason: "FieldValueRequired", field, message: `Required value${detail === "" ? "" : `: ${detail}`}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${detail}` };
}

export function duplicate(field: string, value: Json): FieldError {
  return { reason: "FieldValueDuplicate", field, message: `Duplicate value: ${printed(value)}` };
}

export function notSupported(field: string, value: Json, supported: readonly Json[]): FieldError {
  const words = supported.map((word) => JSON.stringify(typeof word === "string" ? word : JSON.stringify(word)));
  const message = `Unsupported value: ${printed(value)}: supported values: ${words.join(", ")}`;
  return { reason: "FieldValueNotSupported", field, message };
}

export function tooLong(field: string, bytesMax: number): FieldError {
  return { reason: "FieldValueTooLong", field, message: `Too long: may not be more than ${bytesMax} bytes` };
}

export function tooMany(field: string, count: number, countMax: number): FieldError {
  return { reason: "FieldValueTooMany", field, message: `Too many: ${count}: must have at most ${countMax} items` };
}

function printed(value: Json): string {
  return JSON.stringify(value);
}

/** CEL rules are not looked at while one of these stands. */
const BLOCKING: ReadonlySet<string> = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

export function isBlocking({ reason }: FieldError): boolean {
  return BLOCKING.has(reason);
}

export const RULES_NOT_CHECKED: FieldError = invalid(
  "<nil>",
  null,
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
);
