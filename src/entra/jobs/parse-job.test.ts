import { synchronizationJob } from "./parse-job.ts";

const NEVER = "0001-01-01T00:00:00Z";

test("a job as the vendor's sample shows it: template by its id, year 1 is never, null is absent", () => {
  const job = synchronizationJob.parse({
    id: "AAD2ADGroupProvisioning.8bd7a1d7.0a6f3e8e",
    templateId: "ADDCInPassthrough",
    schedule: { state: "Disabled", interval: "P10675199DT2H48M5.4775807S", expiration: null },
    status: {
      code: "Paused",
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      lastExecution: null,
      steadyStateFirstAchievedTime: NEVER,
      steadyStateLastAchievedTime: "2026-11-01T10:00:00Z",
      quarantine: null,
      troubleshootingUrl: null,
      synchronizedEntryCountByType: [{ key: "Group", value: 3 }],
    },
  });
  expect(job).toEqual({
    id: "AAD2ADGroupProvisioning.8bd7a1d7.0a6f3e8e",
    template: "AAD2ADGroupProvisioning",
    templateID: "ADDCInPassthrough",
    scheduleState: "Disabled",
    status: {
      code: "Paused",
      successiveFailures: 0,
      areEscrowsPruned: false,
      lastExecution: undefined,
      lastSuccessfulExecution: undefined,
      lastSuccessfulExecutionWithExports: undefined,
      steadyStateFirstMs: undefined,
      steadyStateLastMs: Date.UTC(2026, 10, 1, 10),
      quarantine: undefined,
      entryCounts: { Group: 3 },
    },
  });
});

test("a quarantine and an execution keep words that are not known here", () => {
  const { status } = synchronizationJob.parse({
    id: "AAD2ADGroupProvisioning.x",
    status: {
      code: "SomethingNew",
      quarantine: {
        reason: "ReasonOfTomorrow",
        currentBegan: "2026-11-01T00:00:00Z",
        seriesBegan: NEVER,
        seriesCount: 2,
        nextAttempt: "2026-11-02T00:00:00Z",
        error: { code: "E1", message: "m" },
      },
      lastExecution: { state: "EntryLevelErrors", timeBegan: NEVER, timeEnded: NEVER, countEscrowed: 4, error: null },
    },
  });
  expect(status).toMatchObject({
    code: "SomethingNew",
    quarantine: { reason: "ReasonOfTomorrow", seriesCount: 2, seriesBeganMs: undefined, errorCode: "E1" },
    lastExecution: { state: "EntryLevelErrors", escrowed: 4, exported: 0, errorCode: undefined },
  });
});

test("a quarantine in a form that is not understood is still a quarantine (S6)", () => {
  const { status } = synchronizationJob.parse({ id: "x.y", status: { code: "Quarantine", quarantine: "yes" } });
  expect(status.quarantine).toMatchObject({ reason: "Unknown" });
  const bare = synchronizationJob.parse({ id: "x.y", status: { code: "Quarantine", quarantine: null } });
  expect(bare.status.quarantine).toMatchObject({ reason: "Unknown" });
});

test("a job without a status, or with half of one, is read", () => {
  expect(synchronizationJob.parse({ id: "x.y" }).status.code).toBe("");
  expect(synchronizationJob.parse({ id: "x.y", status: null }).status.successiveFailures).toBe(0);
});
