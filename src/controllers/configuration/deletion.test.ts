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
