import fc from "fast-check";
import assert from "node:assert/strict";
import { isHistoryKnown, remaining } from "./budget.ts";
import {
  entriesOf,
  newLedger,
  SHARD_ENTRIES_MAX,
  SHARDS_MAX,
  withEntries,
  withRemoved,
  type LedgerEntry,
  type LedgerMeta,
  type Removed,
} from "./ledger.ts";
import { metaText, readMeta, readShard, shardText } from "./ledger-text.ts";

const HOUR_MS = 3_600_000;
const secondsMs = fc.integer({ min: 1, max: 2_000_000_000 }).map((seconds) => seconds * 1_000);
const uid = fc.uuid();
const entry: fc.Arbitrary<LedgerEntry> = fc
  .record(
    {
      scopeUIDs: fc.uniqueArray(uid, { maxLength: 4 }),
      sinceMs: secondsMs,
      isConfirmed: fc.boolean(),
      isNewMatch: fc.boolean(),
      members: fc.nat(),
      reassignedMs: secondsMs,
      removal: fc.record({ assignmentID: fc.string(), scopeUID: uid, serial: fc.nat() }),
      isForeign: fc.constant(true),
    },
    { requiredKeys: ["scopeUIDs", "sinceMs", "isConfirmed", "isNewMatch"] },
  )
  .map((value) => ({ ...value }));

test("a shard reads back as it was written", () => {
  fc.assert(
    fc.property(fc.dictionary(uid, entry), (entries) => {
      const shard = new Map(Object.entries(entries));
      expect(readShard(shardText(shard))).toEqual({ kind: "read", value: shard });
    }),
  );
});

test("the meta reads back as it was written", () => {
  const removed = fc.record({ atMs: secondsMs, scopeUID: uid, count: fc.nat() });
  const plan = fc.record(
    { hash: fc.string(), serial: fc.nat(), expiresAt: fc.string(), consumed: fc.string() },
    { requiredKeys: ["hash", "serial"] },
  );
  const meta: fc.Arbitrary<LedgerMeta> = fc.record({
    startedMs: secondsMs,
    foundAtStart: fc.nat(),
    removed: fc.array(removed),
    plans: fc
      .dictionary(
        uid,
        plan.map((value) => ({ ...value })),
      )
      .map((plans) => new Map(Object.entries(plans))),
    executions: fc
      .dictionary(
        uid,
        fc.record({ serial: fc.nat(), untilMs: secondsMs }).map((value) => ({ ...value })),
      )
      .map((executions) => new Map(Object.entries(executions))),
  });
  fc.assert(fc.property(meta, (value) => expect(readMeta(metaText(value))).toEqual({ kind: "read", value })));
});

for (const text of [
  "",
  "{}",
  "[]",
  "null",
  '{"format":2,"scopes":[],"entries":{}}',
  '{"format":1,"scopes":[],"entries":{"a":{"s":[3]}}}',
])
  test(`a shard of ${JSON.stringify(text)} is unreadable, not empty`, () => {
    assert.equal(readShard(text).kind, "unreadable");
    assert.equal(readMeta(text).kind, "unreadable");
  });

const plain: LedgerEntry = {
  scopeUIDs: ["6b29fc40-ca47-4067-b31d-00dd010662da"],
  sinceMs: 1_795_000_000_000,
  isConfirmed: true,
  isNewMatch: true,
};

test("10,000 groups fit in shards far below the limit of a ConfigMap, and a full ledger says so", () => {
  const ids = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `90000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
  const marked = {
    ...plain,
    reassignedMs: plain.sinceMs,
    removal: { assignmentID: "x".repeat(43), scopeUID: plain.scopeUIDs[0] ?? "", serial: 7 },
  };
  const ledger = withEntries(newLedger(0, 0), new Map(ids(10_000).map((id) => [id, marked])));
  assert.ok(ledger !== undefined);
  assert.equal(ledger.shards.length, 10);
  for (const shard of ledger.shards) assert.ok(Buffer.byteLength(shardText(shard)) < 256 * 1_024);
  const tooMany = new Map(ids(SHARD_ENTRIES_MAX * SHARDS_MAX + 1).map((id) => [id, plain]));
  assert.equal(withEntries(newLedger(0, 0), tooMany), undefined);
});

test("an entry stays in its shard, and other shards stay the same objects", () => {
  const many = new Map(Array.from({ length: 2_500 }, (_, index): [string, LedgerEntry] => [String(index), plain]));
  const ledger = withEntries(newLedger(0, 0), many);
  assert.ok(ledger !== undefined);
  const changed = withEntries(ledger, new Map([["1500", { ...plain, isNewMatch: false }]]));
  assert.ok(changed !== undefined);
  assert.deepEqual(
    changed.shards.map((shard, index) => shard === ledger.shards[index]),
    [true, false, true],
  );
  assert.equal([...entriesOf(changed)].length, 2_500);
});

test("whatever is added to the history, a window never counts less than what was removed in it", () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(HOUR_MS), count: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (given) => {
      let atMs = 0;
      let history: readonly Removed[] = [];
      const all: Removed[] = [];
      for (const { afterMs, count } of given) {
        atMs += afterMs;
        all.push({ atMs, scopeUID: "a", count });
        history = withRemoved(history, { atMs, scopeUID: "a", count });
      }
      const ceiling = { maxCount: 10_000, maxPercent: 100, window: "24h" };
      const used = all.reduce((sum, one) => (one.atMs > atMs - 24 * HOUR_MS ? sum + one.count : sum), 0);
      assert.ok(remaining(ceiling, history, 100, atMs).used >= used);
    }),
  );
});

const budgets: readonly (readonly [
  sentence: string,
  maxCount: number,
  maxPercent: number,
  inScope: number,
  usedBefore: number,
  left: number,
])[] = [
  ["the count binds in a large scope", 5, 10, 1_000, 0, 5],
  ["the share binds in a small one", 5, 10, 30, 0, 3],
  ["a share rounds to at least one", 5, 10, 4, 0, 1],
  ["nothing is left when the window is used up", 5, 10, 95, 5, 0],
  ["what left is part of what the share is of", 5, 10, 27, 3, 0],
  ["a count of none lets nothing go", 0, 10, 100, 0, 0],
];
for (const [sentence, maxCount, maxPercent, inScope, usedBefore, left] of budgets)
  test(sentence, () => {
    const history = usedBefore === 0 ? [] : [{ atMs: 1_000, scopeUID: "a", count: usedBefore }];
    assert.equal(remaining({ maxCount, maxPercent, window: "24h" }, history, inScope, 2_000).count, left);
  });

test("what was removed before the ledger is unknown until a whole window has passed, unless there was nothing", () => {
  const { meta } = newLedger(0, 7);
  const ceiling = { maxCount: 5, maxPercent: 10, window: "24h" };
  assert.equal(isHistoryKnown(meta, ceiling, 23 * HOUR_MS), false);
  assert.equal(isHistoryKnown(meta, ceiling, 24 * HOUR_MS), true);
  assert.equal(isHistoryKnown(newLedger(0, 0).meta, ceiling, 0), true);
});
