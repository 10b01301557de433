/**
 * Delays of the synchronization service (entra-graph reference, 2.4, 8.1). The vendor no longer states a cadence: 20 minutes is the text of October
 * 2025 [D, dated]. Nothing recurring is ever 0: a world at preset `zero` must not spin.
 */
import type { DelayRows } from "../core/delays.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const always = (ms: number): { readonly realMs: number; readonly demoMs: number; readonly zeroMs: number } => ({
  realMs: ms,
  demoMs: ms,
  zeroMs: ms,
});

export const SYNCHRONIZATION_DELAYS: DelayRows = {
  /** From the beginning of a cycle to that of the next. */
  "synchronization.cycle": { realMs: 20 * MINUTE_MS, demoMs: 5_000, zeroMs: 20 * MINUTE_MS },
  /** From start or restart to the beginning of a cycle [I]. */
  "synchronization.start": { realMs: 40_000, demoMs: 500 },
  /** How long a cycle takes; its changes arrive at its end [I]. */
  "synchronization.duration": { realMs: 30_000, demoMs: 500 },
  /** "Cycle frequency falls to once a day." */
  "synchronization.quarantinedCycle": { realMs: DAY_MS, demoMs: MINUTE_MS, zeroMs: DAY_MS },
  /** "After more than four weeks the job is disabled." */
  "synchronization.quarantineEnd": always(28 * DAY_MS),
  /** Retries of one object after its first failure; then daily until day 28. */
  "synchronization.firstRetry": always(6 * HOUR_MS),
  "synchronization.secondRetry": always(12 * HOUR_MS),
  "synchronization.dailyRetry": always(DAY_MS),
  "synchronization.retryEnd": always(28 * DAY_MS),
};
