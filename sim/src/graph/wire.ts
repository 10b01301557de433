/** HTTP of Graph and of the login authority in the world's own words. */
import type { GraphError } from "./errors.ts";

export interface GraphRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer before it is written: a body of JSON, a number or nothing. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** `lost`: for a part of a batch there is no socket to break; the batch answers 504 for it. */
export type PartOutcome =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "lost"; readonly symptom: "reset" | "timeout" };

export interface RequestMarks {
  readonly requestID: string;
  readonly clientRequestID: string | undefined;
  readonly nowMs: number;
}

/** The error body of entra-graph reference, 10.1. */
export function errorAnswer({ status, code, message, headers }: GraphError, marks: RequestMarks): Answer {
  const innerError = {
    date: new Date(marks.nowMs).toISOString().slice(0, 19),
    "request-id": marks.requestID,
    "client-request-id": marks.clientRequestID ?? marks.requestID,
  };
  return { status, headers, body: { error: { code, message, innerError } } };
}
