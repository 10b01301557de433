/**
 * When a job goes into quarantine, and what is told of it (entra-graph reference, 2.4; G1:synchronization-synchronizationquarantine). Pure.
 * Guarantees: a series lasts until the quarantine is lifted; each run that leaves it in effect raises its count and renews `currentBegan`
 * ("last evaluated and imposed").
 */
import type { QuarantineLayout } from "../layout/synchronization.ts";

export type QuarantineReason =
  | "EncounteredBaseEscrowThreshold"
  | "EncounteredTotalEscrowThreshold"
  | "EncounteredEscrowProportionThreshold"
  | "EncounteredQuarantineException"
  | "QuarantinedOnDemand"
  | "TooManyDeletes";

export interface SynchronizationError {
  readonly code: string;
  readonly message: string;
  readonly tenantActionable: boolean;
}

export interface Quarantine {
  readonly reason: QuarantineReason;
  readonly error: SynchronizationError;
  readonly currentBeganMs: number;
  readonly nextAttemptMs: number;
  readonly seriesBeganMs: number;
  readonly seriesCount: number;
}

export interface RunEvidence {
  readonly stagedDeletes: number;
  readonly successiveFailures: number;
  readonly entitled: number;
  /** Objects that failed by themselves, and those with a missing reference beside them. */
  readonly escrows: number;
  readonly escrowsWithReferences: number;
}

export function quarantineReason(evidence: RunEvidence, limits: QuarantineLayout): QuarantineReason | undefined {
  if (evidence.stagedDeletes > 0) return "TooManyDeletes";
  if (evidence.successiveFailures >= limits.failedRuns) return "EncounteredQuarantineException";
  if (evidence.escrowsWithReferences >= limits.total) return "EncounteredTotalEscrowThreshold";
  if (evidence.escrows < limits.countingFrom) return undefined;
  if (evidence.escrows > limits.base) return "EncounteredBaseEscrowThreshold";
  const isHighShare = evidence.escrows * 100 > Math.max(1, evidence.entitled) * limits.proportionPercent;
  return isHighShare ? "EncounteredEscrowProportionThreshold" : undefined;
}

export interface Imposition {
  readonly reason: QuarantineReason;
  readonly error: SynchronizationError;
  readonly nowMs: number;
  readonly nextAttemptMs: number;
}

export function imposed(held: Quarantine | undefined, { reason, error, nowMs, nextAttemptMs }: Imposition): Quarantine {
  return {
    reason,
    error,
    currentBeganMs: nowMs,
    nextAttemptMs,
    seriesBeganMs: held?.seriesBeganMs ?? nowMs,
    seriesCount: held === undefined ? 0 : held.seriesCount + 1,
  };
}
