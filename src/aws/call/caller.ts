/**
 * The one way to AWS: credentials, permit, one attempt with a deadline, translation of the answer.
 * Guarantees: never rejects; nothing is retried; a write leaves only while this process leads; a write whose answer was lost is
 * `UnknownOutcome`, one that never left is not.
 * Never: an SDK type, a decision about what to do next.
 */
import type { Clock } from "../../runtime/clock.ts";
import { DeadlineExceeded, withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { classifyAws } from "../classify.ts";
import { AWS_ERRORS } from "../errors.ts";
import { PERMIT_WAIT_MS_MAX, READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "../limits.ts";
import type { AwsMetrics } from "./metrics.ts";
import { raceAbort } from "../../runtime/race-abort.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { BucketName } from "./rate-limits.ts";
import { readThrown } from "./thrown.ts";

export interface Operation {
  readonly service: "ec2" | "ssm" | "sts";
  readonly name: string;
  readonly bucket: BucketName;
  readonly isWrite: boolean;
  /** Longest wait for a permit; a pass of a loop waits {@link PERMIT_WAIT_MS_MAX} unless told otherwise. */
  readonly permitWaitMsMax?: number;
}

export interface Place {
  readonly accountID: string;
  readonly region: string;
}

export type CallOutcome<Output> =
  | { readonly kind: "ok"; readonly output: Output }
  /** `code` is the provider's word, or "" when the call never left this process. */
  | { readonly kind: "failed"; readonly code: string; readonly failure: Failure };

export interface Call<Client, Output> {
  readonly place: Place;
  readonly operation: Operation;
  readonly signal: AbortSignal;
  /** Makes ready what the call needs; what it throws means that nothing was sent. */
  readonly connect: () => Promise<Client>;
  readonly send: (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Output>;
}

export interface Caller {
  call<Client, Output>(call: Call<Client, Output>): Promise<CallOutcome<Output>>;
}

/** Thrown by `connect` functions: a failure that is already translated. */
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
  readonly limiter: RateLimiter;
  readonly metrics: AwsMetrics;
  /** Asked at the last moment before a write leaves: a pass may have waited long since it was decided. */
  readonly mayWrite: () => boolean;
}

export function awsCaller({ clock, limiter, metrics, mayWrite }: CallerOptions): Caller {
  return {
    async call(call) {
      const { operation, signal, place } = call;
      const labels = { service: operation.service, op: operation.name };
      const bucketKey = { ...place, bucket: operation.bucket };
      const timeoutMs = operation.isWrite ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS;

      const connection = await connected(call, clock, timeoutMs);
      if (connection.kind === "failed") return connection;

      const permit = await limiter.take(bucketKey, operation.permitWaitMsMax ?? PERMIT_WAIT_MS_MAX, signal);
      if (permit.kind !== "granted") return notSent(permitFailure(operation, permit));
      if (permit.waitedMs > 0) metrics.bucketWaited(labels, permit.waitedMs / 1_000);
      if (operation.isWrite && !mayWrite()) return notSent(notLeading(operation));

      const startedMs = clock.monotonicMs();
      const ended = (code: string): void =>
        metrics.requestEnded(labels, code, (clock.monotonicMs() - startedMs) / 1_000);
      try {
        const output = await withDeadline(clock, timeoutMs, signal, (attempt) =>
          raceAbort(call.send(connection.client, { abortSignal: attempt }), attempt),
        );
        ended("OK");
        limiter.answered(bucketKey);
        return { kind: "ok", output };
      } catch (error) {
        const thrown = readThrown(error);
        const failure = classifyAws({ ...labels, ...operation, operation: operation.name, ...thrown });
        ended(AWS_ERRORS.has(thrown.code) ? thrown.code : "Unlisted");
        if (failure.class !== "Throttled") return { kind: "failed", code: thrown.code, failure };
        metrics.throttled(labels);
        const retryAfterMs = limiter.throttled(bucketKey, thrown.retryAfterMs);
        return { kind: "failed", code: thrown.code, failure: { ...failure, retryAfterMs } };
      }
    },
  };
}

type Connection<Client> =
  | { readonly kind: "connected"; readonly client: Client }
  | { readonly kind: "failed"; readonly code: ""; readonly failure: Failure };

async function connected<Client>(
  call: Call<Client, unknown>,
  clock: Clock,
  timeoutMs: number,
): Promise<Connection<Client>> {
  try {
    const client = await withDeadline(clock, timeoutMs, call.signal, (attempt) => raceAbort(call.connect(), attempt));
    return { kind: "connected", client };
  } catch (error) {
    if (error instanceof NotConnected) return notSent(error.failure);
    const isLate = error instanceof DeadlineExceeded;
    return notSent({
      class: isLate || call.signal.aborted ? "Transient" : "Bug",
      reason: isLate ? "CredentialsLate" : call.signal.aborted ? "Cancelled" : "ConnectFailed",
      message: isLate ? `${call.operation.name}: no credentials in time` : `${call.operation.name}: not sent`,
      fix: "None: tried again.",
      evidence: { cause: String(error) },
    });
  }
}

function permitFailure(
  { name }: Operation,
  permit: { readonly kind: "refused"; readonly retryAfterMs: number } | { readonly kind: "aborted" },
): Failure {
  if (permit.kind === "aborted") {
    return {
      class: "Transient",
      reason: "Cancelled",
      message: `${name}: not sent, the pass ended first`,
      fix: "None: tried again.",
    };
  }
  return {
    class: "Throttled",
    reason: "OwnRateLimit",
    message: `${name}: not sent, the operator's own rate limit for it is used up`,
    fix: "None: sent when there is room. Raise --rate-limit if the account allows more.",
    retryAfterMs: permit.retryAfterMs,
  };
}

function notLeading({ name }: Operation): Failure {
  return {
    class: "Transient",
    reason: "NotLeading",
    message: `${name}: not sent, this process may no longer lead`,
    fix: "None: the replica that leads goes on.",
  };
}

function notSent(failure: Failure): { readonly kind: "failed"; readonly code: ""; readonly failure: Failure } {
  return { kind: "failed", code: "", failure };
}
