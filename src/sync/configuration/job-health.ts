/**
 * Whether a job does its work, whatever Entra calls its state.
 * Guarantees: a last success that is too old is noticed although the job says Active; the year 1 is "never" (entra-graph reference, 2.3).
 */
import type { Assessment } from "./assessment.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { rfc3339Seconds } from "./instants.ts";
import { quarantineSentence } from "./quarantine.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

interface HealthFinding {
  readonly type: "JobsHealthy";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

export function isHealthy(snapshot: ConfigurationSnapshot, found: Assessment): boolean {
  return jobsFinding(snapshot, found).status !== "False";
}

export function jobsFinding(
  { configuration, nowMs }: ConfigurationSnapshot,
  { quarantine, job }: Assessment,
): HealthFinding {
  const { code, lastSuccessfulExecution, areEscrowsPruned } = job.status;
  if (quarantine !== undefined) return failing("Quarantined", quarantineSentence(quarantine, job));
  if (areEscrowsPruned)
    return failing(
      "EscrowsPruned",
      "Entra dropped object errors to end the first cycle and paused the job: look at the provisioning log, then resume it in the portal.",
    );
  if (code === "Paused") return unknown("Paused");
  if (code !== "Active" && code !== "NotRun") return unknown(code.replaceAll(/[^A-Za-z0-9]/g, "") || "UnknownState");
  const goodMs = lastSuccessfulExecution?.endedMs;
  const startedMs = configuration.status.gate === undefined ? undefined : Date.parse(configuration.status.gate.at);
  if (goodMs === undefined) {
    const isLate = startedMs !== undefined && nowMs - startedMs > CONFIGURATION_BOUNDS.firstSuccessMaxMs;
    return isLate
      ? failing(
          "NeverSucceeded",
          `The job was started at ${rfc3339Seconds(startedMs)} and never ended a cycle well: look at the provisioning log.`,
        )
      : unknown("FirstCycle");
  }
  // A job that was resumed is given the time of a cycle before its old success counts against it.
  const freshMs = Math.max(goodMs, startedMs ?? 0);
  if (nowMs - freshMs > CONFIGURATION_BOUNDS.successAgeMaxMs)
    return failing(
      "SuccessStale",
      `Entra calls the job ${code}, but its last good cycle ended at ${rfc3339Seconds(goodMs)}: look at its agents and at the provisioning log.`,
    );
  return { type: "JobsHealthy", status: "True", reason: "Healthy", message: "" };
}

function failing(reason: string, message: string): HealthFinding {
  return { type: "JobsHealthy", status: "False", reason, message };
}

function unknown(reason: string): HealthFinding {
  return { type: "JobsHealthy", status: "Unknown", reason, message: "" };
}
