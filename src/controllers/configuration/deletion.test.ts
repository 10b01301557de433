/** How a configuration goes: kept by default, deleted only under an approval, and never held for ever without saying why. */
import { configurationBench, KEY, type ConfigurationBench } from "./testing/configuration-bench.ts";

const DELETED = { deletionTimestamp: "2026-11-22T09:00:00Z" };

function message(bench: ConfigurationBench) {
  const found = bench.at().status.conditions?.find(({ type }) => type === "Ready");
  return `${found?.status}/${found?.reason}: ${found?.message}`;
}

async function running(spec: object = {}): Promise<ConfigurationBench> {
  const bench = configurationBench({ spec: { start: { withoutTest: true }, ...spec } });
  await bench.settle();
  bench.graph.configurations[0]!.jobs[0]!.lastGoodMs = bench.kube.clock.nowMs();
  bench.graph.configurations[0]!.assignments = ["g-1", "g-2"].map((principalID) => ({
    id: `a-${principalID}`,
    appRoleID: "r",
    principalID,
    principalType: "Group",
    principalDisplayName: principalID,
    createdAtMs: undefined,
  }));
  await bench.settle();
  bench.graph.writes.length = 0;
  return bench;
}

const finalizers = (bench: ConfigurationBench) => bench.kube.at("SyncConfiguration", KEY).metadata.finalizers;

test.each([
  ["Retain, the default", {}, {}],
  [
    "release, although Delete is declared",
    { deletionPolicy: "Delete" },
    { annotations: { "cloudsync.dev/release": "true" } },
  ],
])("%s: it goes at once, also while Graph is down, and nothing in Entra changes", async (_sentence, spec, metadata) => {
  const bench = await running(spec);
  bench.graph.isPageFailing = true;
  bench.edit({}, { ...DELETED, ...metadata });
  await bench.pass();
  expect(finalizers(bench)).toEqual([]);
  expect(bench.graph.writes).toEqual([]);
  expect(bench.kube.events.at(-1)?.message).toContain("stays in Entra");
});

test("Delete waits for the approval of its plan, then takes the parts in order", async () => {
  const bench = await running({ deletionPolicy: "Delete" });
  bench.edit({}, DELETED);
  await bench.settle();
  expect(message(bench)).toContain("takes 2 groups out of scope");
  expect(bench.graph.writes).toEqual([]);
  bench.edit({ approvals: { plan: bench.at().status.plan?.hash } });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["pause", "deleteJob", "deleteServicePrincipal", "deleteApplication"]);
  expect(finalizers(bench)).toEqual([]);
  expect([bench.graph.configurations.length, bench.graph.applications.size]).toEqual([0, 0]);
});

