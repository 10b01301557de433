import { fakeClock } from "../../test/support/fake-clock.ts";
import { ok, scriptedTransport, status } from "../../test/support/scripted-transport.ts";
import type { ScriptedWatch } from "../../test/support/scripted-transport.ts";
import { objectCache } from "./cache.ts";
import { silentLog, silentMetrics } from "./observers.ts";
import type { KubeObject, ResourceKind } from "./port.ts";
import { reflector } from "./reflector.ts";

const THINGS: ResourceKind = {
  group: "example.com",
  version: "v1",
  kind: "Thing",
  plural: "things",
  isNamespaced: true,
};

function thing(name: string, resourceVersion: string, uid = `uid-${name}`): KubeObject {
  return {
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name, namespace: "ns", uid, resourceVersion, creationTimestamp: "2026-01-01T00:00:00Z" },
  };
}
const listOf = (version: string, items: readonly object[], next = "") =>
  ok({ kind: "ThingList", metadata: { resourceVersion: version, continue: next }, items });

async function aReflector(items: readonly KubeObject[] = [], version = "100") {
  const clock = fakeClock();
  const relists: string[] = [];
  const missed: number[] = [];
  const transport = scriptedTransport(clock, () => listOf(version, items));
  const cache = objectCache<KubeObject>({ indexes: {}, reportBug: (error) => relists.push(String(error)) });
  const changes: string[] = [];
  cache.onChange((change) => {
    const object = change.kind === "deleted" ? change.previous : change.object;
    changes.push(`${change.kind} ${object.metadata.name}`);
  });
  const subject = reflector({
    transport,
    clock,
    dice: () => 0.5,
    log: silentLog,
    metrics: {
      ...silentMetrics,
      relisted: (_, reason) => relists.push(reason),
      missedEvents: (_, count) => missed.push(count),
    },
    kind: THINGS,
    namespace: "ns",
    cache,
  });
  const stop = new AbortController();
  const running = subject.run(stop.signal);
  await clock.settle();
  const lastWatch = (): ScriptedWatch => {
    const watch = transport.watches.at(-1);
    if (watch === undefined) throw new Error("no watch was opened");
    return watch;
  };
  const finish = async (): Promise<void> => {
    stop.abort();
    await running;
    expect(clock.pending()).toBe(0); // nothing it started goes on
  };
  const names = (): string[] =>
    cache.list().map((object) => `${object.metadata.name}@${object.metadata.resourceVersion}`);
  return { clock, transport, cache, changes, subject, relists, missed, lastWatch, names, finish };
}

test("lists, then watches from the list's version with bookmarks and a time limit", async () => {
  const { subject, lastWatch, names, finish } = await aReflector([thing("a", "50")]);
  expect(subject.hasSynced()).toBe(true);
  expect(names()).toEqual(["a@50"]);
  expect(lastWatch().request.path).toBe(
    "/apis/example.com/v1/namespaces/ns/things?watch=true&allowWatchBookmarks=true&resourceVersion=100&timeoutSeconds=360",
  );
  await finish();
});

test("events change the cache, cut anywhere, and the observed version follows", async () => {
  const { clock, subject, lastWatch, names, finish } = await aReflector([thing("a", "50")]);
  lastWatch().event("ADDED", thing("b", "101"));
  const line = JSON.stringify({ type: "MODIFIED", object: thing("a", "102") }) + "\n";
  lastWatch().raw(line.slice(0, 17));
  await clock.settle();
  expect(names()).toEqual(["a@50", "b@101"]);
  lastWatch().raw(line.slice(17));
  lastWatch().event("DELETED", thing("b", "103"));
  await clock.settle();
  expect(names()).toEqual(["a@102"]);
  expect(subject.observedVersion()).toBe("103");
  await finish();
});

test("a stream that the server ends is continued from the last version, a bookmark's included", async () => {
  const { clock, lastWatch, relists, transport, finish } = await aReflector();
  lastWatch().event("BOOKMARK", { metadata: { resourceVersion: "900" } });
  await clock.advance(60_000);
  lastWatch().end();
  await clock.settle();
  expect(transport.watches).toHaveLength(2);
  expect(lastWatch().request.path).toContain("resourceVersion=900");
  expect(relists).toEqual(["Start"]);
  await finish();
});

test("a stream that ends at once is not reopened in a busy loop", async () => {
  const { clock, lastWatch, transport, finish } = await aReflector();
  for (let round = 0; round < 10; round += 1) {
    lastWatch().end();
    await clock.settle();
  }
  expect(transport.watches).toHaveLength(1);
  await clock.advance(1_000);
  expect(transport.watches).toHaveLength(2);
  await finish();
});

