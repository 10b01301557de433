/**
 * The one way to Graph: token, permit, one attempt with a deadline, translation of the answer.
 * Guarantees: never rejects; nothing is retried; a write leaves only while this process leads; a write whose answer was lost is
 * `UnknownOutcome`, one that never left is not; Retry-After is honoured to its full length.
 * Never: an SDK type, a decision about what to do next.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../runtime/clock.ts";
import { DeadlineExceeded, withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log.ts";
import { raceAbort } from "../../runtime/race-abort.ts";
import type { EntraAccess, EntraCloud } from "../access/port.ts";
import { clientKey } from "../access/port.ts";
import { classifyGraph, decidingCode } from "../classify.ts";
import { codeKey, GRAPH_ERRORS } from "../errors.ts";
import { PERMIT_WAIT_MS_MAX, READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "../limits.ts";
import type { GraphAnswer } from "./answer.ts";
import { errorCodes, errorMessage, fieldOf, requestIDs, retryAfterMs, textOf } from "./answer.ts";
import type { Creations } from "./creations.ts";
import { notYet } from "./creations.ts";
import type { GraphClient, GraphRequest } from "./graph-client.ts";
import type { GraphMetrics } from "./metrics.ts";
import { notInTime, notLeading, notSent, permitFailure } from "./not-sent.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { BucketName } from "./rate-limits.ts";

export interface Operation {
  /** As logs, metrics and messages name it. */
  readonly name: string;
  readonly bucket: BucketName;
  readonly isWrite: boolean;
  readonly timeoutMs?: number;
}

export type CallOutcome =
  | { readonly kind: "ok"; readonly answer: GraphAnswer }
  /** `status` is undefined when there was no answer, or nothing was sent. `codes` are the vendor's words, outermost first. */
  | {
      readonly kind: "failed";
      readonly status: number | undefined;
      readonly codes: readonly string[];
      readonly failure: Failure;
    };

export interface Call {
  readonly access: EntraAccess;
  readonly operation: Operation;
  readonly request: GraphRequest;
  readonly signal: AbortSignal;
  /** Ids in the path: a refusal of one that was just created means "not yet". */
  readonly subjects?: readonly string[];
}

export interface TokenSource {
  /** Rejects with {@link NotConnected} alone. */
  bearer(access: EntraAccess, signal: AbortSignal): Promise<string>;
  /** Graph no longer accepts what is held: the next call takes a new one. */
  forget(access: EntraAccess): void;
}

/** Thrown where a call cannot be made ready: a failure that is already translated, and nothing was sent. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export interface CallerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly metrics: GraphMetrics;
  readonly tokens: TokenSource;
  readonly graph: (cloud: EntraCloud) => GraphClient;
  readonly creations: Creations;
  /** Asked at the last moment before a write leaves: a pass may have waited long since it was decided. */
  readonly mayWrite: () => boolean;
}

export interface Caller {
  call(call: Call): Promise<CallOutcome>;
  /** As `call`, for a request whose permits were taken already, one a part. */
  send(call: Call): Promise<CallOutcome>;
  /** Takes as many of `count` permits as there are within the time that a pass may wait. */
  permits(
    call: Pick<Call, "access" | "operation" | "signal">,
    count: number,
  ): Promise<{ readonly granted: number; readonly failure: Failure | undefined }>;
  /** Judges one answer: of a call, or of a part of a batch. */
  judge(call: Pick<Call, "access" | "operation" | "subjects">, answer: GraphAnswer): CallOutcome;
}

