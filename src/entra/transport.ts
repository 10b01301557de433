/**
 * How requests to Graph and to the login authority leave the process: one replaceable function, used by both SDKs.
 * Guarantees: an answer of any status is a value; a rejection means that there is no answer, and its `code` is the system's word for why.
 * Never: retries, follows a redirect, interprets a status.
 */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Absolute; its origin has been checked by whoever sends. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EntraTransport {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}
