import { objectCache, touchesMoreThanStatus } from "./cache.ts";
import type { CacheChange } from "./cache.ts";
import type { KubeObject } from "./port.ts";

interface Labelled extends KubeObject {
  readonly status?: { readonly phase: string };
}

function anObject(name: string, version: string, more: Partial<KubeObject["metadata"]> = {}): Labelled {
  return {
    apiVersion: "v1",
    kind: "Thing",
    metadata: {
      name,
      namespace: "ns",
      uid: `uid-${name}`,
      resourceVersion: version,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...more,
    },
  };
}

function aCache() {
  const changes: CacheChange<Labelled>[] = [];
  const bugs: unknown[] = [];
  const cache = objectCache<Labelled>({
    indexes: { pool: (object) => [object.metadata.labels?.["pool"] ?? "none"] },
    reportBug: (error) => bugs.push(error),
  });
  cache.onChange((change) => changes.push(change));
  return { cache, changes, bugs };
}

test("objects cannot be changed by who reads them", () => {
  const { cache } = aCache();
  cache.put(anObject("a", "1", { labels: { pool: "p" } }));
  const read = cache.get({ namespace: "ns", name: "a" });
  expect(() => Object.assign(read?.metadata.labels ?? {}, { pool: "q" })).toThrow(TypeError);
});

test("an index follows a changed label and a deletion", () => {
  const { cache } = aCache();
  cache.put(anObject("a", "1", { labels: { pool: "p" } }));
  cache.put(anObject("a", "2", { labels: { pool: "q" } }));
  expect(cache.byIndex("pool", "p")).toEqual([]);
  expect(cache.byIndex("pool", "q").map((object) => object.metadata.name)).toEqual(["a"]);
  cache.remove({ namespace: "ns", name: "a" });
  expect(cache.byIndex("pool", "q")).toEqual([]);
});

test("the same name with a new uid is told as replaced, with the former object", () => {
  const { cache, changes } = aCache();
  cache.put(anObject("a", "1"));
  cache.put(anObject("a", "5", { uid: "other" }));
  expect(changes.at(-1)).toMatchObject({ kind: "replaced", previous: { metadata: { uid: "uid-a" } } });
});

test("a new uid is told even if its version happens to be the same, as after a restored backup", () => {
  const { cache, changes } = aCache();
  cache.put(anObject("a", "1"));
  cache.put(anObject("a", "1", { uid: "other" }));
  expect(changes.at(-1)?.kind).toBe("replaced");
});

test("the same version again is no change", () => {
  const { cache, changes } = aCache();
  cache.put(anObject("a", "1"));
  cache.put(anObject("a", "1"));
  expect(changes).toHaveLength(1);
});

test("a listener or an index function that throws is reported and harms nobody", () => {
  const bugs: unknown[] = [];
  const cache = objectCache<Labelled>({
    indexes: {
      bad: () => {
        throw new Error("index");
      },
    },
    reportBug: (error) => bugs.push(error),
  });
  const seen: string[] = [];
  cache.onChange(() => {
    throw new Error("listener");
  });
  cache.onChange((change) => seen.push(change.kind));
  cache.put(anObject("a", "1"));
  expect(cache.get({ namespace: "ns", name: "a" })).toBeDefined();
  expect(seen).toEqual(["added"]);
  expect(bugs).toHaveLength(2);
});

test("an index that was not declared is a bug, not an empty answer", () => {
  expect(() => aCache().cache.byIndex("zone", "a")).toThrow("zone");
});

const rows: readonly (readonly [what: string, after: Partial<KubeObject["metadata"]>, isMore: boolean])[] = [
  ["status alone", {}, false],
  ["the spec", { generation: 2 }, true],
  ["a label", { labels: { pool: "q" } }, true],
  ["an annotation", { annotations: { "example.com/paused": "true" } }, true],
  ["a finalizer", { finalizers: ["example.com/in-use"] }, true],
  ["deletion", { deletionTimestamp: "2026-01-01T00:00:00Z" }, true],
];
test.each(rows)("a change of %s touches more than status: %j -> %s", (_, after, isMore) => {
  const change: CacheChange<Labelled> = {
    kind: "modified",
    previous: anObject("a", "1", { generation: 1 }),
    object: anObject("a", "2", { generation: 1, ...after }),
  };
  expect(touchesMoreThanStatus(change)).toBe(isMore);
});
