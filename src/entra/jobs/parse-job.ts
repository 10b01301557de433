/**
 * From Graph's synchronizationJob to ours (entra-graph reference, 2.3, 2.4).
 * Guarantees: unknown words stay as they are; year 1 and null are `undefined`; a job without a status is a job whose code is ""; a quarantine that
 * cannot be read is one (S6).
 */
import * as z from "zod";
import { count, instant, maybeText, text } from "../call/wire.ts";
import type { Execution, Quarantine, SynchronizationJob } from "./port.ts";

const errorCode = z.object({ code: maybeText }).optional().catch(undefined);

const execution = z
  .object({
    state: maybeText,
    timeBegan: instant,
    timeEnded: instant,
    countEscrowed: count,
    countExported: count,
    error: errorCode,
  })
  .transform((value): Execution => ({
    state: value.state ?? "",
    beganMs: value.timeBegan,
    endedMs: value.timeEnded,
    escrowed: value.countEscrowed,
    exported: value.countExported,
    errorCode: value.error?.code,
  }))
  .optional()
  .catch(undefined);

const UNREAD_QUARANTINE: Quarantine = {
  reason: "Unknown",
  beganMs: undefined,
  seriesBeganMs: undefined,
  seriesCount: 0,
  nextAttemptMs: undefined,
  errorCode: undefined,
};

const quarantine = z
  .object({
    reason: maybeText,
    currentBegan: instant,
    seriesBegan: instant,
    seriesCount: count,
    nextAttempt: instant,
    error: errorCode,
  })
  .transform((value): Quarantine => ({
    reason: value.reason ?? "Unknown",
    beganMs: value.currentBegan,
    seriesBeganMs: value.seriesBegan,
    seriesCount: value.seriesCount,
    nextAttemptMs: value.nextAttempt,
    errorCode: value.error?.code,
  }))
  .nullish()
  .catch(UNREAD_QUARANTINE);

const status = z
  .object({
    code: maybeText,
    countSuccessiveCompleteFailures: count,
    escrowsPruned: z.boolean().catch(false),
    lastExecution: execution,
    lastSuccessfulExecution: execution,
    lastSuccessfulExecutionWithExports: execution,
    steadyStateFirstAchievedTime: instant,
    steadyStateLastAchievedTime: instant,
    quarantine,
    synchronizedEntryCountByType: z.array(z.object({ key: text, value: z.number() })).catch([]),
  })
  .partial()
  .catch({});

export const synchronizationJob = z
  .object({
    id: text,
    templateId: maybeText,
    schedule: z.object({ state: maybeText }).optional().catch(undefined),
    status,
  })
  .transform(({ id, templateId, schedule, status: read }): SynchronizationJob => ({
    id,
    template: id.split(".", 1)[0] ?? id,
    templateID: templateId ?? "",
    scheduleState: schedule?.state ?? "",
    status: {
      code: read.code ?? "",
      successiveFailures: read.countSuccessiveCompleteFailures ?? 0,
      areEscrowsPruned: read.escrowsPruned ?? false,
      lastExecution: read.lastExecution,
      lastSuccessfulExecution: read.lastSuccessfulExecution,
      lastSuccessfulExecutionWithExports: read.lastSuccessfulExecutionWithExports,
      steadyStateFirstMs: read.steadyStateFirstAchievedTime,
      steadyStateLastMs: read.steadyStateLastAchievedTime,
      quarantine: read.quarantine ?? (read.code === "Quarantine" ? UNREAD_QUARANTINE : undefined),
      entryCounts: Object.fromEntries((read.synchronizedEntryCountByType ?? []).map(({ key, value }) => [key, value])),
    },
  }));
