/** Refusals of the SSM service for values outside the documented bounds, in the words of its front (ValidationException). */
import { ApiError } from "../core/call.ts";
import { integer, text, type Input } from "../core/input.ts";

export function refuse(path: string, value: unknown, constraint: string): never {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  throw new ApiError(
    "ValidationException",
    `1 validation error detected: Value '${shown}' at '${path}' failed to satisfy constraint: ${constraint}`,
  );
}

export function requiredName(input: Input, name: string): string {
  const value = text(input, name);
  return value === undefined || value === ""
    ? refuse(lowerFirst(name), value ?? null, "Member must not be null")
    : value;
}

export function boundedInteger(input: Input, name: string, bounds: { min: number; max: number }): number | undefined {
  const value = integer(input, name);
  if (value === undefined) return undefined;
  const path = lowerFirst(name);
  if (value < bounds.min) refuse(path, value, `Member must have value greater than or equal to ${bounds.min}`);
  if (value > bounds.max) refuse(path, value, `Member must have value less than or equal to ${bounds.max}`);
  return value;
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