export function graphCaller(options: CallerOptions): Caller {
  const { clock, limiter, metrics, tokens, graph, mayWrite } = options;
  const permits: Caller["permits"] = async ({ access, operation, signal }, count) => {
    const key = { clientKey: clientKey(access), bucket: operation.bucket };
    const { granted, waitedMs, why } = await limiter.take(key, count, PERMIT_WAIT_MS_MAX, signal);
    if (waitedMs > 0) metrics.bucketWaited(operation.name, waitedMs / 1_000);
    return { granted, failure: why.kind === "all" ? undefined : permitFailure(operation, why) };
  };
  const send: Caller["send"] = async (call) => {
    const { access, operation, request, signal } = call;
    const timeoutMs = operation.timeoutMs ?? (operation.isWrite ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS);
    let token: string;
    try {
      token = await withDeadline(clock, timeoutMs, signal, (attempt) =>
        raceAbort(tokens.bearer(access, attempt), attempt),
      );
    } catch (error) {
      if (error instanceof NotConnected) return notSent(error.failure);
      return notSent(notInTime(operation, error, signal));
    }
    if (operation.isWrite && !mayWrite()) return notSent(notLeading(operation));

    const clientRequestID = randomUUID();
    const startedMs = clock.monotonicMs();
    try {
      const answer = await withDeadline(clock, timeoutMs, signal, (attempt) =>
        raceAbort(graph(access.cloud).send(request, token, clientRequestID, attempt), attempt),
      );
      const outcome = judge(options, call, answer);
      report(options, call, outcome, { startedMs, clientRequestID, answer });
      return outcome;
    } catch (error) {
      const outcome = unanswered(operation, error, clientRequestID);
      report(options, call, outcome, { startedMs, clientRequestID, answer: undefined });
      return outcome;
    }
  };
  return {
    permits,
    send,
    judge: (call, answer) => judge(options, call, answer),
    async call(call) {
      const { failure } = await permits(call, 1);
      return failure === undefined ? send(call) : notSent(failure);
    },
  };
}

function judge(
  { clock, limiter, metrics, tokens, creations }: CallerOptions,
  { access, operation, subjects = [] }: Pick<Call, "access" | "operation" | "subjects">,
  answer: GraphAnswer,
): CallOutcome {
  const { status, headers, body } = answer;
  const key = { clientKey: clientKey(access), bucket: operation.bucket };
  if (status >= 200 && status < 300) {
    limiter.answered(key);
    return { kind: "ok", answer };
  }
  const codes = errorCodes(body);
  const asked = retryAfterMs(headers, clock);
  const failure = classifyGraph({
    operation: operation.name,
    isWrite: operation.isWrite,
    codes,
    message: errorMessage(body),
    status,
    ...requestIDs(answer),
    retryAfterMs: asked,
  });
  if (status === 401) tokens.forget(access);
  // A 503 with Retry-After asks for the same patience as a 429 (entra-graph reference, 10.1).
  if (status !== 429 && !(status === 503 && asked !== undefined)) {
    return { kind: "failed", status, codes, failure: creations.isRecent(subjects) ? notYet(failure, status) : failure };
  }
  metrics.throttled(operation.name);
  return { kind: "failed", status, codes, failure: { ...failure, retryAfterMs: limiter.throttled(key, asked) } };
}

function unanswered(operation: Operation, error: unknown, clientRequestID: string): CallOutcome {
  // Node's and undici's errors carry the system's word in `code`, or in that of their cause.
  const code = textOf(fieldOf(error, "code")) ?? textOf(fieldOf(fieldOf(error, "cause"), "code"));
  const codes = [
    error instanceof DeadlineExceeded ? error.name : (code ?? textOf(fieldOf(error, "name")) ?? "NoAnswer"),
  ];
  const failure = classifyGraph({
    operation: operation.name,
    isWrite: operation.isWrite,
    codes,
    message: "",
    status: undefined,
    requestID: undefined,
    clientRequestID,
    retryAfterMs: undefined,
  });
  return { kind: "failed", status: undefined, codes, failure };
}

/** Writes are few and leave a line each, with the ids that the vendor's support asks for; reads tell only whoever asks for `debug`. */
function report(
  { clock, log, metrics }: CallerOptions,
  { operation, access }: Call,
  outcome: CallOutcome,
  {
    startedMs,
    clientRequestID,
    answer,
  }: { readonly startedMs: number; readonly clientRequestID: string; readonly answer: GraphAnswer | undefined },
): void {
  const elapsedMs = clock.monotonicMs() - startedMs;
  metrics.requestEnded(operation.name, metricCode(outcome), elapsedMs / 1_000);
  const level = operation.isWrite ? (outcome.kind === "ok" ? "info" : "warn") : "debug";
  log[level]("graph call", {
    op: operation.name,
    tenantID: access.tenantID,
    clientID: access.clientID,
    code: outcome.kind === "ok" ? "OK" : decidingCode(outcome),
    status: answer?.status,
    elapsedMs: Math.round(elapsedMs),
    clientRequestID,
    requestID: answer === undefined ? undefined : requestIDs(answer).requestID,
  });
}

export function metricCode(outcome: CallOutcome): string {
  if (outcome.kind === "ok") return "OK";
  const code = decidingCode(outcome);
  return GRAPH_ERRORS.has(codeKey(code)) ? code : outcome.status === undefined ? "NoAnswer" : "Unlisted";
}
