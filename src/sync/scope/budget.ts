/**
 * How many groups may still leave, or newly come in, within a rolling window.
 * Guarantees: the window counts what was removed before a restart, approved removals too; a percentage rounds down but to at least 1; what was removed
 * before the ledger began is unknown, and counts as everything until a whole window has passed.
 * Never: gives a scope more than the configuration.
 */
import { durationMs } from "../../api/durations.ts";
import type { LedgerMeta, Removed } from "./ledger.ts";

export interface RemovalCeiling {
  readonly maxCount: number;
  readonly maxPercent: number;
  readonly window: string;
}

export interface Remaining {
  readonly count: number;
  readonly limit: number;
  readonly used: number;
}

/** @param inScope groups in scope now: what was removed in the window is added back, so that the share is of what was there at its beginning */
export function remaining(
  { maxCount, maxPercent, window }: RemovalCeiling,
  removed: readonly Removed[],
  inScope: number,
  nowMs: number,
): Remaining {
  const sinceMs = nowMs - durationMs(window);
  const used = removed.reduce((sum, { atMs, count }) => (atMs > sinceMs ? sum + count : sum), 0);
  const share = Math.max(1, Math.floor(((inScope + used) * maxPercent) / 100));
  const limit = Math.min(maxCount, share);
  return { count: Math.max(0, limit - used), limit, used };
}

export function isHistoryKnown(
  { startedMs, foundAtStart }: LedgerMeta,
  { window }: RemovalCeiling,
  nowMs: number,
): boolean {
  return foundAtStart === 0 || nowMs - startedMs >= durationMs(window);
}
