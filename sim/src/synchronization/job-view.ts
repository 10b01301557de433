/** A job as Graph shows it (entra-graph reference, 2.3, 2.4). Pure. Guarantees: every field of the status is there; "never" is year 1. */
import type { Execution, Job } from "./job.ts";
import { shownTemplateID } from "./job-id.ts";
import type { Quarantine } from "./quarantine.ts";

type Document = Readonly<Record<string, unknown>>;
const NEVER = "0001-01-01T00:00:00Z";
/** The placeholder of a new job, whatever its cadence. */
const NEW_INTERVAL = "P10675199DT2H48M5.4775807S";
/** Says 40 minutes regardless of the real cadence. */
const STARTED_INTERVAL = "PT40M";

function instant(ms: number | undefined): string {
  return ms === undefined ? NEVER : new Date(ms).toISOString();
}

export function jobView(job: Job): Document {
  return {
    id: job.id,
    templateId: shownTemplateID(job.templateID),
    schedule: {
      expiration: null,
      interval: job.wasStarted ? STARTED_INTERVAL : NEW_INTERVAL,
      state: scheduleState(job),
    },
    status: statusView(job),
    synchronizationJobSettings: [],
  };
}

function scheduleState({ isStarted, isDisabled, wasStarted }: Job): string {
  if (isDisabled || !wasStarted) return "Disabled";
  return isStarted ? "Active" : "Paused";
}

function statusCode({ isStarted, quarantine, lastExecution }: Job): string {
  if (!isStarted) return "Paused";
  if (quarantine !== undefined) return "Quarantine";
  return lastExecution === undefined ? "NotRun" : "Active";
}

function statusView(job: Job): Document {
  return {
    code: statusCode(job),
    countSuccessiveCompleteFailures: job.successiveFailures,
    escrowsPruned: false,
    lastExecution: executionView(job.lastExecution),
    lastSuccessfulExecution: executionView(job.lastSuccess),
    lastSuccessfulExecutionWithExports: executionView(job.lastSuccessWithExports),
    progress: [],
    quarantine: quarantineView(job.quarantine),
    steadyStateFirstAchievedTime: instant(job.steadyFirstMs),
    steadyStateLastAchievedTime: instant(job.steadyLastMs),
    synchronizedEntryCountByType: job.linked.size === 0 ? [] : [{ key: "Group", value: job.linked.size }],
    troubleshootingUrl: null,
  };
}

function executionView(execution: Execution | undefined): Document | null {
  if (execution === undefined) return null;
  const { activityIdentifier, state, beganMs, endedMs, error, counts } = execution;
  return {
    activityIdentifier,
    state,
    timeBegan: instant(beganMs),
    timeEnded: instant(endedMs),
    error: error === undefined ? null : { ...error },
    countEntitled: counts.entitled,
    countEntitledForProvisioning: counts.entitled,
    countEscrowed: counts.escrowed,
    countEscrowedRaw: counts.escrowed,
    countExported: counts.exported,
    countExports: counts.exported,
    countImported: counts.imported,
    countImportedDeltas: counts.importedDeltas,
    countImportedReferenceDeltas: counts.referenceDeltas,
  };
}

function quarantineView(quarantine: Quarantine | undefined): Document | null {
  if (quarantine === undefined) return null;
  const { reason, error, currentBeganMs, nextAttemptMs, seriesBeganMs, seriesCount } = quarantine;
  return {
    reason,
    error: { ...error },
    currentBegan: instant(currentBeganMs),
    nextAttempt: instant(nextAttemptMs),
    seriesBegan: instant(seriesBeganMs),
    seriesCount,
  };
}
