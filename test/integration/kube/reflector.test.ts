import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectCache } from "../../../src/kube/cache.ts";
import { kubeClient } from "../../../src/kube/client.ts";
import { silentLog, silentMetrics } from "../../../src/kube/observers.ts";
import type { KubePort } from "../../../src/kube/port.ts";
import { reflector } from "../../../src/kube/reflector.ts";
import type { KubeTransport } from "../../../src/kube/transport.ts";
import { undiciTransport } from "../../../src/kube/undici-transport.ts";
import { systemClock, systemDice } from "../../../src/runtime/clock.ts";
import { startControlPlane } from "../../support/control-plane.ts";
import type { ControlPlane } from "../../support/control-plane.ts";
import { eventually } from "../../support/eventually.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { installWidgets, widget, WIDGETS } from "./widgets.ts";
import type { Widget } from "./widgets.ts";

const never = new AbortController().signal;
let controlPlane: ControlPlane;
let transport: KubeTransport;
let port: KubePort;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "reflector-test-"));
  controlPlane = await startControlPlane({ directory, hasControllerManager: false });
  await installWidgets(controlPlane);
  transport = await undiciTransport({
    clock: systemClock,
    userAgent: "kube-test",
    kubeconfig: controlPlane.kubeconfig,
  });
  port = kubeClient({ transport, clock: systemClock, dice: systemDice, metrics: silentMetrics });
}, 90_000);

afterAll(async () => {
  await transport.close();
  await controlPlane.stop();
  rmSync(controlPlane.directory, { recursive: true, force: true });
}, 30_000);

/** A reflector over a fresh namespace, and everything that its cache was told. */
async function aReflector(name: string) {
  await kubectlOk(controlPlane, ["create", "namespace", name]);
  const relists: string[] = [];
  const changes: string[] = [];
  const cache = objectCache<Widget>({ indexes: {}, reportBug: (error) => changes.push(`bug ${String(error)}`) });
  cache.onChange((change) => {
    const { metadata } = change.kind === "deleted" ? change.previous : change.object;
    changes.push(`${change.kind} ${metadata.name}`);
  });
  const subject = reflector<Widget>({
    transport,
    clock: systemClock,
    dice: systemDice,
    log: silentLog,
    metrics: { ...silentMetrics, relisted: (_, reason) => relists.push(reason) },
    kind: WIDGETS,
    namespace: name,
    cache,
  });
  const stop = new AbortController();
  const run = (): Promise<void> => subject.run(stop.signal);
  const untilSynced = () =>
    eventually(
      "the cache is synced",
      () => subject.hasSynced(),
      (isSynced) => isSynced,
    );
  const create = async (object: string, size = 1): Promise<Widget> => {
    const outcome = await port.create<Widget>(WIDGETS, widget(name, object, size), never);
    if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
    return outcome.object;
  };
  /** What the server has and what the cache has, in one comparable form. */
  const serverState = async (): Promise<string> =>
    await kubectlOk(controlPlane, [
      ...["-n", name, "get", "widgets", "--sort-by=.metadata.name"],
      ...["-o", 'jsonpath={range .items[*]}{.metadata.name}@{.metadata.resourceVersion}{"\\n"}{end}'],
    ]);
  const cacheState = (): string =>
    cache
      .list()
      .map((object) => `${object.metadata.name}@${object.metadata.resourceVersion}\n`)
      .sort()
      .join("");
  const untilEqual = async (): Promise<void> => {
    await eventually(
      "the cache equals the server",
      async () => ({ server: await serverState(), cache: cacheState() }),
      (state) => state.server === state.cache && state.server !== "",
      { timeoutMs: 40_000 },
    );
  };
  return { subject, cache, relists, changes, create, run, untilSynced, untilEqual, stop };
}

test("600 objects arrive over pages, complete and once each", async () => {
  const world = await aReflector("paged");
  const names = Array.from({ length: 600 }, (_, index) => `w-${String(index).padStart(3, "0")}`);
  for (let from = 0; from < names.length; from += 30) {
    await Promise.all(names.slice(from, from + 30).map((name) => world.create(name)));
  }
  const running = world.run();
  await world.untilSynced();
  expect(world.cache.list()).toHaveLength(600);
  expect(world.changes).toHaveLength(600);
  await world.untilEqual();
  world.stop.abort();
  await running;
}, 60_000);

