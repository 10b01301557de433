/**
 * A transport for tests: both SDKs serialise and parse for real, and a function answers instead of a socket.
 * Guarantees: every request is recorded; token requests are answered by themselves unless the script wants them.
 */
import type { EntraTransport, HttpRequest } from "../transport.ts";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  /** From the version on, decoded: `/groups`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the fields of a form. */
  readonly body: unknown;
}

export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The system's word, as of a socket. */
  | { readonly lost: string }
  | "never";

export interface ScriptedTransport extends EntraTransport {
  /** Requests to Graph. */
  readonly seen: SeenRequest[];
  readonly tokenRequests: SeenRequest[];
}

export interface Script {
  readonly graph: (request: SeenRequest) => Answer;
  readonly token?: (request: SeenRequest) => Answer;
}

export function scriptedTransport({ graph, token = () => tokenAnswer() }: Script): ScriptedTransport {
  const seen: SeenRequest[] = [];
  const tokenRequests: SeenRequest[] = [];
  return {
    seen,
    tokenRequests,
    async send(request, signal) {
      signal.throwIfAborted();
      const read = readRequest(request);
      const isToken = read.url.includes("/oauth2/v2.0/token");
      (isToken ? tokenRequests : seen).push(read);
      const answer = isToken ? token(read) : graph(read);
      if (answer === "never")
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        });
      if ("lost" in answer) throw Object.assign(new Error(answer.lost), { code: answer.lost });
      const { status, body, headers = {} } = answer;
      return {
        status,
        headers,
        body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
      };
    },
    close: () => Promise.resolve(),
  };
}

function readRequest({ method, url, headers, body }: HttpRequest): SeenRequest {
  const { host, pathname, searchParams } = new URL(url);
  return {
    method,
    url,
    host,
    path: decodeURIComponent(pathname).replace(/^\/v1\.0/, ""),
    query: Object.fromEntries(searchParams),
    headers,
    body: body === undefined ? undefined : bodyOf(body),
  };
}

function bodyOf(text: string): unknown {
  return text.startsWith("{") ? (JSON.parse(text) as unknown) : Object.fromEntries(new URLSearchParams(text));
}

export const ROLES: readonly string[] = ["Application.Read.All"];
export const OBJECT_ID = "99999999-9999-4999-8999-999999999999";

export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
}

export function tokenAnswer(claims: object = { roles: ROLES, oid: OBJECT_ID }, expiresInSeconds = 3_600): Answer {
  const body = { token_type: "Bearer", expires_in: expiresInSeconds, access_token: jwt(claims) };
  return { status: 200, body, headers: { "content-type": "application/json" } };
}

export function tokenRefusal(number: number, word = "invalid_client", status = 401): Answer {
  const body = {
    error: word,
    error_codes: [number],
    error_description: `AADSTS${number}: told to a person. Trace ID: 0f0f0f0f-0000-4000-8000-000000000000`,
    trace_id: "t",
    correlation_id: "c",
  };
  return { status, body, headers: { "content-type": "application/json" } };
}

export function graphError(
  status: number,
  code: string,
  { message = "told to a person", inner, headers = {} }: GraphErrorOptions = {},
): Answer {
  const innerError = { ...inner, "request-id": "req-bad", "client-request-id": "client-bad", date: "2026-11-22" };
  return { status, body: { error: { code, message, innerError } }, headers: { "request-id": "req-bad", ...headers } };
}

interface GraphErrorOptions {
  readonly message?: string;
  readonly inner?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers each part of a `$batch` by itself; anything else by `other`. */
export function batchAnswers(
  part: (request: { readonly method: string; readonly url: string; readonly body?: unknown }) => Answer,
  other: (request: SeenRequest) => Answer = () => graphError(400, "unexpected"),
): (request: SeenRequest) => Answer {
  return (request) => {
    if (request.path !== "/$batch") return other(request);
    const { requests } = request.body as {
      requests: { id: string; method: string; url: string; body?: unknown }[];
    };
    const responses = requests.flatMap((entry) => {
      const answer = part(entry);
      if (answer === "never" || "lost" in answer) return [];
      return [{ id: entry.id, status: answer.status, headers: { ...answer.headers }, body: answer.body }];
    });
    return { status: 200, body: { responses: responses.reverse() } };
  };
}
