/**
 * Where one host step stands, from the stored intent and the host's answer.
 * Guarantees: an intent is stored before every send; an attempt of unknown outcome is looked for before it is sent again; every wait has a
 * deadline (L2); a refused credential is never tried again by itself.
 * Never: decides from a command's absence that it did not run.
 */
import { ANNOTATIONS } from "../../api/kinds.ts";
import type { AgentSnapshot, StepError } from "./snapshot.ts";
import type { HostStep } from "./steps.ts";
import { unreachable } from "../../runtime/unreachable.ts";

export type StepProgress =
  /** With `takesSlot` the domain's registration slot is taken first, and nothing is sent without it (S11). */
  | { readonly kind: "begin"; readonly attempt: number; readonly takesSlot: boolean }
  | { readonly kind: "awaitSlot"; readonly holder: string; readonly untilMs: number }
  | { readonly kind: "resume" } // intent stored, command id not: find it, send only if it is not there
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "complete"; readonly facts: Readonly<Record<string, unknown>> }
  | {
      readonly kind: "fail";
      readonly error: StepError;
      readonly isStalled: boolean;
      readonly retryAtMs: number | undefined;
      readonly mustCancel: boolean;
    }
  | {
      readonly kind: "retryLater";
      readonly error: StepError;
      readonly isStalled: boolean;
      readonly untilMs: number | undefined;
    };

const RETRY_DELAY_MIN_MS = 15_000;
const RETRY_DELAY_MAX_MS = 10 * 60_000;

export function stepProgress(snapshot: AgentSnapshot, step: HostStep): StepProgress {
  const stored = snapshot.agent.status.step;
  if (stored === undefined || stored.name !== step.name) return beginUnderSlot(snapshot, step, 1);
  if (stored.lastError !== undefined)
    return afterFailure(snapshot, step, stored.attempts, stored.lastError, stored.retryAt);
  const deadlineMs = Date.parse(stored.deadline);
  switch (snapshot.step.kind) {
    case "succeeded": {
      const refusal = step.refusal?.(snapshot.step.facts);
      if (refusal !== undefined) return failed(snapshot, stored.attempts, refusal, false);
      return { kind: "complete", facts: snapshot.step.facts };
    }
    case "failed":
      return failed(snapshot, stored.attempts, snapshot.step.error, false);
    case "none":
    case "notSent":
    case "running":
      if (snapshot.nowMs > deadlineMs)
        return failed(snapshot, stored.attempts, timedOut(step), snapshot.step.kind === "running");
      return snapshot.step.kind === "running" ? { kind: "wait", untilMs: deadlineMs } : { kind: "resume" };
    default:
      return unreachable(snapshot.step);
  }
}

/** Full-length waits double: 15 s, 30 s, 60 s ... 10 min. */
export function retryDelayMs(attempts: number): number {
  return Math.min(RETRY_DELAY_MAX_MS, RETRY_DELAY_MIN_MS * 2 ** Math.max(0, attempts - 1));
}

export function beginUnderSlot(snapshot: AgentSnapshot, step: HostStep, attempt: number): StepProgress {
  const { slot, nowMs } = snapshot;
  if (!step.needsRegistrationSlot) return { kind: "begin", attempt, takesSlot: false };
  switch (slot.kind) {
    case "mine":
      return { kind: "begin", attempt, takesSlot: slot.deadlineMs <= nowMs };
    case "free":
      return { kind: "begin", attempt, takesSlot: true };
    case "held":
      return { kind: "awaitSlot", holder: slot.holder, untilMs: slot.deadlineMs };
    default:
      return unreachable(slot);
  }
}

function failed(
  { limits, nowMs }: AgentSnapshot,
  attempts: number,
  error: StepError,
  mustCancel: boolean,
): StepProgress {
  const { isSpent, retryAtMs } = retryAfter(limits, nowMs, attempts, error.class);
  return { kind: "fail", error, isStalled: isSpent, retryAtMs, mustCancel };
}

/** `retryAtMs` undefined: only when a person asks. A refused credential may lock its account. */
export function retryAfter(
  { stepAttemptsMax }: AgentSnapshot["limits"],
  nowMs: number,
  attempts: number,
  errorClass: string,
): { readonly isSpent: boolean; readonly retryAtMs: number | undefined } {
  const isSpent = errorClass !== "Transient" || attempts >= stepAttemptsMax;
  const delayMs = isSpent ? RETRY_DELAY_MAX_MS : retryDelayMs(attempts);
  return { isSpent, retryAtMs: errorClass === "Credential" ? undefined : nowMs + delayMs };
}

function afterFailure(
  snapshot: AgentSnapshot,
  step: HostStep,
  attempts: number,
  error: StepError,
  retryAt: string | undefined,
): StepProgress {
  const isSpent = error.class !== "Transient" || attempts >= snapshot.limits.stepAttemptsMax;
  const retryAtMs = retryAt === undefined ? undefined : Date.parse(retryAt);
  const isDue = isRequested(snapshot) || (retryAtMs !== undefined && snapshot.nowMs >= retryAtMs);
  if (isDue) return beginUnderSlot(snapshot, step, attempts + 1);
  return { kind: "retryLater", error, isStalled: isSpent, untilMs: retryAtMs };
}

/** A person asked to try again now: cloudsync.dev/requested-at, answered by status.lastHandledRequest. */
export function isRequested({ agent }: AgentSnapshot): boolean {
  const requested = agent.metadata.annotations?.[ANNOTATIONS.requestedAt];
  return requested !== undefined && requested !== agent.status.lastHandledRequest;
}

function timedOut(step: HostStep): StepError {
  return {
    class: "Transient",
    reason: `${step.name}TimedOut`,
    message: `The step ${step.name} did not end in its time.`,
    fix: "None: it is cancelled and tried again; look at the host if it stays so.",
  };
}
