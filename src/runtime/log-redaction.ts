/**
 * What may be in a log field: bounded texts and numbers without secrets (S9).
 * Guarantees: total; the result is plain JSON data of bounded depth, width and length; an error becomes name, message and cause.
 * Never: changes its argument; trusts that a caller left a secret out.
 */
import { LIMITS } from "./limits.ts";

export const REDACTED = "[redacted]";

/**
 * Names whose value is not written. A name ending in ARN, Name, Ref or Hash is a reference, not the thing itself;
 * an idempotency token of a launch is no secret, but nobody needs it in clear, so it falls under the rule as well.
 */
const SECRET_NAME =
  /(password|passwd|secret|token|credential|authorization|cookie|api[-_]?key|access[-_]?key|private[-_]?key|assertion)/i;
const REFERENCE_NAME = /(arn|name|ref|hash|count|id|kind|seconds|ms)$/i;
const ACCESS_KEY_NAME = /access[-_]?key[-_]?id$/i;

/** Values that are secrets whatever their name is: PEM keys, JWTs, bearer headers, AWS secret-bearing URLs and key ids. */
const SECRET_VALUES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\b(Bearer|Basic) +[A-Za-z0-9+/=._~-]{8,}/gi,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(X-Amz-Signature|X-Amz-Security-Token|client_secret|client_assertion|password)=[^&\s"']+/gi,
];

export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactRecord(fields, LIMITS.logDepthMax);
}

function redactRecord(fields: object, depthLeft: number): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, LIMITS.logFieldsMax);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isSecretName(name) ? REDACTED : redact(value, depthLeft)]),
  );
}

function isSecretName(name: string): boolean {
  if (ACCESS_KEY_NAME.test(name)) return true;
  return SECRET_NAME.test(name) && !REFERENCE_NAME.test(name);
}

function redact(value: unknown, depthLeft: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depthLeft === 0) return "[deeper]";
  if (value instanceof Error) return redactError(value, depthLeft);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (Array.isArray(value)) return value.slice(0, LIMITS.logFieldsMax).map((item) => redact(item, depthLeft - 1));
  if (value instanceof Set || value instanceof Map) return redact([...value], depthLeft);
  return redactRecord(value, depthLeft - 1);
}

function redactError(error: Error, depthLeft: number): Record<string, unknown> {
  const stack = error.stack === undefined ? {} : { stack: redactText(error.stack) };
  const cause = error.cause === undefined ? {} : { cause: redact(error.cause, depthLeft - 1) };
  return { error: error.name, message: redactText(error.message), ...stack, ...cause };
}

function redactText(text: string): string {
  const clean = SECRET_VALUES.reduce(
    (rest, pattern) => rest.replace(pattern, REDACTED),
    text.slice(0, LIMITS.logFieldLengthMax * 4),
  );
  return clean.length <= LIMITS.logFieldLengthMax ? clean : `${clean.slice(0, LIMITS.logFieldLengthMax)}…`;
}
