/**
 * Delays of EC2. The documented ones: terminated instances stay visible about an hour, `NotFound` for seconds after a launch, checks
 * each minute (EC2 Developer Guide, "Eventual consistency"; EC2 User Guide, "Terminate instances"). Boot and stop times are estimates [unverified].
 */
import type { DelayRows } from "../core/delays.ts";

const HOUR_MS = 3_600_000;

export const EC2_DELAYS: DelayRows = {
  "ec2.pending": { realMs: 15_000, demoMs: 800 },
  "ec2.stopping": { realMs: 45_000, demoMs: 1_000 },
  "ec2.shuttingDown": { realMs: 45_000, demoMs: 1_000 },
  /** From power off to power on; what the guest's own boot takes comes on top. */
  "ec2.reboot": { realMs: 15_000, demoMs: 300 },
  "ec2.statusInitializing": { realMs: 180_000, demoMs: 2_000 },
  /** A guest that hangs fails the instance status check after so long. */
  "ec2.statusImpaired": { realMs: 120_000, demoMs: 2_000 },
  "ec2.notFoundWindow": { realMs: 2_000, demoMs: 300 },
  "ec2.tagLag": { realMs: 3_000, demoMs: 400 },
  /** associating becomes associated, disassociating is gone: no figure in the API Reference [unverified]. */
  "ec2.profileAssociating": { realMs: 5_000, demoMs: 300 },
  "ec2.terminatedVisible": { realMs: HOUR_MS, demoMs: HOUR_MS, zeroMs: HOUR_MS },
  /** Lower it to see terminated instances without tags (EC2 Developer Guide warns of both). */
  "ec2.terminatedTagsVisible": { realMs: HOUR_MS, demoMs: HOUR_MS, zeroMs: HOUR_MS },
  /** After the end of the instance; "at least 24 h" by Ansible's documentation of the rule, no number in AWS's current text. */
  "ec2.tokenMemory": { realMs: 24 * HOUR_MS, demoMs: 24 * HOUR_MS, zeroMs: 24 * HOUR_MS },
};
