/** When a test runs, and when it must not: every refusal beside its twin. */
import fc from "fast-check";
import { aCondition, aConfiguration, aDomain, aProvisioningTest, aTenant, JOB_ID, SCHEMA_HASH } from "../testing.ts";
import { decideTest } from "./decide.ts";
import type { ReadyReader } from "./readers.ts";
import { nextRun } from "./schedule.ts";
import type { TestSnapshot } from "./snapshot.ts";

const NOW = "2026-11-22T08:00:00Z";
const NOW_MS = Date.parse(NOW);
const text = (offsetMs: number) => new Date(NOW_MS + offsetMs).toISOString().replace(".000Z", "Z");
const MINUTE = 60_000;

function aSnapshot(overrides: Partial<TestSnapshot> = {}): TestSnapshot {
  return {
    test: aProvisioningTest(),
    configuration: aConfiguration(),
    tenant: { kind: "found", object: aTenant() },
    domain: { kind: "found", object: aDomain() },
    mode: { kind: "enforce" },
    readers: [],
    nowMs: NOW_MS,
    ...overrides,
  };
}
const last = (overrides: object = {}) => ({
  startedAt: text(-10 * MINUTE),
  finishedAt: text(-9 * MINUTE),
  generation: 1,
  schemaHash: SCHEMA_HASH,
  result: "Passed",
  reason: "ProvenInDirectory",
  ...overrides,
});
const tested = (overrides: object = {}, others: object = {}) =>
  aProvisioningTest({ status: { last: last(overrides) }, ...others });
const reader = (readySince: string) => ({ namespace: "identity", name: "tokyo-0-1", readySince }) as ReadyReader;
const underWay = (overrides: object = {}) => ({
  id: "run",
  cause: "Generation",
  startedAt: text(-MINUTE),
  deadline: text(29 * MINUTE),
  generation: 1,
  ruleID: "rule",
  groupID: "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11",
  memberIDs: [],
  phase: "Provision",
  batch: 0,
  attempts: 1,
  ...overrides,
});

const due: readonly (readonly [sentence: string, Partial<TestSnapshot>, cause: string | undefined])[] = [
  ["a new test", {}, "Generation"],
  ["a test that has run", { test: tested() }, undefined],
  ["a changed test", { test: tested({ generation: 0 }) }, "Generation"],
  [
    "a request",
    { test: tested({}, { metadata: { annotations: { "cloudsync.dev/requested-at": "now" } } }) },
    "Requested",
  ],
  ["a gate for another schema", { test: tested({ schemaHash: `sha256:${"b".repeat(64)}` }) }, "Schema"],
  [
    "a test that gates nothing, for another schema",
    {
      test: tested({ schemaHash: `sha256:${"b".repeat(64)}` }),
      configuration: aConfiguration({ spec: { start: { withoutTest: true } } }),
    },
    undefined,
  ],
  [
    "a failure for want of an agent, and one has become Ready since",
    { test: tested({ result: "Failed", reason: "NoActiveAgent" }), readers: [reader(text(-MINUTE))] },
    "AgentsReturned",
  ],
  [
    "a failure for want of an agent, and one was Ready all the while",
    { test: tested({ result: "Failed", reason: "NoActiveAgent" }), readers: [reader(text(-60 * MINUTE))] },
    undefined,
  ],
  [
    "a run for want of an agent, and one became Ready in the very second in which it began",
    { test: tested({ result: "Unknown", reason: "NoDirectoryReader" }), readers: [reader(text(-10 * MINUTE))] },
    "AgentsReturned",
  ],
  ["a group that is not in scope yet", { test: tested({ result: "Failed", reason: "NotInScope" }) }, "Retry"],
  [
    "a group that is still not in scope after three times again",
    { test: tested({ result: "Failed", reason: "NotInScope", retries: 3 }) },
    undefined,
  ],
  [
    "a failure for another reason",
    { test: tested({ result: "Failed", reason: "WrongContainer" }), readers: [reader(text(-MINUTE))] },
    undefined,
  ],
  ["a run that told nothing", { test: tested({ result: "Unknown", reason: "AnswerLost" }) }, "Retry"],
  [
    "a run that told nothing three times again",
    { test: tested({ result: "Unknown", reason: "AnswerLost", retries: 3 }) },
    undefined,
  ],
];
test.each(due)("%s", (_sentence, overrides, cause) => {
  const action = decideTest(aSnapshot(overrides));
  expect(action.kind === "begin" ? action.cause : undefined).toBe(cause);
});

const scheduled = { spec: { schedule: "0 */6 * * *", timeZone: "Asia/Tokyo" } };
test("a schedule is waited for, in its time zone; of many missed runs one is made", () => {
  const waiting = decideTest(aSnapshot({ test: tested({}, scheduled) }));
  expect(waiting).toEqual({ kind: "rest", untilMs: Date.parse("2026-11-22T09:00:00Z") }); // 18:00 in Tokyo
  const missed = tested({ startedAt: "2026-11-19T00:00:00Z", finishedAt: "2026-11-19T00:01:00Z" }, scheduled);
  expect(decideTest(aSnapshot({ test: missed }))).toMatchObject({ kind: "begin", cause: "Schedule" });
  const made = tested({ startedAt: NOW, finishedAt: NOW }, scheduled);
  expect(decideTest(aSnapshot({ test: made })).kind).toBe("rest");
});

