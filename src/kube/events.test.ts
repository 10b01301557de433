import { fakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, silence, status } from "../../test/support/scripted-transport.ts";
import type { Script } from "../../test/support/scripted-transport.ts";
import { kubeClient } from "./client.ts";
import { eventSender } from "./events.ts";
import { silentMetrics } from "./observers.ts";
import type { KubeObject, PersonEvent } from "./port.ts";

const pool: KubeObject = {
  apiVersion: "example.com/v1",
  kind: "Pool",
  metadata: { name: "p", namespace: "ns", uid: "u", resourceVersion: "1", creationTimestamp: "" },
};
const event = (message: string): PersonEvent => ({ type: "Normal", reason: "Launched", action: "Launch", message });

function aSender(script: Script = () => ok({ metadata: {} })) {
  const clock = fakeClock();
  const counted: Record<string, number> = {};
  const transport = scriptedTransport(clock, script);
  const metrics = { ...silentMetrics, event: (result: string) => (counted[result] = (counted[result] ?? 0) + 1) };
  const port = kubeClient({ transport, clock, dice: () => 0.5, metrics });
  const sender = eventSender({
    port,
    clock,
    metrics,
    reportingController: "example.com/test",
    reportingInstance: "pod-1",
  });
  const notes = () => transport.requests.map((request) => (request.body as { note: string }).note);
  return { clock, counted, sender, notes, transport };
}

test("an event carries cause, action and subject, in the subject's namespace", async () => {
  const { clock, sender, transport } = aSender();
  sender.emit(pool, event("One host launched."));
  await clock.settle();
  expect(transport.requests[0]).toMatchObject({
    method: "POST",
    path: "/apis/events.k8s.io/v1/namespaces/ns/events",
    body: {
      type: "Normal",
      reason: "Launched",
      action: "Launch",
      note: "One host launched.",
      eventTime: "2026-01-01T00:00:00.000000Z",
      regarding: { kind: "Pool", name: "p", uid: "u" },
      reportingController: "example.com/test",
      reportingInstance: "pod-1",
    },
  });
});

test("the same sentence is told once in two minutes; another one at once", async () => {
  const { clock, sender, notes, counted } = aSender();
  sender.emit(pool, event("same"));
  sender.emit(pool, event("same"));
  sender.emit(pool, event("other"));
  await clock.advance(119_000);
  sender.emit(pool, event("same"));
  await clock.advance(1_000);
  sender.emit(pool, event("same"));
  await clock.settle();
  expect(notes()).toEqual(["same", "other", "same"]);
  expect(counted).toEqual({ merged: 2, sent: 3 });
});

test("one object tells 25 things at once, then one in five minutes", async () => {
  const { clock, sender, notes, counted } = aSender();
  for (let number = 0; number < 40; number += 1) sender.emit(pool, event(`thing ${number}`));
  await clock.settle();
  expect(notes()).toHaveLength(25);
  expect(counted["limited"]).toBe(15);
  await clock.advance(300_000);
  sender.emit(pool, event("later"));
  sender.emit(pool, event("too many"));
  await clock.settle();
  expect(notes().slice(25)).toEqual(["later"]);
});

test("a silent API server fills a bounded queue and blocks nobody", async () => {
  const { clock, sender, counted } = aSender((_, signal) => silence(signal));
  for (let subject = 0; subject < 1_000; subject += 1) {
    const metadata = { ...pool.metadata, uid: `u${subject}` };
    sender.emit({ ...pool, metadata }, event("hello"));
  }
  await clock.settle();
  expect(counted["dropped"]).toBe(1_000 - 500 - 1); // one is on its way
});

test("a terminating namespace refuses, and that is counted and swallowed", async () => {
  const refusal = status(403, "Forbidden", { details: { causes: [{ reason: "NamespaceTerminating" }] } });
  const { clock, sender, counted } = aSender(() => refusal);
  sender.emit(pool, event("going"));
  await clock.settle();
  expect(counted).toEqual({ refused: 1 });
});

test("flush sends what waits and gives up when told to", async () => {
  const { clock, sender, notes } = aSender();
  sender.emit(pool, event("a"));
  sender.emit(pool, event("b"));
  await sender.flush(new AbortController().signal);
  expect(notes()).toEqual(["a", "b"]);
  const hanging = aSender((_, signal) => silence(signal));
  hanging.sender.emit(pool, event("never"));
  const stop = new AbortController();
  const flushing = hanging.sender.flush(stop.signal);
  stop.abort();
  await flushing;
  await clock.settle();
});
