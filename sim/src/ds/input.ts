/**
 * Readers of Directory Service inputs. Guarantees: a value of another type is a SerializationException, one outside the modelled pattern
 * or bound a ValidationException: never read as absent. The codes are those of the protocol in general [unverified for this service].
 */
import { ApiError } from "../core/call.ts";
import type { Input } from "../core/input.ts";

export const DIRECTORY_ID = /^d-[0-9a-f]{10}$/;
export const CONTROLLER_ID = /^dc-[0-9a-f]{10}$/;

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(name, "a string");
}

export function requiredID(input: Input, name: string, pattern: RegExp): string {
  const value = optionalText(input, name);
  if (value === undefined) throw invalid(name, value, "Member must not be null");
  return checked(name, value, pattern);
}

/** `undefined` when the list is absent or null. */
export function optionalIDs(input: Input, name: string, pattern: RegExp): readonly string[] | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(name, "a list");
  return value.map((item: unknown) => {
    if (typeof item !== "string") throw wrongType(name, "a list of strings");
    return checked(name, item, pattern);
  });
}

/** SDK documentation: `Limit` is 0 or more; at 0 the operation's own bound holds. */
export function limit(input: Input): number {
  const value = input.Limit ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType("Limit", "an integer");
  if (value < 0) throw invalid("Limit", value, "Member must have value greater than or equal to 0");
  return value;
}

function checked(name: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw invalid(name, value, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

function wrongType(name: string, wanted: string): ApiError {
  return new ApiError("SerializationException", `${name} must be ${wanted}`);
}

function invalid(name: string, value: string | number | undefined, constraint: string): ApiError {
  const path = name.charAt(0).toLowerCase() + name.slice(1);
  const sentence = `1 validation error detected: Value ${value === undefined ? "null" : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`;
  return new ApiError("ValidationException", sentence);
}