test("killed at any write of its deletion, it ends the same", async () => {
  for (let chance = 1; chance <= 12; chance += 1) {
    const bench = await running({ deletionPolicy: "Delete" });
    bench.edit({}, DELETED);
    await bench.settle();
    bench.edit({ approvals: { plan: bench.at().status.plan?.hash } });
    let chances = 0;
    bench.graph.fault = () => {
      chances += 1;
      if (chances === chance) bench.kube.isSevered = true;
      return bench.kube.isSevered ? "dead" : "none";
    };
    for (let passes = 0; passes < 10; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
    bench.kube.isSevered = false;
    bench.graph.fault = () => "none";
    bench.restart();
    await bench.settle();
    expect([chance, finalizers(bench), bench.graph.configurations.length]).toEqual([chance, [], 0]);
  }
});

test("one more group voids the approval of a deletion", async () => {
  const bench = await running({ deletionPolicy: "Delete" });
  bench.edit({}, DELETED);
  await bench.settle();
  const hash = bench.at().status.plan?.hash;
  const one = bench.graph.configurations[0]!;
  one.assignments = [...one.assignments, { ...one.assignments[0]!, id: "a-3", principalID: "g-3" }];
  bench.edit({ approvals: { plan: hash } });
  await bench.settle();
  expect(message(bench)).toContain("names another plan");
  expect(bench.graph.writes).toEqual([]);
});

test.each([
  ["Observe", { mode: "Observe" }, {}, "cloudsync.dev/release"],
  ["a page that fails", {}, {}, "cloudsync.dev/release"],
])("in %s deletion waits and names the way out", async (sentence, spec, metadata, wayOut) => {
  const bench = await running({ deletionPolicy: "Delete" });
  bench.graph.isPageFailing = sentence === "a page that fails";
  bench.edit(spec, { ...DELETED, ...metadata });
  await bench.pass();
  await bench.kube.clock.advance(20 * 60_000);
  await bench.pass();
  expect(message(bench)).toContain(wayOut);
  expect(finalizers(bench)).toEqual(["cloudsync.dev/configuration"]);
});

test("an application that was asked for and never stored is found and goes the same way; nothing is created", async () => {
  const bench = configurationBench({ spec: { deletionPolicy: "Delete" } });
  bench.graph.fault = (write, when) => (write === "instantiate" && when === "after" ? "lost" : "none");
  while (bench.graph.configurations.length === 0) await bench.pass();
  bench.edit({}, DELETED);
  await bench.settle();
  expect(message(bench)).toContain("0 groups");
  bench.edit({ approvals: { plan: bench.at().status.plan?.hash } });
  await bench.settle();
  expect(bench.graph.configurations).toEqual([]);
  expect(bench.graph.writes).toEqual(["instantiate", "deleteServicePrincipal", "deleteApplication"]);
  expect(finalizers(bench)).toEqual([]);
});

test("what a person deleted in the portal is not made anew", async () => {
  const bench = await running();
  bench.graph.configurations.length = 0;
  await bench.settle();
  expect(message(bench)).toContain("ServicePrincipalNotFound");
  expect(bench.graph.writes).toEqual([]);
});

const FAILURES = {
  Denied: { class: "Denied", reason: "PermissionMissing", message: "Graph denies it.", fix: "Grant it." },
  Transient: { class: "Transient", reason: "ServiceUnavailable", message: "Graph is down.", fix: "None: tried again." },
} as const;

/** Approved, with calls that delete the job refused for so long as `isRefused`. */
async function refusedDeletion(failure: (typeof FAILURES)[keyof typeof FAILURES]) {
  const bench = await running({ deletionPolicy: "Delete" });
  const { jobs } = bench.graph.ports;
  const whole = { ...jobs };
  const door = { isRefused: true };
  jobs.remove = (...given) => (door.isRefused ? Promise.resolve({ kind: "refused", failure }) : whole.remove(...given));
  bench.edit({}, DELETED);
  await bench.settle();
  bench.edit({ approvals: { plan: bench.at().status.plan?.hash } });
  bench.kube.events.length = 0;
  for (let passes = 0; passes < 10; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
  return { bench, door };
}

test.each([
  ["refused for want of a right", FAILURES.Denied],
  ["not carried out for the moment", FAILURES.Transient],
])(
  "a deletion that is %s says cause, next action and way out, in condition and event; then it ends",
  async (_how, failure) => {
    const { bench, door } = await refusedDeletion(failure);
    const told = new RegExp(`${failure.message}.*release=true`);
    expect(message(bench)).toMatch(told);
    const progress = bench.at().status.conditions?.filter(({ reason }) => reason === failure.reason);
    expect(progress?.[0]?.message).toMatch(told);
    const events = bench.kube.events.filter(({ reason }) => reason === failure.reason);
    expect(events.length).toBeGreaterThanOrEqual(1);
    expect(new Set(events.map(({ message: text }) => text)).size).toBe(1);
    expect(events[0]?.type).toBe("Warning");
    door.isRefused = false;
    await bench.kube.clock.advance(31 * 60_000);
    await bench.settle();
    expect(finalizers(bench)).toEqual([]);
    expect(bench.graph.configurations).toEqual([]);
  },
);

test("what was refused for want of a right writes nothing while it waits, and release lets it go", async () => {
  const { bench } = await refusedDeletion(FAILURES.Denied);
  const writes = bench.kube.writes.length;
  for (let passes = 0; passes < 10; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
  expect(bench.kube.writes.length).toBe(writes);
  const left = bench.graph.writes.length;
  bench.edit({}, { annotations: { "cloudsync.dev/release": "true" } });
  await bench.settle();
  expect(finalizers(bench)).toEqual([]);
  expect(bench.graph.writes).toHaveLength(left);
});

test("Graph that is down is told at the first pass after the deletion, not when the evidence has grown old", async () => {
  const bench = await running({ deletionPolicy: "Delete" });
  bench.graph.isPageFailing = true;
  bench.edit({}, DELETED);
  await bench.pass();
  expect(message(bench)).toMatch(/Deleting: Page 2 failed.*release=true/);
});

test("a finalizer that the API server does not let go of is told", async () => {
  const bench = await running();
  const { kube } = bench.kube.ports;
  kube.setFinalizers = () =>
    Promise.resolve({
      kind: "failed",
      failure: {
        class: "Denied",
        reason: "Forbidden",
        message: "The API server forbids it.",
        fix: "Correct the role.",
      },
    });
  bench.edit({}, DELETED);
  await bench.pass();
  expect(message(bench)).toContain("The API server forbids it. Correct the role.");
  expect(bench.kube.events.at(-1)).toMatchObject({ type: "Warning", reason: "Forbidden" });
});

test("an object that this version cannot read says so, is left alone, and goes by release only", async () => {
  const bench = await running({ deletionPolicy: "Delete" });
  const object = { ...bench.at(), spec: { connector: 7 } };
  const at = (metadata: object) => bench.kube.put({ ...object, metadata: { ...object.metadata, ...metadata } });
  at(DELETED);
  await bench.pass();
  expect(bench.kube.events.at(-1)).toMatchObject({ type: "Warning", reason: "ObjectRefused" });
  expect(finalizers(bench)).toEqual(["cloudsync.dev/configuration"]);
  at({ annotations: { "cloudsync.dev/release": "true" } });
  await bench.pass();
  expect(finalizers(bench)).toEqual(["cloudsync.dev/configuration"]);
  at({ ...DELETED, annotations: { "cloudsync.dev/release": "true" } });
  await bench.pass();
  expect(finalizers(bench)).toEqual([]);
  expect(bench.graph.writes).toEqual([]);
});
