/**
 * Every bound of the Kubernetes runtime, with its source, and their relations.
 * Sources: client-go and kube-rs defaults as collected in the operator engineering reference, sections 4.1-4.3.
 */
export const KUBE_LIMITS = {
  callTimeoutMs: 15_000,
  /** A read is tried this often in all; writes once. */
  readAttemptsMax: 3,
  /** A server that asks for more patience than this gets it from the work queue, not from a waiting call. */
  readRetryAfterMaxMs: 2_000,
  readRetryBaseMs: 200,
  connectionsMax: 16,
  answerBytesMax: 64 * 1024 * 1024,

  listPageSize: 500,
  listPagesMax: 2_000,
  listRestartsMax: 3,
  listPageTimeoutMs: 30_000,

  watchTimeoutMinSeconds: 240,
  watchTimeoutMaxSeconds: 480,
  /** API servers send a bookmark about every minute: 150 s without a byte is a dead connection. */
  watchSilenceMs: 150_000,
  watchOvertimeMs: 30_000,
  watchOpenTimeoutMs: 30_000,
  watchLineBytesMax: 16 * 1024 * 1024,
  watchBackoffMinMs: 800,
  watchBackoffMaxMs: 30_000,
  /** A watch that lived this long was healthy: the back-off starts again. */
  watchHealthyMs: 120_000,
  /** A stream that ended sooner was not: reconnecting at once would be a busy loop. */
  watchShortLivedMs: 1_000,
  compareMinMs: 30 * 60_000,
  compareMaxMs: 60 * 60_000,

  workers: 4,
  passTimeoutMs: 60_000,
  resyncMs: 5 * 60_000,
  resyncSpread: 0.2,
  minGapMs: 1_000,
  backoffMinMs: 1_000,
  backoffMaxMs: 5 * 60_000,
  /** Waiting this long is worth one step of priority. */
  priorityStepMs: 10_000,
  staleRecheckMs: 100,
  expectationTimeoutMs: 60_000,

  eventRepeatMs: 120_000,
  eventBurst: 25,
  eventRefillMs: 300_000,
  eventQueueMax: 500,
  eventSubjectsMax: 5_000,
  eventNoteLengthMax: 1_024,

  leaseDurationMs: 15_000,
  leaseRenewDeadlineMs: 10_000,
  leaseRetryMs: 2_000,
  leaseJitter: 1.2,
} as const;

/** Checked once by a test: a limit that contradicts another is a defect of this file. */
export function limitContradictions(limits: Readonly<Record<keyof typeof KUBE_LIMITS, number>>): readonly string[] {
  const rules: readonly (readonly [holds: boolean, sentence: string])[] = [
    [limits.leaseRenewDeadlineMs < limits.leaseDurationMs, "a leader gives up before others may take over"],
    [limits.leaseRetryMs * limits.leaseJitter < limits.leaseRenewDeadlineMs, "a renewal is tried more than once"],
    [
      limits.watchSilenceMs < limits.watchTimeoutMinSeconds * 1_000,
      "silence is found before the watch would end anyway",
    ],
    [limits.passTimeoutMs > limits.callTimeoutMs, "a pass has room for a call"],
    [limits.backoffMinMs <= limits.backoffMaxMs, "back-off grows"],
    [limits.staleRecheckMs < limits.expectationTimeoutMs, "an expectation is looked at before it expires"],
  ];
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}
