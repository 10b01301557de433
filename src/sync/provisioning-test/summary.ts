/**
 * What a test's status says to people and tools.
 * Guarantees: Passed and Ready speak of the present generation only; waiting is told with its reason; nothing moves at rest (L1).
 */
import type { Refusal } from "./refusal.ts";
import type { TestSnapshot } from "./snapshot.ts";
import { runDue } from "./due.ts";

export interface TestFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** @param withheld why a run that is due does not begin or go on */
export function testFindings(snapshot: TestSnapshot, withheld: Refusal | undefined): readonly TestFinding[] {
  const passed = passedFinding(snapshot, withheld);
  return [passed, { ...passed, type: "Ready" }, ...progressFindings(snapshot, withheld), pausedFinding(snapshot)];
}

function passedFinding({ test }: TestSnapshot, withheld: Refusal | undefined): TestFinding {
  const type = "Passed";
  const { last } = test.status;
  if (last === undefined || last.generation !== test.metadata.generation) {
    return {
      type,
      status: "Unknown",
      reason: withheld?.reason ?? "NotRunYet",
      message: withheld?.message ?? "The test has not been run as it is now.",
    };
  }
  const status = last.result === "Passed" ? "True" : last.result === "Failed" ? "False" : "Unknown";
  return { type, status, reason: last.reason ?? last.result, message: last.message ?? "" };
}

function progressFindings(snapshot: TestSnapshot, withheld: Refusal | undefined): readonly TestFinding[] {
  const { test } = snapshot;
  const stall = withheld?.isStalled === true ? withheld : finalFailure(snapshot);
  const moving =
    test.status.run === undefined
      ? withheld?.isStalled === false
        ? withheld
        : undefined
      : { reason: withheld?.reason ?? "Running", message: withheld?.message ?? "" };
  return [
    stall === undefined || moving !== undefined
      ? { type: "Stalled", status: "False", reason: "NotStalled", message: "" }
      : { type: "Stalled", status: "True", reason: stall.reason, message: stall.message },
    moving === undefined
      ? { type: "Reconciling", status: "False", reason: stall === undefined ? "AtRest" : "Stalled", message: "" }
      : { type: "Reconciling", status: "True", reason: moving.reason, message: moving.message },
  ];
}

/** A failure that no later run looks at again waits for a person. */
function finalFailure(snapshot: TestSnapshot): { readonly reason: string; readonly message: string } | undefined {
  const { last } = snapshot.test.status;
  if (last?.result !== "Failed" || runDue(snapshot).kind !== "asked") return undefined;
  return { reason: last.reason ?? "Failed", message: last.message ?? "" };
}

function pausedFinding({ mode }: TestSnapshot): TestFinding {
  const isPaused = mode.kind === "paused";
  return {
    type: "Paused",
    status: isPaused ? "True" : "False",
    reason: mode.kind === "enforce" ? "NotPaused" : mode.reason,
    message: mode.kind === "enforce" ? "" : mode.message,
  };
}