test("a killed and restarted API server loses no change and leaves nothing stuck", async () => {
  const world = await aReflector("killed");
  const [kept, gone, reborn] = [await world.create("kept"), await world.create("gone"), await world.create("reborn")];
  const running = world.run();
  await world.untilSynced();
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
  // Changes made before the watch is back: a modification, a deletion, a deletion with the same name made anew, a creation.
  expect((await port.patch(WIDGETS, kept, { spec: { size: 2 } }, never)).kind).toBe("ok");
  expect((await port.delete(WIDGETS, gone, "Background", never)).kind).toBe("ok");
  expect((await port.delete(WIDGETS, reborn, "Background", never)).kind).toBe("ok");
  const again = await world.create("reborn");
  await world.create("new");
  await world.untilEqual();
  expect(world.cache.get({ namespace: "killed", name: "reborn" })?.metadata.uid).toBe(again.metadata.uid);
  expect(world.changes).toContain("deleted gone");
  // And it goes on: the next change arrives by the watch.
  const relistsBefore = world.relists.length;
  await world.create("later");
  await world.untilEqual();
  expect(world.relists).toHaveLength(relistsBefore);
  world.stop.abort();
  await running;
}, 90_000);

test("delete and re-create while the server is away from the reflector is told as replaced", async () => {
  const world = await aReflector("gap");
  const former = await world.create("reborn");
  const running = world.run();
  await world.untilSynced();
  world.stop.abort();
  await running; // the gap: nobody watches
  expect((await port.delete(WIDGETS, former, "Background", never)).kind).toBe("ok");
  await world.create("reborn");
  const second = new AbortController();
  world.subject.requestRelist("StaleCache");
  const runningAgain = world.subject.run(second.signal);
  await world.untilEqual();
  expect(world.changes).toEqual(["added reborn", "replaced reborn"]);
  second.abort();
  await runningAgain;
}, 60_000);

test("a version that etcd has compacted away (410) leads to a new list, and nothing is lost", async () => {
  const world = await aReflector("compacted");
  await world.create("a");
  const running = world.run();
  await world.untilSynced();
  world.stop.abort();
  await running;
  // The reflector holds an old version. History goes on, is compacted, and a fresh server has no watch cache of it.
  await world.create("b");
  await world.create("c");
  await controlPlane.killApiServer();
  await controlPlane.compactEtcd();
  await controlPlane.startApiServer();
  await world.create("d");
  const second = new AbortController();
  const runningAgain = world.subject.run(second.signal);
  await world.untilEqual();
  expect(world.relists).toEqual(["Start", "VersionGone"]);
  second.abort();
  await runningAgain;
}, 90_000);

test("a server that is frozen costs each call its deadline, and an unclear write is told as such", async () => {
  await kubectlOk(controlPlane, ["create", "namespace", "frozen"]);
  const options = { transport, clock: systemClock, dice: systemDice, metrics: silentMetrics };
  const impatient = kubeClient({ ...options, callTimeoutMs: 500 });
  const key = { namespace: "frozen", name: "a" };
  controlPlane.freezeApiServer();
  const write = await impatient.create(WIDGETS, widget("frozen", "a"), never);
  const read = await impatient.get(WIDGETS, key, never);
  controlPlane.thawApiServer();
  expect(write).toMatchObject({ kind: "failed", failure: { class: "UnknownOutcome" } });
  expect(read).toMatchObject({ kind: "failed", failure: { class: "Transient" } });
  // The twin: thawed, the same calls have clear answers again.
  await eventually(
    "the object is there",
    () => impatient.create(WIDGETS, widget("frozen", "a"), never),
    (outcome) => ["ok", "alreadyExists"].includes(outcome.kind),
  );
  expect((await impatient.get(WIDGETS, key, never)).kind).toBe("ok");
}, 30_000);
