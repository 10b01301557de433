/** What one step of a run comes to: the next status, what is withheld and why, and when to look again. */
import type { ProvisioningTestStatus } from "../../api/provisioning-test.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import type { Refusal } from "../../sync/provisioning-test/refusal.ts";
import type { Verdict } from "../../sync/provisioning-test/snapshot.ts";

export interface TestOutcome {
  /** The status after the step, without its conditions. */
  readonly status: ProvisioningTestStatus;
  readonly withheld?: Refusal;
  /** Set when the run has ended. */
  readonly ended?: Verdict;
  /** 0: at once. Absent: a change wakes the loop, or `revisitMs` of the plan. */
  readonly revisitMs?: number;
}

/** A call that did not work holds a run back; whether a person has to act follows from its class. */
export function withheldBy(failure: Failure): Refusal {
  const isStalled = failure.class === "Denied" || failure.class === "Permanent";
  return { reason: failure.reason, message: sentenceOf(failure), isStalled };
}
