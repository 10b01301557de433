/**
 * Translates a failed call by the table of errors.ts, and decides what an answer outside the table means.
 * Guarantees: a write that Graph did not clearly refuse is `UnknownOutcome` (S1, S8); the innermost code that the table knows decides.
 * Never: a search in message text.
 */
import type { Failure } from "../runtime/failure.ts";
import { FAILURE_MESSAGE_LENGTH_MAX } from "../runtime/failure.ts";
import type { ErrorEntry } from "./errors.ts";
import { codeKey, GRAPH_ERRORS, RETRIED } from "./errors.ts";
import { boundedSentence } from "./message.ts";

/** Words for "the request never left this machine": Node.js, Errors, common system errors; undici, Errors. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ForeignOrigin",
]);

export interface GraphFailure {
  readonly operation: string;
  readonly isWrite: boolean;
  /** Outermost first; empty when the answer had none. Without an answer: the system's word. */
  readonly codes: readonly string[];
  readonly message: string;
  /** `undefined`: there was no answer. */
  readonly status: number | undefined;
  readonly requestID: string | undefined;
  readonly clientRequestID: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The code that stands for the failure in messages and metrics. */
export function decidingCode({ codes, status }: Pick<GraphFailure, "codes" | "status">): string {
  const known = codes.findLast((code) => GRAPH_ERRORS.has(codeKey(code)));
  return known ?? codes[0] ?? (status === undefined ? "NoAnswer" : `HTTP${status}`);
}

export function classifyGraph(failure: GraphFailure): Failure {
  const { operation, status, requestID, clientRequestID, retryAfterMs } = failure;
  const code = decidingCode(failure);
  const text = boundedSentence(failure.message, FAILURE_MESSAGE_LENGTH_MAX - operation.length - code.length - 4);
  return {
    ...entryFor(failure, code),
    message: text === "" || text === code ? `${operation}: ${code}` : `${operation}: ${code}: ${text}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    evidence: {
      operation,
      code,
      ...(requestID === undefined ? {} : { requestID }),
      ...(clientRequestID === undefined ? {} : { clientRequestID }),
      ...(status === undefined ? {} : { httpStatus: String(status) }),
    },
  };
}

function entryFor({ codes, isWrite, status }: GraphFailure, code: string): ErrorEntry {
  if (status === undefined && codes.some((word) => NEVER_SENT.has(word))) return UNREACHABLE;
  // A 408 or a 5xx says nothing about the effect (entra-graph reference, 10.1: retryable for idempotent calls only).
  if (isWrite && (status === undefined || status === 408 || status >= 500)) return OUTCOME_UNKNOWN;
  if (status === 429) return THROTTLED;
  const entry = GRAPH_ERRORS.get(codeKey(code));
  if (entry !== undefined && status !== undefined) return entry;
  return status === undefined ? UNREACHABLE : byStatus(status);
}

function byStatus(status: number): ErrorEntry {
  if (status >= 500 || status === 408) return UNAVAILABLE;
  return STATUS_ENTRIES.get(status) ?? UNLISTED_REFUSED;
}

const THROTTLED: ErrorEntry = {
  class: "Throttled",
  reason: "GraphThrottled",
  fix: "None: sent when Graph allows it again.",
};
const UNREACHABLE: ErrorEntry = {
  class: "Transient",
  reason: "GraphUnreachable",
  fix: "None: tried again. If it lasts, check DNS, proxy and network policy towards the Graph endpoint of the cloud.",
};
const UNAVAILABLE: ErrorEntry = { class: "Transient", reason: "ServiceUnavailable", fix: RETRIED };
export const OUTCOME_UNKNOWN: ErrorEntry = {
  class: "UnknownOutcome",
  reason: "AnswerLost",
  fix: "None: what the call did is looked for before anything is done again.",
};
const UNLISTED_REFUSED: ErrorEntry = {
  class: "Permanent",
  reason: "RequestRefused",
  fix: "Correct what the message names; report the code if it is unclear.",
};

const STATUS_ENTRIES: ReadonlyMap<number, ErrorEntry> = new Map<number, ErrorEntry>([
  [401, { class: "Transient", reason: "TokenRefused", fix: "None: a new token is taken." }],
  [
    403,
    {
      class: "Denied",
      reason: "PermissionMissing",
      fix: "Grant the application the permission that the named call needs.",
    },
  ],
  [
    404,
    {
      class: "NotFound",
      reason: "NotVisible",
      fix: "None: looked for again. If it was deleted, correct the reference.",
    },
  ],
  [
    409,
    { class: "Conflict", reason: "ExistsAlready", fix: "None: what is there is read before anything else is sent." },
  ],
  [410, { class: "Transient", reason: "DeltaTokenExpired", fix: "None: everything is read anew." }],
  [412, { class: "Conflict", reason: "ChangedMeanwhile", fix: "None: read again, then decided again." }],
  [423, { class: "Transient", reason: "Locked", fix: RETRIED }],
  [424, { class: "Transient", reason: "BatchPartSkipped", fix: RETRIED }],
  [429, THROTTLED],
]);
