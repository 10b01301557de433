import * as fc from "fast-check";
import { DEFAULT_SYNCHRONIZATION } from "../layout/synchronization.ts";
import { imposed, quarantineReason, type RunEvidence } from "./quarantine.ts";
import { CONTAINER, DOMAIN, OTHER_CONTAINER, SyncBench } from "./test-bench.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMITS = DEFAULT_SYNCHRONIZATION.quarantine;
const fine: RunEvidence = {
  stagedDeletes: 0,
  successiveFailures: 0,
  entitled: 10_000,
  escrows: 0,
  escrowsWithReferences: 0,
};

const rows: readonly (readonly [sentence: string, evidence: Partial<RunEvidence>, reason: string | undefined])[] = [
  ["nothing wrong", {}, undefined],
  ["all of few fail: counting starts at 5,000", { entitled: 100, escrows: 100 }, undefined],
  ["5,000 of 10,000", { escrows: 5_000 }, "EncounteredEscrowProportionThreshold"],
  ["5,000 of 12,500 is not more than 40 %", { escrows: 5_000, entitled: 12_500 }, undefined],
  ["more than 40,000", { escrows: 40_001, entitled: 1_000_000 }, "EncounteredBaseEscrowThreshold"],
  ["60,000 with references", { escrows: 1, escrowsWithReferences: 60_000 }, "EncounteredTotalEscrowThreshold"],
  ["three failed runs", { successiveFailures: 3 }, "EncounteredQuarantineException"],
  ["a held-back deletion", { stagedDeletes: 1 }, "TooManyDeletes"],
];
for (const [sentence, evidence, reason] of rows) {
  test(`${sentence}: ${reason ?? "no quarantine"}`, () =>
    expect(quarantineReason({ ...fine, ...evidence }, LIMITS)).toBe(reason));
}

test("a series keeps its beginning and counts how often it was left in effect", () => {
  const error = { code: "x", message: "x", tenantActionable: true };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 30 }), (gaps) => {
      let nowMs = 0;
      let held: ReturnType<typeof imposed> | undefined;
      for (const gap of gaps) {
        nowMs += gap;
        held = imposed(held, { reason: "TooManyDeletes", error, nowMs, nextAttemptMs: nowMs + 1 });
      }
      expect(held).toMatchObject({ seriesBeganMs: gaps[0], seriesCount: gaps.length - 1, currentBeganMs: nowMs });
    }),
  );
});

const settings = (bench: SyncBench, value: number, more: Readonly<Record<string, unknown>> = {}) => {
  const notifications = {
    Enabled: true,
    Recipients: "ops@contoso.example",
    DeleteThresholdEnabled: true,
    DeleteThresholdValue: value,
    ...more,
  };
  const pairs = { Domain: JSON.stringify({ domain: DOMAIN }), SyncNotificationSettings: JSON.stringify(notifications) };
  bench.sync("PUT", "secrets", { value: Object.entries(pairs).map(([key, text]) => ({ key, value: text })) });
};
const withGroups = (count: number, threshold: number, more: Readonly<Record<string, unknown>> = {}) => {
  const bench = new SyncBench();
  const groups = Array.from({ length: count }, () => bench.assigned());
  const id = bench.startedJob();
  settings(bench, threshold, more);
  return { bench, groups, id };
};

test("a threshold of N lets N-1 deletions through in a run, and holds back N", () => {
  const fewer = withGroups(6, 3);
  for (const group of fewer.groups.slice(0, 2)) fewer.bench.unassign(group);
  fewer.bench.cycle();
  expect(fewer.bench.ad()).toHaveLength(4);
  expect(fewer.bench.job(fewer.id).status.code).toBe("Active");

  const { bench, groups, id } = withGroups(6, 3);
  for (const group of groups.slice(0, 3)) bench.unassign(group);
  bench.cycle();
  expect(bench.ad()).toHaveLength(6);
  expect(bench.job(id).status).toMatchObject({
    code: "Quarantine",
    quarantine: { reason: "TooManyDeletes", seriesCount: 0, error: { code: "TooManyDeletes" } },
  });
  const staged = bench.log().filter(({ provisioningAction }) => provisioningAction.toLowerCase() === "stageddelete");
  expect(staged.map(({ sourceIdentity }) => sourceIdentity.id).toSorted()).toEqual(groups.slice(0, 3));
  expect(bench.service.mails).toMatchObject([
    { recipients: "ops@contoso.example", reason: "TooManyDeletes", jobID: id },
  ]);
});

