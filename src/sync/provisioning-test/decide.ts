/**
 * The next step of a test: rest, wait, begin a run, provision a batch, read AD, or give up.
 * Guarantees: a run that began ends, by its deadline at the latest (L2); nothing is provisioned while it is refused, in the middle of a run too (S6).
 */
import type { RunCause } from "../../api/provisioning-test.ts";
import { runDue } from "./due.ts";
import { runRefusal, type Refusal } from "./refusal.ts";
import type { TestRun, TestSnapshot, Verdict } from "./snapshot.ts";

export type TestAction =
  | { readonly kind: "rest"; readonly untilMs?: number }
  /** Due, or under way, and withheld. */
  | { readonly kind: "wait"; readonly refusal: Refusal; readonly untilMs?: number }
  | { readonly kind: "begin"; readonly cause: RunCause; readonly request?: string }
  | { readonly kind: "provision"; readonly run: TestRun }
  | { readonly kind: "read"; readonly run: TestRun }
  /** Until the proof is read again. */
  | { readonly kind: "pause"; readonly run: TestRun; readonly untilMs: number }
  | { readonly kind: "giveUp"; readonly run: TestRun; readonly verdict: Verdict };

/** Ten batches under a Retry-After of minutes, and three looks at AD, fit into this. */
export const RUN_TIMEOUT_MS = 30 * 60_000;

export function decideTest(snapshot: TestSnapshot): TestAction {
  const { test } = snapshot;
  if (test.metadata.deletionTimestamp !== undefined) return { kind: "rest" };
  const { run } = test.status;
  return run === undefined ? decideDue(snapshot) : decideRun(run, snapshot);
}

function decideDue(snapshot: TestSnapshot): TestAction {
  const due = runDue(snapshot);
  const refusal = runRefusal(snapshot);
  switch (due.kind) {
    case "now": {
      if (refusal !== undefined) return { kind: "wait", refusal };
      const { cause, request } = due;
      return { kind: "begin", cause, ...(request === undefined ? {} : { request }) };
    }
    case "at":
      return { kind: "rest", untilMs: due.atMs };
    case "asked":
      // A schedule that nobody can read is never due: it is said all the same.
      return refusal?.reason === "ScheduleUnreadable" ? { kind: "wait", refusal } : { kind: "rest" };
  }
}

function decideRun(run: TestRun, snapshot: TestSnapshot): TestAction {
  const { test, nowMs } = snapshot;
  const giveUp = (reason: string, message: string): TestAction => ({
    kind: "giveUp",
    run,
    verdict: { result: "Unknown", reason, message },
  });
  if (run.generation !== test.metadata.generation)
    return giveUp("Superseded", "The test was changed while it ran: it is run anew.");
  const refusal = runRefusal(snapshot);
  const deadlineMs = Date.parse(run.deadline);
  if (nowMs >= deadlineMs) {
    const cause = run.phase === "Provision" ? refusal : undefined;
    return giveUp(cause?.reason ?? "RunTimedOut", cause?.message ?? "The run did not end in time: it is made again.");
  }
  switch (run.phase) {
    case "Provision":
      return refusal === undefined ? { kind: "provision", run } : { kind: "wait", refusal, untilMs: deadlineMs };
    case "Before":
    case "Prove": {
      const retryAtMs = run.retryAt === undefined ? nowMs : Date.parse(run.retryAt);
      return retryAtMs > nowMs ? { kind: "pause", run, untilMs: retryAtMs } : { kind: "read", run };
    }
    case "Unknown":
      return giveUp("PhaseUnknown", "The run was begun by a newer version of the operator: it is made again.");
  }
}
