/**
 * Reads what an SDK call threw, by shape alone: classes of several SDK copies are not the same class.
 * Guarantees: any value gives a code and a text; only an answer of AWS gives a status. Never: a judgement.
 */
import { DeadlineExceeded } from "../../runtime/clock.ts";

export interface Thrown {
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  readonly requestID: string | undefined;
  readonly retryAfterMs: number | undefined;
}

export function readThrown(error: unknown): Thrown {
  if (error instanceof DeadlineExceeded) {
    return {
      code: error.name,
      message: error.message,
      httpStatus: undefined,
      requestID: undefined,
      retryAfterMs: undefined,
    };
  }
  const metadata = fieldOf(error, "$metadata");
  const httpStatus = numberOf(fieldOf(metadata, "httpStatusCode"));
  const name = textOf(fieldOf(error, "name")) ?? "UnknownError";
  // Errors of sockets and DNS carry the system's word in `code`; answers of AWS carry theirs in `name`.
  const code = httpStatus === undefined ? (textOf(fieldOf(error, "code")) ?? name) : name;
  return {
    code,
    message: textOf(fieldOf(error, "message")) ?? "",
    httpStatus,
    requestID: textOf(fieldOf(metadata, "requestId")),
    retryAfterMs: retryAfterMs(fieldOf(fieldOf(fieldOf(error, "$response"), "headers"), "retry-after")),
  };
}

/** HTTP Semantics, Retry-After: only the form in seconds, which is what AWS sends. */
function retryAfterMs(header: unknown): number | undefined {
  const text = textOf(header);
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) * 1_000 : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
