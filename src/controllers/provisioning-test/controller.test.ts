/**
 * The test's loop against a small vendor and a small AD: one run end to end, killed and unanswered at every point, and everything that must not happen.
 */
import { anAgent, INSTANCE_ID } from "../../fleet/testing/builders.ts";
import type { TestRun } from "../../sync/provisioning-test/snapshot.ts";
import {
  aCondition,
  aConfiguration,
  aDomain,
  aProvisioningTest,
  aTenant,
  GROUP_ID,
  JOB_ID,
  SCHEMA_HASH,
} from "../../sync/testing.ts";
import { aVendor, failed, failure, id, KEY, OU, readOf, readyAgent, success, type Vendor } from "./testing/vendor.ts";

test("a new test runs once, proves the group in AD, and is silent afterwards for a day", async () => {
  const vendor = aVendor();
  await vendor.pass();
  expect(vendor.calls).toHaveLength(1);
  expect(vendor.calls[0]).toHaveLength(3);
  expect(vendor.last()).toMatchObject({
    result: "Passed",
    reason: "ProvenInDirectory",
    generation: 1,
    schemaHash: SCHEMA_HASH,
    members: 3,
    directory: { domainController: "dc1.corp.example.com", memberCount: 3, readBy: "identity/tokyo-0-1" },
  });
  expect(vendor.condition("Passed")).toMatchObject({ status: "True" });
  expect(vendor.bench.events).toMatchObject([{ type: "Normal", reason: "TestPassed" }]);
  const before = vendor.bench.writes.length;
  expect(before).toBeLessThanOrEqual(4); // begun, answered with the read's intent, ended
  for (let hours = 0; hours < 24; hours += 1) {
    await vendor.bench.clock.advance(3_600_000);
    await vendor.pass();
  }
  expect([vendor.bench.writes.length, vendor.calls.length]).toEqual([before, 1]);
});

test("more than five members go in batches of five, each once", async () => {
  const ids = [...Array(12).keys()].map(id);
  const vendor = aVendor({ subject: { group: { id: GROUP_ID }, members: { ids } } });
  await vendor.pass();
  expect(vendor.calls.map(({ length }) => length)).toEqual([5, 5, 2]);
  expect(vendor.calls.flat().sort()).toEqual([...ids].sort());
  expect(vendor.last()).toMatchObject({ result: "Passed", members: 12 });
});

test("killed after each single write, the run ends the same", async () => {
  for (let writes = 0; writes < 6; writes += 1) {
    const vendor = aVendor();
    // Passes of a process that dies once it has written so often; the next process knows only what is stored.
    for (let pass = 0; pass < 10 && vendor.bench.writes.length < writes; pass += 1) await vendor.pass(-1);
    vendor.bench.isSevered = true;
    await vendor.pass(-1); // its last call leaves, and what it told is lost
    vendor.bench.isSevered = false;
    await vendor.pass();
    expect(vendor.last()).toMatchObject({ result: "Passed", reason: "ProvenInDirectory" });
    expect(vendor.calls.length).toBeLessThanOrEqual(2);
    expect(new Set(vendor.calls.map(String)).size).toBe(1);
  }
});

test("a lost answer is asked for once more; lost twice, AD tells", async () => {
  const once = aVendor();
  once.answers = ["lost"];
  await once.pass();
  expect([once.calls.length, once.last().result]).toEqual([2, "Passed"]);
  const twice = aVendor();
  twice.answers = ["lost", "lost"];
  await twice.pass();
  expect([twice.calls.length, twice.last().result]).toEqual([2, "Passed"]);
  const blind = aVendor({ expect: { verify: "Graph" } });
  blind.answers = ["lost", "lost"];
  await blind.pass();
  expect(blind.last()).toMatchObject({ result: "Unknown", reason: "AnswerLost" });
});

const causes: readonly (readonly [sentence: string, spoil: (vendor: Vendor) => void, reason: string])[] = [
  [
    "a wrong target OU",
    (vendor) => (vendor.answers = [failed("HybridSynchronizationActiveDirectoryDirectoryObjectNotFound")]),
    "TargetContainerNotFound",
  ],
  [
    "a removed right of the gMSA",
    (vendor) => (vendor.answers = [failed("HybridSynchronizationActiveDirectoryInsufficientAccessRights")]),
    "DirectoryAccessDenied",
  ],
  [
    "the last agent stopped",
    (vendor) => (vendor.answers = [failed("HybridIdentityServiceNoActiveAgents")]),
    "NoActiveAgent",
  ],
  [
    "an OU that exists and is the wrong one",
    (vendor) => (vendor.container = "CN=Users,DC=corp,DC=example,DC=com"),
    "WrongContainer",
  ],
  ["success without a group in AD", (vendor) => (vendor.answers = [success()]), "NotInDirectory"],
  [
    "the membership switch off",
    (vendor) => {
      vendor.answers = [success()];
      vendor.inAD = new Set();
    },
    "MembershipNotWritten",
  ],
];
test.each(causes)("%s turns the canary red under its own reason", async (_sentence, spoil, reason) => {
  const vendor = aVendor();
  spoil(vendor);
  await vendor.pass(200_000);
  expect(vendor.last()).toMatchObject({ result: "Failed", reason });
  expect(vendor.condition("Ready")).toMatchObject({ status: "False", reason });
  expect(vendor.bench.events.at(-1)).toMatchObject({ type: "Warning", reason: "TestFailed" });
});

