/**
 * Readers of call inputs: query protocols bring every value as text, JSON brings them typed; both read the same here.
 * Guarantees: a value of another shape is refused with the vendor's InvalidParameterValue, never read as absent.
 */
import { ApiError } from "./call.ts";

export type Input = Readonly<Record<string, unknown>>;

function refuse(name: string, value: unknown): never {
  throw new ApiError("InvalidParameterValue", `Invalid value '${JSON.stringify(value)}' for ${name}`);
}

export function text(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return refuse(name, value);
}

/** @throws ApiError MissingParameter, as the EC2 error codes page words it */
export function requiredText(input: Input, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === "") {
    throw new ApiError("MissingParameter", `The request must contain the parameter ${name}`);
  }
  return value;
}

export function flag(input: Input, name: string): boolean | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  return value === "true" ? true : value === "false" ? false : refuse(name, value);
}

export function integer(input: Input, name: string): number | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  return /^-?\d{1,15}$/.test(value) ? Number(value) : refuse(name, value);
}

export function record(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  return isRecord(value) ? value : refuse(name, value);
}

export function texts(input: Input, name: string): readonly string[] {
  const value: unknown = input[name] ?? [];
  if (!Array.isArray(value)) return refuse(name, value);
  return value.map((item: unknown) => (typeof item === "string" ? item : refuse(name, item)));
}

export function records(input: Input, name: string): readonly Input[] {
  const value: unknown = input[name] ?? [];
  if (!Array.isArray(value)) return refuse(name, value);
  return value.map((item: unknown) => (isRecord(item) ? item : refuse(name, item)));
}

export function isRecord(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
