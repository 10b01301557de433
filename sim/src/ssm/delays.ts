/**
 * Delays of Systems Manager. Documented: heartbeat each 5 minutes after a first random 0-5 minutes (amazon-ssm-agent, agent/health/healthcheck.go).
 * Not documented, chosen: the silence after which a node is ConnectionLost, how long a terminated node stays listed, visibility lags [unverified].
 */
import type { DelayRows } from "../core/delays.ts";

const MINUTE_MS = 60_000;

export const SSM_DELAYS: DelayRows = {
  /** From SendCommand to the first delivery attempt. */
  "ssm.delivery": { realMs: 1_500, demoMs: 200 },
  /** GetCommandInvocation answers InvocationDoesNotExist for so long after SendCommand. */
  "ssm.invocationVisible": { realMs: 1_000, demoMs: 150 },
  /** ListCommands shows a command so long after SendCommand. */
  "ssm.commandVisible": { realMs: 0, demoMs: 0 },
  "ssm.documentActive": { realMs: 500, demoMs: 0 },
  /** Below 1 ms is read as 1 ms. */
  "ssm.heartbeat": { realMs: 5 * MINUTE_MS, demoMs: 5_000, zeroMs: 5 * MINUTE_MS },
  "ssm.connectionLostAfter": { realMs: 6 * MINUTE_MS, demoMs: 12_000, zeroMs: 6 * MINUTE_MS },
  "ssm.terminatedListed": { realMs: 30 * MINUTE_MS, demoMs: 30_000, zeroMs: 30 * MINUTE_MS },
};