test("a domain controller that lags is looked at again before anything is called failed", async () => {
  const vendor = aVendor();
  let looks = 0;
  vendor.reading = () => {
    looks += 1;
    return looks < 3 ? readOf({ ...vendor, inAD: undefined }) : readOf(vendor);
  };
  await vendor.pass(200_000);
  expect([looks, vendor.calls.length]).toEqual([3, 1]);
  expect(vendor.last()).toMatchObject({ result: "Passed" });
});

test("without a healthy host the run told nothing; once one is Ready it runs again by itself", async () => {
  const vendor = aVendor();
  vendor.bench.remove("CloudSyncAgent", { namespace: "identity", name: "tokyo-0-1" });
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Unknown", reason: "NoDirectoryReader" });
  await vendor.bench.clock.advance(24 * 3_600_000);
  await vendor.pass();
  expect(vendor.calls).toHaveLength(1);
  const now = new Date(vendor.bench.clock.nowMs()).toISOString().replace(".000Z", "Z");
  const status = { instanceID: INSTANCE_ID, conditions: [{ ...aCondition("Ready", "True"), lastTransitionTime: now }] };
  vendor.bench.put(anAgent({ status }));
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Passed", cause: "AgentsReturned" });
});

test("a host that does not tell is left for the next one; what the directory itself says is not", async () => {
  const vendor = aVendor();
  vendor.bench.put(readyAgent({ name: "tokyo-1-1", uid: "uid-1-1" }));
  vendor.reading = () =>
    vendor.status().run?.reader?.name === "tokyo-0-1"
      ? { kind: "failed", failure: failure("Wait", "HostNotManaged") }
      : readOf(vendor);
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Passed", directory: { readBy: "identity/tokyo-1-1" } });
  const ambiguous = aVendor();
  ambiguous.reading = () => ({ kind: "failed", failure: failure("Permanent", "AnchorAmbiguous") });
  await ambiguous.pass();
  expect(ambiguous.last()).toMatchObject({ result: "Failed", reason: "AnchorAmbiguous" });
});

test("a host that is silent for five minutes is given up, and asked again by itself although it was Ready all the while", async () => {
  const vendor = aVendor();
  vendor.reading = () => ({ kind: "pending" });
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Unknown", reason: "DirectoryNotRead" });
  vendor.reading = () => readOf(vendor);
  await vendor.bench.clock.advance(6 * 60_000);
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Passed", cause: "Retry" });
});

test("a throttled call waits as long as it is told, and fails nothing; a missing right tells nothing of the configuration", async () => {
  const vendor = aVendor();
  vendor.answers = [{ kind: "refused", failure: failure("Throttled", "Throttled", 300_000) }];
  expect(await vendor.pass()).toEqual({ kind: "requeue", afterMs: 300_000 });
  await vendor.bench.clock.advance(300_000);
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Passed" });
  const denied = aVendor();
  denied.answers = [{ kind: "refused", failure: failure("Denied", "PermissionMissing") }];
  await denied.pass();
  expect(denied.last()).toMatchObject({ result: "Unknown", reason: "PermissionMissing" });
});

const held: readonly (readonly [sentence: string, hold: (vendor: Vendor) => void, reason: string])[] = [
  ["Observe of the tenant", ({ bench }) => bench.put(aTenant({ spec: { mode: "Observe" } })), "TenantObserve"],
  ["Observe of the configuration", ({ bench }) => bench.put(aConfiguration({ spec: { mode: "Observe" } })), "Observe"],
  [
    "a pause of the test",
    ({ bench }) => bench.put(aProvisioningTest({ metadata: { annotations: { "cloudsync.dev/paused": "true" } } })),
    "ObjectPaused",
  ],
  [
    "a pause of the domain",
    ({ bench }) => bench.put(aDomain({ metadata: { annotations: { "cloudsync.dev/paused": "true" } } })),
    "DomainPaused",
  ],
  [
    "a tenant of another namespace that does not admit this one",
    ({ bench }) => {
      bench.put(aTenant({ metadata: { namespace: "other" } }));
      bench.put(aConfiguration({ spec: { tenantRef: { namespace: "other", name: "contoso" } } }));
    },
    "NotConsented",
  ],
  [
    "a quarantine in status",
    ({ bench }) => {
      const quarantine = { began: "2026-11-22T07:00:00Z", reason: "TooManyDeletes" };
      const jobs = [{ id: JOB_ID, templateID: "x", state: "Quarantine", quarantine }];
      bench.put(aConfiguration({ status: { jobs } }));
    },
    "Quarantined",
  ],
  ["a quarantine that only a live read shows", (vendor) => (vendor.jobCode = "Quarantine"), "Quarantined"],
];
test.each(held)("%s keeps the run back, and its end lets it go", async (_sentence, hold, reason) => {
  const vendor = aVendor();
  hold(vendor);
  await vendor.pass();
  expect(vendor.calls).toEqual([]);
  expect(vendor.condition("Passed")).toMatchObject({ status: "Unknown", reason });
  const writes = vendor.bench.writes.length;
  await vendor.bench.clock.advance(6 * 3_600_000);
  await vendor.pass();
  expect(vendor.bench.writes).toHaveLength(writes);
  vendor.bench.put(aTenant());
  vendor.bench.put(aDomain());
  vendor.bench.put(aConfiguration());
  vendor.bench.put(aProvisioningTest());
  vendor.jobCode = "Paused";
  await vendor.bench.clock.advance(6 * 60_000);
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ result: "Passed" });
});

