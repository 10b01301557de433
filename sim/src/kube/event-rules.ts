/**
 * What an events.k8s.io/v1 Event must have when it is made.
 * Source: kubernetes, pkg/apis/core/validation/events.go.
 */
import type { JsonObject } from "./json.ts";
import { textAt } from "./json.ts";
import { invalid, required } from "./schema/field-error.ts";
import type { FieldError } from "./schema/field-error.ts";

const LENGTHS_MAX = { reportingInstance: 128, action: 128, reason: 128 } as const;
const NOTE_BYTES_MAX = 1_024;

export function eventErrors(event: JsonObject, before: JsonObject | undefined): readonly FieldError[] {
  if (before !== undefined) return [];
  const errors: FieldError[] = [];
  const text = (...path: readonly string[]): string => textAt(event, ...path) ?? "";
  const namespace = text("metadata", "namespace");
  if (text("regarding", "namespace") === "" && namespace !== "default" && namespace !== "kube-system") {
    errors.push(invalid("involvedObject.namespace", "", "does not match event.namespace"));
  }
  if (text("reportingController") === "") errors.push(required("reportingController"));
  for (const [name, lengthMax] of Object.entries(LENGTHS_MAX)) {
    if (text(name) === "") errors.push(required(name));
    if (Buffer.byteLength(text(name)) > lengthMax) errors.push(invalid(name, "", tooLong(lengthMax)));
  }
  if (Buffer.byteLength(text("note")) > NOTE_BYTES_MAX) errors.push(invalid("message", "", tooLong(NOTE_BYTES_MAX)));
  if (text("eventTime") === "") errors.push(required("eventTime"));
  const type = text("type");
  if (type !== "Normal" && type !== "Warning") errors.push(invalid("type", "", `has invalid value: ${type}`));
  return errors;
}

function tooLong(lengthMax: number): string {
  return `can have at most ${lengthMax} characters`;
}
