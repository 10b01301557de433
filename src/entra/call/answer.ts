/**
 * An answer of Graph as it came, and what can be read from it without knowing the call.
 * Guarantees: total: any text gives a body, codes and a message. Never: a judgement.
 */
import type { Clock } from "../../runtime/clock.ts";

export interface GraphAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the text when it is not JSON; `undefined` when there is none. */
  readonly body: unknown;
}

export function bodyOf(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Codes of an error body, outermost first: `error.code`, then those of the inner errors (entra-graph reference, 10.1). */
export function errorCodes(body: unknown): readonly string[] {
  const codes: string[] = [];
  let error = fieldOf(body, "error");
  for (let depth = 0; depth < INNER_ERRORS_MAX && error !== undefined; depth += 1) {
    const code = textOf(fieldOf(error, "code"));
    if (code !== undefined) codes.push(code);
    // The OData specification writes "innererror", Graph "innerError".
    error = fieldOf(error, "innerError") ?? fieldOf(error, "innererror");
  }
  return codes;
}

export function errorMessage(body: unknown): string {
  return textOf(fieldOf(fieldOf(body, "error"), "message")) ?? "";
}

export function requestIDs({ headers, body }: GraphAnswer): {
  readonly requestID: string | undefined;
  readonly clientRequestID: string | undefined;
} {
  const inner = fieldOf(fieldOf(body, "error"), "innerError");
  return {
    requestID: headers["request-id"] ?? headers["x-request-id"] ?? textOf(fieldOf(inner, "request-id")),
    clientRequestID: headers["client-request-id"] ?? textOf(fieldOf(inner, "client-request-id")),
  };
}

/** HTTP Semantics, Retry-After: seconds, which is what Graph sends, or a date. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, clock: Clock): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - clock.nowMs());
}

export function lowerCaseNames(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Seen depth is two; a body that nests without end is cut. */
const INNER_ERRORS_MAX = 8;

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