test("no schedule runs more often than every five minutes, and an unreadable one is told", () => {
  const property = fc.property(fc.integer({ min: 0, max: 10_000_000 }), (offsetMs) => {
    const next = nextRun({ schedule: "* * * * *", timeZone: undefined }, NOW_MS + offsetMs);
    return next.kind === "at" && next.atMs - (NOW_MS + offsetMs) >= 5 * MINUTE - 1_000;
  });
  fc.assert(property);
  const broken = aProvisioningTest({ spec: { schedule: "61 * * * *" } });
  expect(decideTest(aSnapshot({ test: broken }))).toMatchObject({
    kind: "wait",
    refusal: { reason: "ScheduleUnreadable", isStalled: true },
  });
});

const quarantinedJob = {
  id: JOB_ID,
  templateID: "AAD2ADGroupProvisioning",
  state: "Quarantine",
  quarantine: { began: NOW, reason: "TooManyDeletes" },
};
const refusals: readonly (readonly [reason: string, Partial<TestSnapshot>])[] = [
  ["ConfigurationNotFound", { configuration: undefined }],
  ["ConfigurationGoing", { configuration: aConfiguration({ metadata: { deletionTimestamp: NOW } }) }],
  [
    "ConnectorNotSupported",
    {
      configuration: aConfiguration({
        spec: { connector: "ADToEntra", entraToAD: undefined, adToEntra: { domainRef: { name: "corp" } } },
      }),
    },
  ],
  [
    "SubjectNotSupported",
    { test: aProvisioningTest({ spec: { subject: { user: { id: "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11" } } } }) },
  ],
  ["TenantNotFound", { tenant: { kind: "absent" } }],
  ["NotConsented", { tenant: { kind: "refused" } }],
  ["DomainNotFound", { domain: { kind: "absent" } }],
  ["NotConsented", { domain: { kind: "refused" } }],
  ["TenantObserve", { mode: { kind: "observe", reason: "TenantObserve", message: "m" } }],
  ["ObjectPaused", { mode: { kind: "paused", reason: "ObjectPaused", message: "m" } }],
  ["Quarantined", { configuration: aConfiguration({ status: { jobs: [quarantinedJob] } }) }],
  ["NotProvisioned", { configuration: aConfiguration({ status: { conditions: [] } }) }],
  ["NotProvisioned", { configuration: aConfiguration({ status: { jobs: [] } }) }],
  [
    "ConfigurationNotInSync",
    {
      configuration: aConfiguration({
        status: { conditions: [aCondition("Provisioned", "True"), aCondition("SchemaInSync", "False")] },
      }),
    },
  ],
];
test.each(refusals)("%s: nothing is provisioned, not even in the middle of a run (S6)", (reason, overrides) => {
  expect(decideTest(aSnapshot(overrides))).toMatchObject({ kind: "wait", refusal: { reason } });
  const { spec } = overrides.test ?? aProvisioningTest();
  const running = aProvisioningTest({ spec, status: { run: underWay() } });
  const action = decideTest(aSnapshot({ ...overrides, test: running }));
  expect(action).toMatchObject({ kind: "wait", refusal: { reason } });
  expect(decideTest(aSnapshot({ test: aProvisioningTest({ status: { run: underWay() } }) })).kind).toBe("provision");
});

test("a job that has run already is tested under the schema that it has, whatever waits for approval", () => {
  const job = { id: JOB_ID, templateID: "x", state: "Active" };
  const conditions = [aCondition("Provisioned", "True"), aCondition("SchemaInSync", "False")];
  const configuration = aConfiguration({ status: { jobs: [job], conditions } });
  expect(decideTest(aSnapshot({ configuration })).kind).toBe("begin");
});

test("a run ends by its deadline, with the reason that held it back", () => {
  const test = aProvisioningTest({ status: { run: underWay({ deadline: NOW }) } });
  expect(decideTest(aSnapshot({ test }))).toMatchObject({
    kind: "giveUp",
    verdict: { result: "Unknown", reason: "RunTimedOut" },
  });
  const paused = { kind: "paused", reason: "ObjectPaused", message: "m" } as const;
  expect(decideTest(aSnapshot({ test, mode: paused }))).toMatchObject({
    kind: "giveUp",
    verdict: { reason: "ObjectPaused" },
  });
  const changed = aProvisioningTest({ status: { run: underWay({ generation: 0 }) } });
  expect(decideTest(aSnapshot({ test: changed }))).toMatchObject({ kind: "giveUp", verdict: { reason: "Superseded" } });
});