test("without the threshold all are deleted; it is on at 500 where nothing is configured", () => {
  const { bench, groups } = withGroups(6, 3, { DeleteThresholdEnabled: false });
  for (const group of groups) bench.unassign(group);
  bench.cycle();
  expect(bench.ad()).toEqual([]);
  const second = new SyncBench();
  const many = Array.from({ length: 500 }, () => second.assigned());
  const id = second.startedJob();
  for (const group of many) second.unassign(group);
  second.cycle();
  expect([second.ad().length, second.job(id).status.code]).toEqual([500, "Quarantine"]);
});

test("new groups go on arriving while deletions are held back, once a day", () => {
  const { bench, groups, id } = withGroups(4, 2);
  for (const group of groups) bench.unassign(group);
  bench.cycle();
  bench.assigned();
  bench.clock.advance(20 * HOUR_MS);
  expect(bench.ad()).toHaveLength(4);
  bench.clock.advance(6 * HOUR_MS);
  expect(bench.ad()).toHaveLength(5);
  expect(bench.job(id).status.quarantine).toMatchObject({ seriesCount: 1 });
  // Told once.
  expect(bench.log().filter(({ provisioningAction }) => /stageddelete/i.test(provisioningAction))).toHaveLength(4);
});

test("ForceDeletes lets exactly the held-back deletions through, and the quarantine ends", () => {
  const { bench, groups, id } = withGroups(6, 3);
  for (const group of groups.slice(0, 4)) bench.unassign(group);
  bench.cycle();
  bench.restart(id, "ForceDeletes");
  expect(bench.ad()).toHaveLength(2);
  expect(bench.job(id).status).toMatchObject({ code: "Active", quarantine: null });
});

test("ForceDeletes counts for one run only", () => {
  const { bench, groups, id } = withGroups(8, 3);
  for (const group of groups.slice(0, 4)) bench.unassign(group);
  bench.cycle();
  bench.restart(id, "ForceDeletes");
  for (const group of groups.slice(4)) bench.unassign(group);
  bench.cycle();
  expect(bench.ad()).toHaveLength(4);
  expect(bench.job(id).status.code).toBe("Quarantine");
});

test("the cause repaired and restarted: nothing is deleted, the quarantine ends", () => {
  const { bench, groups, id } = withGroups(4, 2);
  for (const group of groups) bench.unassign(group);
  bench.cycle();
  for (const group of groups) bench.assign(group);
  bench.restart(id);
  expect(bench.ad()).toHaveLength(4);
  expect(bench.job(id).status).toMatchObject({ code: "Active", quarantine: null });
});

test("restarted with the cause still there: quarantined anew", () => {
  const { bench, groups, id } = withGroups(4, 2);
  for (const group of groups) bench.unassign(group);
  bench.cycle();
  bench.restart(id);
  expect(bench.ad()).toHaveLength(4);
  expect(bench.job(id).status).toMatchObject({
    code: "Quarantine",
    quarantine: { reason: "TooManyDeletes", seriesCount: 0 },
  });
});

test("start clears a quarantine without deleting anything; the next run imposes it again", () => {
  const { bench, groups, id } = withGroups(4, 2);
  for (const group of groups) bench.unassign(group);
  bench.cycle();
  bench.sync("POST", `jobs/${id}/start`);
  expect(bench.job(id).status).toMatchObject({ code: "Active", quarantine: null });
  bench.clock.advance(5 * 60_000);
  expect(bench.ad()).toHaveLength(4);
  expect(bench.job(id).status.code).toBe("Quarantine");
});

test("the threshold protects group objects, not memberships", () => {
  const bench = new SyncBench({ layout: { membershipOfOnPremisesUsers: "on" } });
  const group = bench.assigned();
  const users = Array.from({ length: 5 }, () => bench.user());
  for (const user of users) bench.directory.addMember(group, user);
  bench.startedJob();
  settings(bench, 2);
  for (const user of users) bench.directory.removeMember(group, user);
  bench.cycle();
  expect(bench.members(group)).toEqual([]);
});