test("a schema that changed meanwhile does not count: a gate runs again for the present one", async () => {
  const vendor = aVendor();
  const changed = `sha256:${"b".repeat(64)}`;
  vendor.reading = () => {
    vendor.bench.put(aConfiguration({ status: { schemaHash: changed } }));
    return readOf(vendor);
  };
  await vendor.pass();
  expect(vendor.status().history).toMatchObject([{ schemaHash: SCHEMA_HASH, result: "Passed" }]);
  expect(vendor.last()).toMatchObject({ schemaHash: changed, result: "Passed", cause: "Schema" });
});

test("requests are answered, history is bounded, a change of the test in mid-run runs it anew", async () => {
  const vendor = aVendor({ historyLimit: 3 });
  await vendor.pass();
  for (const at of ["1", "2", "3", "4"]) {
    const stored = vendor.bench.at("ProvisioningTest", KEY);
    const metadata = { ...stored.metadata, annotations: { "cloudsync.dev/requested-at": at } };
    vendor.bench.put({ ...stored, metadata });
    await vendor.bench.clock.advance(60_000);
    await vendor.pass();
    expect(vendor.status().lastHandledRequest).toBe(at);
  }
  expect(vendor.status().history).toHaveLength(2);
  const stored = vendor.bench.at("ProvisioningTest", KEY);
  const run = { ...aRun(), generation: 1 };
  const metadata = { ...stored.metadata, generation: 2 };
  vendor.bench.put({ ...stored, metadata, status: { ...(stored.status as object), run } });
  await vendor.pass();
  expect(vendor.last()).toMatchObject({ generation: 2, result: "Passed" });
  expect(vendor.status().history?.[0]).toMatchObject({ reason: "Superseded", result: "Unknown" });
});

function aRun(): TestRun {
  return {
    id: "r",
    cause: "Generation",
    startedAt: "2026-11-22T08:00:00Z",
    deadline: "2026-11-23T08:00:00Z",
    generation: 1,
    ruleID: "rule-1",
    groupID: GROUP_ID,
    memberIDs: [],
    phase: "Provision",
    batch: 0,
    attempts: 1,
  };
}

test("a scheduled canary tells how fresh AD is: what the job brought, within the bounds of its looks", async () => {
  const vendor = aVendor({ schedule: "0 */6 * * *" });
  vendor.inAD = new Set(vendor.members);
  await vendor.pass();
  expect(vendor.status().freshness?.change).toBeUndefined();
  const sixHours = 6 * 3_600_000;
  await vendor.bench.clock.advance(sixHours);
  await vendor.pass();
  vendor.members.push(12); // somebody joins the group, and the job carries it
  vendor.inAD = new Set(vendor.members);
  await vendor.bench.clock.advance(sixHours);
  await vendor.pass();
  expect(vendor.status().freshness?.change).toMatchObject({ by: "Job", minutesMax: 360 });
  expect(vendor.last()).toMatchObject({ result: "Passed", cause: "Schedule" });
  expect(vendor.status().freshUntil).toBe("2026-11-23T00:00:00Z");
  expect(vendor.bench.events).toHaveLength(1); // it passed three times and said so once
});

test("drift is named and nothing is repaired", async () => {
  const vendor = aVendor({ expect: { verify: "Directory" } });
  const jobs = [{ id: JOB_ID, templateID: "x", state: "Active" }];
  vendor.bench.put(aConfiguration({ status: { jobs } }));
  vendor.inAD = new Set(vendor.members);
  vendor.container = "OU=Moved,DC=corp,DC=example,DC=com";
  await vendor.pass();
  expect(vendor.last()).toMatchObject({
    result: "Passed",
    drift: [{ what: "container", entra: OU, directory: vendor.container }],
  });
  expect(vendor.calls).toHaveLength(1);
});
