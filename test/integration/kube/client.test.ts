import { kubeClient } from "../../../src/kube/client.ts";
import { eventSender } from "../../../src/kube/events.ts";
import { ensureFinalizer, releaseFinalizer } from "../../../src/kube/finalizers.ts";
import { silentMetrics } from "../../../src/kube/observers.ts";
import type { WriteRecord } from "../../../src/kube/observers.ts";
import type { KubeOutcome, KubePort } from "../../../src/kube/port.ts";
import { undiciTransport } from "../../../src/kube/undici-transport.ts";
import type { KubeTransport } from "../../../src/kube/transport.ts";
import { systemClock, systemDice } from "../../../src/runtime/clock.ts";
import { eventually } from "../../support/eventually.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { freshNamespace } from "../../support/namespace.ts";
import type { TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";
import { installWidgets, widget, WIDGETS } from "./widgets.ts";
import type { Widget } from "./widgets.ts";

const target = sharedControlPlane();
const never = new AbortController().signal;
const counted: string[] = [];
const writes: WriteRecord[] = [];
let transport: KubeTransport;
let port: KubePort;
let namespace: TestNamespace;

beforeAll(async () => {
  await installWidgets(target);
  namespace = await freshNamespace(target);
  transport = await undiciTransport({ clock: systemClock, userAgent: "kube-test", kubeconfig: target.kubeconfig });
  const metrics = {
    ...silentMetrics,
    event: (result: string) => counted.push(result),
    wrote: (write: WriteRecord) => writes.push(write),
  };
  port = kubeClient({ transport, clock: systemClock, dice: systemDice, metrics });
}, 30_000);

afterAll(async () => {
  await namespace.delete();
  await transport.close();
});

function mustBeOk<T>(outcome: KubeOutcome<T>): T {
  if (outcome.kind !== "ok") throw new Error(`expected ok, got ${JSON.stringify(outcome)}`);
  return outcome.object;
}
const create = async (name: string, metadata: object = {}): Promise<Widget> =>
  mustBeOk(await port.create<Widget>(WIDGETS, widget(namespace.name, name, 1, metadata), never));
const live = async (name: string): Promise<Widget> =>
  mustBeOk(await port.get<Widget>(WIDGETS, { namespace: namespace.name, name }, never));

test("a created object reads back without managed fields; the same name again is alreadyExists", async () => {
  const created = await create("a");
  expect(created.metadata).not.toHaveProperty("managedFields");
  expect(await live("a")).toEqual(created);
  expect((await port.create(WIDGETS, widget(namespace.name, "a"), never)).kind).toBe("alreadyExists");
});

test("absent is notFound; a kind that is not served is a failure that says so", async () => {
  const key = { namespace: namespace.name, name: "absent" };
  expect((await port.get(WIDGETS, key, never)).kind).toBe("notFound");
  const unserved = await port.get({ ...WIDGETS, plural: "gadgets" }, key, never);
  expect(unserved).toMatchObject({ kind: "failed", failure: { reason: "KindNotServed" } });
});

test("an equal status is not sent, and the server does not raise the version for an equal apply", async () => {
  const created = await create("rest");
  const first = mustBeOk(await port.applyStatus(WIDGETS, created, { seen: 1 }, { fieldManager: "m" }, never));
  expect(first.status).toEqual({ seen: 1 });
  const writesBefore = writes.length;
  mustBeOk(await port.applyStatus(WIDGETS, first, { seen: 1 }, { fieldManager: "m" }, never));
  expect(writes).toHaveLength(writesBefore);
  // Sent although equal (as a second process with an older copy would do): nothing changes.
  mustBeOk(await port.applyStatus(WIDGETS, created, { seen: 1 }, { fieldManager: "m" }, never));
  expect((await live("rest")).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test("two managers keep their own parts of status, and a manager's dropped field goes", async () => {
  const created = await create("two");
  await port.applyStatus(WIDGETS, created, { seen: 1 }, { fieldManager: "one" }, never);
  await port.applyStatus(WIDGETS, created, { note: "x" }, { fieldManager: "two" }, never);
  expect((await live("two")).status).toEqual({ seen: 1, note: "x" });
  await port.applyStatus(WIDGETS, created, {}, { fieldManager: "two" }, never);
  expect((await live("two")).status).toEqual({ seen: 1 });
});

test("a decision on an old version is a conflict: status, spec and finalizers", async () => {
  const old = await create("old");
  mustBeOk(await port.patch(WIDGETS, old, { spec: { size: 2 } }, never));
  const { resourceVersion } = old.metadata;
  const options = { fieldManager: "m", resourceVersion };
  expect((await port.applyStatus(WIDGETS, old, { seen: 9 }, options, never)).kind).toBe("conflict");
  expect((await port.patch(WIDGETS, old, { spec: { size: 3 } }, never)).kind).toBe("conflict");
  expect((await port.setFinalizers(WIDGETS, old, ["example.com/x"], never)).kind).toBe("conflict");
  expect(await live("old")).toMatchObject({ spec: { size: 2 } });
});

test("an object that was deleted and made anew is not touched through the former copy", async () => {
  const former = await create("reborn");
  mustBeOk(await port.delete(WIDGETS, former, "Background", never));
  const reborn = await create("reborn");
  expect((await port.delete(WIDGETS, former, "Background", never)).kind).toBe("conflict");
  const { resourceVersion } = former.metadata;
  const guarded = { fieldManager: "m", resourceVersion };
  expect((await port.applyStatus(WIDGETS, former, { seen: 1 }, guarded, never)).kind).toBe("conflict");
  expect((await port.patch(WIDGETS, former, { spec: { size: 5 } }, never)).kind).toBe("conflict");
  expect(await live("reborn")).toEqual(reborn);
  // Without a version nothing stops the write; that it hit another object is at least told.
  expect((await port.applyStatus(WIDGETS, former, { seen: 1 }, { fieldManager: "m" }, never)).kind).toBe("conflict");
});

test("a status write cannot create an object", async () => {
  const gone = await create("gone");
  mustBeOk(await port.delete(WIDGETS, gone, "Background", never));
  const outcome = await port.applyStatus(WIDGETS, gone, { seen: 1 }, { fieldManager: "m" }, never);
  expect(["notFound", "conflict"]).toContain(outcome.kind);
  expect((await port.get(WIDGETS, { namespace: namespace.name, name: "gone" }, never)).kind).toBe("notFound");
});

test("a finalizer holds a deleted object until it is released", async () => {
  const created = await create("held");
  const finalizer = "example.com/in-use";
  const added = await ensureFinalizer({ port, kind: WIDGETS, object: created, finalizer }, never);
  if (added.kind !== "added") throw new Error(added.kind);
  const deleted = mustBeOk(await port.delete(WIDGETS, added.object, "Background", never));
  expect(deleted.metadata.deletionTimestamp).toBeDefined();
  const going = await live("held");
  expect(
    (await ensureFinalizer({ port, kind: WIDGETS, object: going, finalizer: "example.com/other" }, never)).kind,
  ).toBe("deleting");
  mustBeOk(await releaseFinalizer({ port, kind: WIDGETS, object: going, finalizer }, never));
  expect((await port.get(WIDGETS, { namespace: namespace.name, name: "held" }, never)).kind).toBe("notFound");
});

test("the operator's account is told which right is missing", async () => {
  const limited = await undiciTransport({
    clock: systemClock,
    userAgent: "kube-test",
    kubeconfig: target.operatorKubeconfig,
  });
  const theirs = kubeClient({ transport: limited, clock: systemClock, dice: systemDice, metrics: silentMetrics });
  const outcome = await theirs.get(
    { group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true },
    { namespace: namespace.name, name: "x" },
    never,
  );
  expect(outcome).toMatchObject({ kind: "failed", failure: { class: "Denied", reason: "ActionForbidden" } });
  expect(JSON.stringify(outcome)).toContain('cannot get resource \\"secrets\\"');
  await limited.close();
});

test("a token of a service account has the audience and an expiry in the future", async () => {
  await kubectlOk(target, ["-n", namespace.name, "create", "serviceaccount", "worker"]);
  const key = { namespace: namespace.name, name: "worker" };
  const { token, expiresAtMs } = mustBeOk(await port.requestServiceAccountToken(key, "sts.amazonaws.com", never));
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
  expect(claims).toMatchObject({ aud: ["sts.amazonaws.com"], sub: `system:serviceaccount:${namespace.name}:worker` });
  expect(expiresAtMs).toBeGreaterThan(Date.now() + 3_000_000);
});

test("an event is seen by kubectl; in a terminating namespace it is refused, counted and swallowed", async () => {
  const going = await freshNamespace(target, "going");
  const blocked = mustBeOk(
    await port.create<Widget>(WIDGETS, widget(going.name, "b", 1, { finalizers: ["example.com/hold"] }), never),
  );
  const sender = eventSender({
    port,
    clock: systemClock,
    metrics: { ...silentMetrics, event: (result) => counted.push(result) },
    reportingController: "example.com/kube-test",
    reportingInstance: "test",
  });
  const event = { type: "Normal", reason: "Seen", action: "Look", message: "Looked at." } as const;
  sender.emit(blocked, event);
  await sender.flush(never);
  const seen = await kubectlOk(target, ["-n", going.name, "get", "events", "-o", "jsonpath={.items[*].message}"]);
  expect(seen).toBe("Looked at.");
  await going.delete();
  await eventually(
    "the namespace is terminating and refuses events",
    async () => {
      counted.length = 0;
      sender.emit(blocked, { ...event, message: `At ${performance.now()}.` });
      await sender.flush(never);
      return [...counted];
    },
    (results) => results.includes("refused"),
  );
  const held = mustBeOk(await port.get<Widget>(WIDGETS, { namespace: going.name, name: "b" }, never));
  mustBeOk(await port.setFinalizers(WIDGETS, held, [], never));
});
