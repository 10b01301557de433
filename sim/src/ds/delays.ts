/**
 * Delays of Directory Service. Documented: creation takes 20 to 45 minutes, an impairment is usually resolved within 40 (Directory Service
 * Administration Guide, "Understanding your directory status"). How these split over stages and steps is chosen [unverified].
 */
import type { DelayRows } from "../core/delays.ts";

const MINUTE_MS = 60_000;

export const DIRECTORY_DELAYS: DelayRows = {
  "ds.requested": { realMs: 10_000, demoMs: 500 },
  "ds.creating": { realMs: 25 * MINUTE_MS, demoMs: 3_000 },
  "ds.created": { realMs: 5 * MINUTE_MS, demoMs: 1_000 },
  /** How long a controller stays Impaired or Failed until its replacement is begun; never at once, or nobody would see it broken. */
  "ds.controllerReplacement": { realMs: 20 * MINUTE_MS, demoMs: 20_000, zeroMs: 20 * MINUTE_MS },
  "ds.controllerCreating": { realMs: 15 * MINUTE_MS, demoMs: 3_000 },
};
