/**
 * Conditions as the Kubernetes API conventions want them.
 * Guarantees: `lastTransitionTime` changes only with `status`; every declared type is present (Unknown until judged);
 * sorted by type, so that equal facts give equal documents and no write.
 * Never: reads a clock; drops a type that another manager owns (it is not in the output: server-side apply keeps it).
 * Source: kubernetes/community, api-conventions.md, "Typical status properties".
 */
import { FAILURE_MESSAGE_LENGTH_MAX } from "../runtime/failure.ts";

export type ConditionStatus = "True" | "False" | "Unknown";

export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string; // CamelCase
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string; // RFC 3339, whole seconds
}

/** What a loop found out; the times are added by {@link mergeConditions}. */
export interface Finding {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** Reason of a declared type that nothing has judged yet (the same word as Karpenter's). */
export const AWAITING_RECONCILIATION = "AwaitingReconciliation";

export interface MergeInput {
  /** `status.conditions` as it stands; absent on the first visit. */
  readonly previous: readonly Condition[] | undefined;
  /** Every type this loop owns, in any order. */
  readonly types: readonly string[];
  readonly findings: readonly Finding[];
  readonly generation: number;
  /** The one instant of this pass, wall clock. */
  readonly nowMs: number;
}

/** The complete list of the owned conditions, ready for `status.conditions`. */
export function mergeConditions(input: MergeInput): readonly Condition[] {
  const { previous, types, findings, generation, nowMs } = input;
  const stray = findings.find((finding) => !types.includes(finding.type));
  if (stray !== undefined) throw new Error(`condition ${stray.type} is not one of ${types.join(", ")}`);
  const now = rfc3339Seconds(nowMs);
  return [...types].sort().map((type) => {
    const before = previous?.find((condition) => condition.type === type);
    const finding = findings.find((candidate) => candidate.type === type) ?? unjudged(type);
    const isSameStatus = before?.status === finding.status;
    return {
      type,
      status: finding.status,
      reason: finding.reason,
      message: finding.message.slice(0, FAILURE_MESSAGE_LENGTH_MAX),
      observedGeneration: generation,
      lastTransitionTime: isSameStatus ? before.lastTransitionTime : now,
    };
  });
}

function unjudged(type: string): Finding {
  return { type, status: "Unknown", reason: AWAITING_RECONCILIATION, message: "Not judged yet." };
}

/** The form in which the API server stores times: a fraction would be cut and look like a change. */
export function rfc3339Seconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
