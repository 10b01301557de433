/**
 * How requests leave the process: raw JSON over something replaceable (a pinned connection pool, an in-memory server).
 * Guarantees: an answer, or a value that says why there is none; rejects only when the caller's signal aborts.
 * Never: retries, interprets a status, holds a connection beyond the call's deadline.
 */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface KubeRequest {
  readonly method: HttpMethod;
  /** Absolute path with its query. */
  readonly path: string;
  /** Of the body; PATCH has no usable default (operator engineering reference 5.2, row 12). */
  readonly contentType?: string;
  readonly body?: object;
  readonly timeoutMs: number;
}

export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly retryAfterMs?: number;
  /** Parsed JSON, or the text when it is not JSON. */
  readonly body: unknown;
}

export interface Unanswered {
  readonly kind: "unanswered";
  /** CamelCase: Timeout, ConnectionRefused, ConnectionReset, ... */
  readonly reason: string;
  /** False only when the request certainly did not reach the server. */
  readonly mayHaveArrived: boolean;
  readonly evidence: string;
}

export interface Streaming {
  readonly kind: "streaming";
  /** Decoded text in arrival order. Throws when the connection breaks; ends when the server ends it. */
  readonly chunks: AsyncIterable<string>;
}

export interface KubeTransport {
  send(request: KubeRequest, signal: AbortSignal): Promise<Answered | Unanswered>;
  /** Opens a watch; `timeoutMs` is for the head of the answer. `signal` ends the stream. */
  stream(request: KubeRequest, signal: AbortSignal): Promise<Streaming | Answered | Unanswered>;
  close(): Promise<void>;
}
