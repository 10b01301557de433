/** The vendor's switch for members that are synced from AD: its storage is not published, so it is told early and judged by a canary. */
import { aProvisioningTest } from "../../sync/testing.ts";
import { configurationBench, type ConfigurationBench } from "./testing/configuration-bench.ts";
import { condition, filtered, running } from "./testing/questions.ts";

function canary(bench: ConfigurationBench, result: string, reason: string): void {
  const { schemaHash } = bench.at().status;
  const last = { startedAt: "2026-11-22T08:00:00Z", generation: 1, schemaHash, result, reason };
  bench.kube.put(aProvisioningTest({ status: { last } }));
}
const message = (bench: ConfigurationBench) =>
  bench.at().status.conditions?.find(({ type }) => type === "MembershipWritable")?.message;

test("before anything is made it says that the switch is off by default, unreadable, and where to turn it on", async () => {
  const bench = configurationBench();
  bench.graph.isPageFailing = true; // nothing of Entra is read
  await bench.kube.clock.advance(16 * 60_000);
  await bench.settle(10_000);
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "MembershipWritable")).toBe("Unknown/NotShown");
  expect(message(bench)).toMatch(/neither read nor written here.*off by default: turn it on in the portal/);
});

test("a canary that finds its members in AD shows that it is on", async () => {
  const bench = await running();
  canary(bench, "Passed", "ProvenInDirectory");
  await bench.settle();
  expect(condition(bench, "MembershipWritable")).toBe("True/ShownByCanary");
});

test("a canary that misses them makes a configuration that expects them not Ready, and says what to do", async () => {
  const bench = await running();
  canary(bench, "Failed", "MembershipNotWritten");
  await bench.settle();
  expect(condition(bench, "MembershipWritable")).toBe("False/MembershipNotWritten");
  expect(condition(bench)).toBe("False/MembershipNotWritten");
  expect(message(bench)).toMatch(/canary.*turn on .* in the portal.*cloudsync.dev\/requested-at/);
  expect(bench.graph.writes).toEqual([]);
});

test("a canary that is red for another reason shows nothing of the switch", async () => {
  const bench = await running();
  canary(bench, "Failed", "WrongContainer");
  await bench.settle();
  expect(condition(bench, "MembershipWritable")).toBe("Unknown/NotShown");
  expect(condition(bench)).toBe("True/InSync");
});

test("where they are not expected, nobody is asked to do anything", async () => {
  const bench = await running();
  const { entraToAD } = filtered("Selected");
  bench.edit({ entraToAD: { ...entraToAD, membership: { onPremisesUsers: "NotExpected" } } });
  canary(bench, "Failed", "MembershipNotWritten");
  await bench.settle();
  expect(condition(bench, "MembershipWritable")).toBe("Unknown/NotExpected");
  expect(condition(bench)).toBe("True/InSync");
});
