/**
 * Decides whether the job of a configuration in sync is started, paused or restarted.
 * Guarantees: `start` from Paused only, and only behind an open gate; one restart for a real change and none otherwise; a quarantined job never gets here.
 */
import { ANNOTATIONS } from "../../api/kinds.ts";
import { hold, type ConfigurationAction } from "./action.ts";
import type { Assessment } from "./assessment.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { judgeGate } from "./gate.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

const RUNS: ReadonlySet<string> = new Set(["Active", "NotRun"]);

export function decideRunning(snapshot: ConfigurationSnapshot, { job, schemaHash }: Assessment): ConfigurationAction {
  const { configuration, mode, gate } = snapshot;
  const { code } = job.status;
  const isWanted = configuration.spec.state === "Running";
  const isRunning = RUNS.has(code);
  if (!isRunning && code !== "Paused")
    return hold(
      "stalled",
      "JobNotStartable",
      `Entra reports the job as ${code}, from which it is not started here: look at it in the portal.`,
    );
  if (schemaHash === undefined) return { kind: "rest" };
  const action = isWanted
    ? isRunning
      ? restartOwed(snapshot, job.id)
      : ({ kind: "start", jobID: job.id, schemaHash } as const)
    : isRunning
      ? ({ kind: "pause", jobID: job.id, reason: "DeclaredPaused" } as const)
      : undefined;
  if (action === undefined) return { kind: "rest" };
  if (action.kind === "start") {
    const verdict = judgeGate(configuration, gate, schemaHash);
    if (verdict.kind === "closed") return hold("person", verdict.reason, verdict.message);
  }
  return mode.kind === "enforce" ? action : hold("waiting", mode.reason, mode.message);
}

function restartOwed({ configuration }: ConfigurationSnapshot, jobID: string): ConfigurationAction | undefined {
  const { restart, lastHandledRequest } = configuration.status;
  if (restart === undefined) return undefined;
  const isAsked = (configuration.metadata.annotations?.[ANNOTATIONS.requestedAt] ?? "") !== (lastHandledRequest ?? "");
  if (isAsked || restart.attempts < CONFIGURATION_BOUNDS.restartAttemptsMax)
    return { kind: "restart", jobID, flags: [], cause: { kind: "change" } };
  return hold(
    "stalled",
    "RestartUnanswered",
    "A restart after a change was asked for twice without an answer: look in the portal whether the job runs a full cycle; the annotation cloudsync.dev/requested-at asks once more.",
  );
}
