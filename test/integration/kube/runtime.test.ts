/** The whole runtime against a server that dies under it: every key reaches its end, with as many writes as there are facts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog, silentMetrics } from "../../../src/kube/observers.ts";
import type { WriteRecord } from "../../../src/kube/observers.ts";
import { kubeRuntime } from "../../../src/kube/runtime.ts";
import { undiciTransport } from "../../../src/kube/undici-transport.ts";
import { systemClock, systemDice } from "../../../src/runtime/clock.ts";
import { startControlPlane } from "../../support/control-plane.ts";
import type { ControlPlane } from "../../support/control-plane.ts";
import { eventually } from "../../support/eventually.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { installWidgets, widget, WIDGETS } from "./widgets.ts";
import type { Widget } from "./widgets.ts";

let controlPlane: ControlPlane;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "runtime-test-"));
  controlPlane = await startControlPlane({ directory, hasControllerManager: false });
  await installWidgets(controlPlane);
}, 90_000);
afterAll(async () => {
  await controlPlane.stop();
  rmSync(controlPlane.directory, { recursive: true, force: true });
}, 30_000);

/** A loop in two writes: first a label (the intent), then the status (the outcome); nothing when both are there. */
async function aLoop() {
  const writes: WriteRecord[] = [];
  const passes: string[] = [];
  const transport = await undiciTransport({
    clock: systemClock,
    userAgent: "kube-test",
    kubeconfig: controlPlane.kubeconfig,
  });
  const runtime = kubeRuntime({
    transport,
    clock: systemClock,
    dice: systemDice,
    log: silentLog,
    metrics: {
      ...silentMetrics,
      wrote: (write) => writes.push(write),
      passFinished: (_, result) => passes.push(result),
    },
    namespaces: ["default"],
    reporter: { controller: "example.com/kube-test", instance: "test" },
  });
  const widgets = runtime.cacheOf<Widget>(WIDGETS);
  runtime.addController({
    name: "widget",
    kind: WIDGETS,
    minGapMs: 20, // the next pass comes as early as the cache allows, which is what is tested here
    backoffMaxMs: 2_000,
    async reconcile(key, signal) {
      const object = widgets.get(key);
      if (object === undefined) return { kind: "done" };
      if (object.metadata.labels?.["seen"] === undefined) {
        const outcome = await runtime.port.patch(WIDGETS, object, { metadata: { labels: { seen: "yes" } } }, signal);
        return outcome.kind === "ok" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: outcome.kind };
      }
      const status = { seen: object.spec?.size ?? 0 };
      const outcome = await runtime.port.applyStatus(WIDGETS, object, status, { fieldManager: "loop" }, signal);
      return outcome.kind === "ok" ? { kind: "done" } : { kind: "retry", reason: outcome.kind };
    },
  });
  await runtime.startCaches(20_000);
  runtime.startWorkers();
  return { runtime, writes, passes, widgets };
}

const created = async (names: readonly string[]): Promise<void> => {
  const items = names.map((name) => widget("default", name, 7));
  await kubectlOk(controlPlane, ["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
};
const finished = async (): Promise<number> => {
  const seen = await kubectlOk(controlPlane, ["get", "widgets", "-o", "jsonpath={.items[*].status.seen}"]);
  return seen.split(" ").filter((value) => value === "7").length;
};
const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `w-${from + index}`);

test("each object takes exactly two writes although the next pass comes as early as it may, and then none", async () => {
  const { runtime, writes, widgets } = await aLoop();
  await created(names(0, 60));
  await eventually("all are seen", finished, (count) => count === 60);
  const counts = (verb: string): number => writes.filter((write) => write.verb === verb).length;
  expect([counts("patch"), counts("apply")]).toEqual([60, 60]);
  expect(writes.every((write) => write.result === "ok")).toBe(true);
  await eventually(
    "the cache has caught up",
    () => widgets.list(),
    (all) => all.every((one) => one.status?.seen === 7),
  );
  await runtime.drain(5_000);
  await runtime.close();
  expect(writes).toHaveLength(120);

  const again = await aLoop(); // a restart over a steady state
  await eventually(
    "every key was visited",
    () => again.passes.length,
    (count) => count >= 60,
  );
  expect(again.writes).toEqual([]);
  await again.runtime.drain(5_000);
  await again.runtime.close();
}, 60_000);

test("a server that dies in the middle costs time and no fact", async () => {
  const { runtime } = await aLoop();
  await created(names(100, 140));
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
  await created(names(140, 160));
  await eventually("all are seen", finished, (count) => count === 120, { timeoutMs: 60_000 });
  expect(await runtime.drain(5_000)).toEqual([]);
  await runtime.close();
}, 120_000);
