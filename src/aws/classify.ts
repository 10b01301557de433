/**
 * Translates a failed call by the table of errors.ts, and decides what an answer outside the table means.
 * Guarantees: a write that AWS did not clearly refuse is `UnknownOutcome` (S1); message texts are bounded and free of request ids.
 * Never: a search in message text.
 */
import type { Failure } from "../runtime/failure.ts";
import { FAILURE_MESSAGE_LENGTH_MAX } from "../runtime/failure.ts";
import type { ErrorEntry } from "./errors.ts";
import { AWS_ERRORS, RETRIED } from "./errors.ts";
import { boundedSentence } from "./message.ts";

/** Operating system words for "the request never left this machine" (Node.js, Errors: common system errors). */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

export interface AwsFailure {
  readonly service: string;
  readonly operation: string;
  readonly isWrite: boolean;
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  readonly requestID: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Translates one failed call; see the file's first lines for what it promises. */
export function classifyAws(failure: AwsFailure): Failure {
  const entry = entryFor(failure);
  const { code, service, operation, requestID, httpStatus, retryAfterMs } = failure;
  const text = boundedSentence(failure.message, FAILURE_MESSAGE_LENGTH_MAX - operation.length - code.length - 4);
  return {
    ...entry,
    message: text === "" || text === code ? `${operation}: ${code}` : `${operation}: ${code}: ${text}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    evidence: {
      service,
      operation,
      code,
      ...(requestID === undefined ? {} : { requestID }),
      ...(httpStatus === undefined ? {} : { httpStatus: String(httpStatus) }),
    },
  };
}

function entryFor({ code, isWrite, httpStatus }: AwsFailure): ErrorEntry {
  if (NEVER_SENT.has(code)) return UNREACHABLE;
  const entry = AWS_ERRORS.get(code);
  // A 5xx of the server's own trouble is no refusal: the write may have taken effect (EC2 Developer Guide, Ensuring idempotency).
  const wasRefused = entry === undefined ? isRefusalStatus(httpStatus) : entry.reason !== "ServiceUnavailable";
  if (isWrite && !wasRefused) return OUTCOME_UNKNOWN;
  if (entry !== undefined) return entry;
  if (httpStatus === 429) return { class: "Throttled", reason: "Throttled", fix: RETRIED };
  if (httpStatus === 401 || httpStatus === 403) return UNLISTED_DENIED;
  if (code.endsWith(".NotFound")) return UNLISTED_NOT_FOUND;
  return isRefusalStatus(httpStatus) ? UNLISTED_REFUSED : UNREACHABLE;
}

function isRefusalStatus(httpStatus: number | undefined): boolean {
  return httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500;
}

const UNREACHABLE: ErrorEntry = {
  class: "Transient",
  reason: "EndpointUnreachable",
  fix: "None: tried again. If it lasts, check DNS, proxy and network policy towards the AWS endpoints.",
};
const OUTCOME_UNKNOWN: ErrorEntry = {
  class: "UnknownOutcome",
  reason: "AnswerLost",
  fix: "None: what the call did is looked for before anything is done again.",
};
const UNLISTED_DENIED: ErrorEntry = {
  class: "Denied",
  reason: "ActionDenied",
  fix: "Allow the named action to the role.",
};
const UNLISTED_NOT_FOUND: ErrorEntry = {
  class: "Permanent",
  reason: "ReferenceNotFound",
  fix: "Name a thing that exists in the Region and account.",
};
const UNLISTED_REFUSED: ErrorEntry = {
  class: "Permanent",
  reason: "RequestRefused",
  fix: "Correct what the message names; report the code if it is unclear.",
};