const expired: readonly (readonly [how: string, expire: (world: Awaited<ReturnType<typeof aReflector>>) => void])[] = [
  [
    "as an ERROR event",
    ({ lastWatch }) => lastWatch().event("ERROR", { kind: "Status", code: 410, reason: "Expired" }),
  ],
  [
    "as the status of the watch",
    ({ transport, lastWatch }) => {
      transport.refuseWatches(status(410, "Expired"));
      lastWatch().end();
    },
  ],
];
test.each(expired)("410 %s lists anew, by uid", async (_, expire) => {
  const world = await aReflector([thing("kept", "50"), thing("reborn", "51"), thing("gone", "52")]);
  world.transport.answerWith(() =>
    listOf("200", [thing("kept", "50"), thing("reborn", "150", "other"), thing("new", "151")]),
  );
  world.changes.length = 0;
  await world.clock.advance(2_000);
  expire(world);
  await world.clock.settle();
  expect(world.relists).toEqual(["Start", "VersionGone"]);
  expect(world.changes.sort()).toEqual(["added new", "deleted gone", "replaced reborn"]);
  await world.finish();
});

test("silence after a bookmark is a dead connection", async () => {
  const { clock, lastWatch, transport, finish } = await aReflector();
  lastWatch().event("BOOKMARK", { metadata: { resourceVersion: "101" } });
  await clock.advance(149_000);
  expect(transport.watches).toHaveLength(1);
  await clock.advance(2_000);
  expect(transport.watches).toHaveLength(2);
  await finish();
});

test("without bookmarks silence means nothing until the server's own limit is overdue", async () => {
  const { clock, transport, finish } = await aReflector();
  await clock.advance(389_000);
  expect(transport.watches).toHaveLength(1);
  await clock.advance(2_000);
  expect(transport.watches).toHaveLength(2);
  await finish();
});

test("429 on the watch waits as long as the server asks", async () => {
  const { clock, lastWatch, transport, finish } = await aReflector();
  await clock.advance(2_000);
  transport.refuseWatches({ ...status(429), retryAfterMs: 7_000 });
  lastWatch().end();
  await clock.advance(6_900);
  expect(transport.watches).toHaveLength(1);
  await clock.advance(200);
  expect(transport.watches).toHaveLength(2);
  await finish();
});

test("a server that refuses everything for an hour is asked ever less often, and found when it is back", async () => {
  const { clock, transport, lastWatch, names, finish } = await aReflector([thing("a", "50")]);
  const down = { kind: "unanswered", reason: "ConnectionRefused", mayHaveArrived: false, evidence: "" } as const;
  transport.answerWith(() => down);
  transport.refuseWatches(...Array.from({ length: 500 }, () => down));
  lastWatch().fail(new Error("reset"));
  const before = transport.requests.length;
  await clock.advance(3_600_000);
  const asked = transport.requests.length - before;
  expect(asked).toBeGreaterThan(100);
  expect(asked).toBeLessThan(400);
  expect(names()).toEqual(["a@50"]); // unknown is not empty
  transport.refuseWatches();
  await clock.advance(30_000);
  lastWatch().event("ADDED", thing("b", "250"));
  await clock.settle();
  expect(names()).toEqual(["a@50", "b@250"]);
  await finish();
});

test("a list whose version expires while paging is started anew and never stored in part", async () => {
  const clock = fakeClock();
  const answers = [
    listOf("100", [thing("a", "50")], "more"),
    status(410, "Expired"),
    listOf("200", [thing("b", "150")]),
  ];
  const transport = scriptedTransport(clock, () => answers.shift() ?? status(500));
  const cache = objectCache<KubeObject>({ indexes: {}, reportBug: () => undefined });
  const seen: string[] = [];
  cache.onChange((change) => seen.push(change.kind === "deleted" ? "deleted" : change.object.metadata.name));
  const subject = reflector({
    transport,
    clock,
    dice: () => 0.5,
    log: silentLog,
    metrics: silentMetrics,
    kind: THINGS,
    namespace: undefined,
    cache,
  });
  const stop = new AbortController();
  const running = subject.run(stop.signal);
  await clock.settle();
  expect(seen).toEqual(["b"]);
  stop.abort();
  await running;
});

test("an event that the watch lost is found by the periodic compare, counted, and repaired", async () => {
  const { clock, transport, lastWatch, missed, relists, names, finish } = await aReflector([thing("a", "50")]);
  transport.answerWith(() => listOf("200", [thing("a", "120")])); // version 120 never came over the watch
  for (let minute = 0; minute < 60; minute += 1) {
    lastWatch().event("BOOKMARK", { metadata: { resourceVersion: String(130 + minute) } });
    await clock.advance(60_000);
  }
  expect(missed).toEqual([]); // not judged before the watch has caught up with the list
  lastWatch().event("BOOKMARK", { metadata: { resourceVersion: "201" } });
  await clock.settle();
  expect(missed).toEqual([1]);
  expect(relists.at(-1)).toBe("Compare");
  expect(names()).toEqual(["a@120"]);
  await finish();
});

test("an unreadable line leads to a new list, since going on could skip a change", async () => {
  const { clock, lastWatch, relists, finish } = await aReflector();
  lastWatch().raw("{not json}\n");
  await clock.settle();
  expect(relists).toEqual(["Start", "VersionGone"]);
  await finish();
});
