/** Why a call did not leave this process, as failures: for a write this means that it had no effect. Pure. */
import { DeadlineExceeded } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { CallOutcome, Operation } from "./caller.ts";
import type { Permits } from "./rate-limiter.ts";

type Named = Pick<Operation, "name">;

export function notSent(failure: Failure): CallOutcome {
  return { kind: "failed", status: undefined, codes: [], failure };
}

export function permitFailure({ name }: Named, why: Exclude<Permits["why"], { readonly kind: "all" }>): Failure {
  if (why.kind === "aborted") return cancelled({ name });
  return {
    class: "Throttled",
    reason: why.isPaused ? "GraphThrottled" : "OwnRateLimit",
    message: why.isPaused
      ? `${name}: not sent, Graph asked this client to wait`
      : `${name}: not sent, the operator's own rate limit for it is used up`,
    fix: why.isPaused
      ? "None: sent when Graph allows it again."
      : "None: sent when there is room. Raise the rates of Graph calls if nobody else writes to the tenant.",
    retryAfterMs: why.retryAfterMs,
  };
}

export function notInTime({ name }: Named, error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return cancelled({ name });
  if (error instanceof DeadlineExceeded) {
    return {
      class: "Transient",
      reason: "TokenLate",
      message: `${name}: not sent, no token in time`,
      fix: "None: tried again.",
    };
  }
  return {
    class: "Bug",
    reason: "NotConnected",
    message: `${name}: not sent`,
    fix: "None: tried again. Report this if it lasts.",
    evidence: { cause: error instanceof Error ? error.name : "unknown" },
  };
}

export function notLeading({ name }: Named): Failure {
  return {
    class: "Transient",
    reason: "NotLeading",
    message: `${name}: not sent, this process may no longer lead`,
    fix: "None: the replica that leads goes on.",
  };
}

function cancelled({ name }: Named): Failure {
  return {
    class: "Transient",
    reason: "Cancelled",
    message: `${name}: not sent, the pass ended first`,
    fix: "None: tried again.",
  };
}