test("no agent: three failed runs, then quarantine once a day; it ends by itself when an agent is back", () => {
  const bench = new SyncBench();
  bench.assigned();
  const id = bench.startedJob();
  const back = bench.path;
  bench.path = () => ({ kind: "unreached", code: "HybridIdentityServiceNoActiveAgents", message: "none" });
  const group = bench.assigned();
  bench.cycle();
  expect(bench.job(id).status).toMatchObject({
    code: "Active",
    countSuccessiveCompleteFailures: 1,
    lastExecution: { state: "Failed", error: { code: "HybridIdentityServiceNoActiveAgents" } },
  });
  bench.cycle();
  bench.cycle();
  expect(bench.job(id).status).toMatchObject({
    code: "Quarantine",
    countSuccessiveCompleteFailures: 3,
    quarantine: { reason: "EncounteredQuarantineException", error: { code: "HybridIdentityServiceNoActiveAgents" } },
  });
  bench.path = back;
  bench.clock.advance(20 * HOUR_MS);
  expect(bench.adGroup(group)).toBeUndefined();
  bench.clock.advance(6 * HOUR_MS);
  expect(bench.adGroup(group)).toBeDefined();
  expect(bench.job(id).status).toMatchObject({ code: "Active", quarantine: null, countSuccessiveCompleteFailures: 0 });
});

test("after four weeks of quarantine the job is disabled, and stays so until a person starts it", () => {
  const bench = new SyncBench();
  const id = bench.startedJob();
  bench.path = () => ({ kind: "unreached", code: "HybridIdentityServiceNoActiveAgents", message: "none" });
  bench.clock.advance(27 * DAY_MS);
  expect(bench.job(id).schedule["state"]).toBe("Active");
  bench.clock.advance(4 * DAY_MS);
  expect(bench.job(id)).toMatchObject({ schedule: { state: "Disabled" }, status: { code: "Quarantine" } });
  const last = bench.job(id).status.lastExecution;
  bench.clock.advance(5 * DAY_MS);
  expect(bench.job(id).status.lastExecution).toEqual(last);
  bench.sync("POST", `jobs/${id}/start`);
  expect(bench.job(id)).toMatchObject({ schedule: { state: "Active" }, status: { quarantine: null } });
});

test("too many failing groups quarantine the job, with figures of the layout", () => {
  const quarantine = { ...LIMITS, countingFrom: 5 };
  const bench = new SyncBench({ layout: { quarantine } });
  for (let count = 0; count < 10; count += 1) bench.assigned();
  const id = bench.configuredJob("OU=None,DC=corp,DC=example,DC=com");
  bench.restart(id);
  expect(bench.job(id).status).toMatchObject({
    code: "Quarantine",
    quarantine: { reason: "EncounteredEscrowProportionThreshold" },
  });
  bench.mapContainer(id, CONTAINER);
  bench.clock.advance(25 * HOUR_MS);
  expect(bench.job(id).status).toMatchObject({ code: "Active", quarantine: null });
  expect(bench.ad()).toHaveLength(10);
});

test("a failing object is tried at 6, 12 and 24 hours, then daily, and given up after day 28", () => {
  const bench = new SyncBench();
  bench.assigned();
  const id = bench.configuredJob("OU=None,DC=corp,DC=example,DC=com");
  bench.restart(id);
  const startedMs = Date.parse(bench.log()[0]?.activityDateTime ?? "");
  bench.clock.advance(40 * DAY_MS);
  const hours = bench
    .log()
    .map(({ activityDateTime }) => Math.floor((Date.parse(activityDateTime) - startedMs) / HOUR_MS));
  expect(hours.toReversed().slice(0, 6)).toEqual([0, 6, 12, 24, 48, 72]);
  expect(hours).toHaveLength(1 + 2 + 28);
  // A change of the group still gets another try.
  bench.mapContainer(id, OTHER_CONTAINER);
  bench.directory.update("group", "96000000-0000-4000-8000-000000000001", { description: "x" });
  bench.cycle();
  expect(bench.ad()).toHaveLength(1);
});
