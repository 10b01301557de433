/** The ledger with two hands on it: a leader that was cut off and does not know yet, or somebody with kubectl. */
import assert from "node:assert/strict";
import { parseConfiguration } from "../../api/parse.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { entryOf, withEntries, withMeta, type Ledger, type LedgerEntry } from "../../sync/scope/ledger.ts";
import { ledgerStore, type LedgerStore } from "./ledger-store.ts";
import { CONFIGURATION, scopeBench, type Bench } from "./testing/bench.ts";
import { deletes, HOUR_MS, MINUTE_MS, posts, putMany } from "./testing/questions.ts";

const NEVER = new AbortController().signal;

function configurationOf({ kube }: Bench): SyncConfiguration {
  const parsed = parseConfiguration(kube.get("SyncConfiguration", CONFIGURATION) ?? {});
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("; "));
  return parsed.object;
}

async function read(store: LedgerStore, bench: Bench): Promise<Ledger> {
  const reading = await store.read(configurationOf(bench), bench.nowMs(), 0, NEVER);
  if (reading.kind === "unread") throw new Error(reading.hold.reason);
  return reading.ledger;
}

function withOne(ledger: Ledger, groupID: string): Ledger {
  const entry: LedgerEntry = { scopeUIDs: ["other"], sinceMs: 0, isConfirmed: true, isNewMatch: false };
  const next = withEntries(ledger, new Map([[groupID, entry]]));
  if (next === undefined) throw new Error("full");
  return next;
}

function write(store: LedgerStore, bench: Bench, ledger: Ledger) {
  return store.write(configurationOf(bench), ledger, NEVER);
}

/** What another process would read now. */
const stored = (bench: Bench): Promise<Ledger> => read(ledgerStore(bench.kube.port), bench);

test("of two that begin a ledger at once, the second is refused, reads, and adds to the first one's", async () => {
  const bench = scopeBench();
  const [one, other] = [ledgerStore(bench.kube.port), ledgerStore(bench.kube.port)];
  const [first, second] = [await read(one, bench), await read(other, bench)];
  assert.deepEqual(await write(one, bench, withOne(first, "a")), { kind: "written" });
  const refused = await write(other, bench, withOne(second, "b"));
  assert.equal(refused.kind === "failed" && refused.hold.reason, "LedgerChanged");
  assert.equal(entryOf(await stored(bench), "b"), undefined);
  assert.deepEqual(await write(other, bench, withOne(await read(other, bench), "b")), { kind: "written" });
  for (const id of ["a", "b"]) assert.ok(entryOf(await stored(bench), id) !== undefined, id);
});

test("a version that is too old is refused, shard or meta, and nothing of the other writer's is lost", async () => {
  const bench = scopeBench();
  const [one, other] = [ledgerStore(bench.kube.port), ledgerStore(bench.kube.port)];
  await write(one, bench, withOne(await read(one, bench), "a"));
  const stale = await read(other, bench);
  const fresh = withMeta(withOne(await read(one, bench), "b"), { removed: [{ atMs: 0, scopeUID: "x", count: 3 }] });
  await write(one, bench, fresh);
  const changes = [withOne(stale, "c"), withMeta(stale, { removed: [] })];
  for (const change of changes) {
    const refused = await write(other, bench, change);
    assert.equal(refused.kind === "failed" && refused.hold.reason, "LedgerChanged");
    assert.equal(other.isHeld(configurationOf(bench).metadata.uid), false);
    await read(other, bench);
    await write(one, bench, withOne(await read(one, bench), `again-${changes.indexOf(change)}`));
  }
  const now = await stored(bench);
  for (const id of ["a", "b", "again-0", "again-1"]) assert.ok(entryOf(now, id) !== undefined, id);
  assert.equal(entryOf(now, "c"), undefined);
  assert.deepEqual(now.meta.removed, [{ atMs: 0, scopeUID: "x", count: 3 }]);
});

test("a removal that another writer has charged meanwhile counts: nothing leaves on the strength of an old ledger", async () => {
  const bench = scopeBench();
  const ids = putMany(bench, 40);
  const key = bench.addScope("sales", { groups: { ids } });
  await bench.advance(HOUR_MS);
  const other = ledgerStore(bench.kube.port);
  const seen = await read(other, bench);
  await write(other, bench, withMeta(seen, { removed: [{ atMs: bench.nowMs(), scopeUID: "x", count: 3 }] }));
  bench.kube.edit("GroupScope", key, { spec: { groups: { ids: ids.slice(2) } } });
  await bench.settle();
  assert.deepEqual(deletes(bench), []);
  assert.equal(bench.condition(key, "InSync").reason, "LedgerChanged");
  await bench.advance(MINUTE_MS);
  assert.deepEqual(deletes(bench), []);
  assert.deepEqual(bench.graph.assigned(), [...ids]);
  assert.equal(bench.condition(key, "RemovalApproved").reason, "OverRemovalCeiling");
});

test("an intent that another writer has stored meanwhile is kept, and each group is sent once", async () => {
  const bench = scopeBench();
  const ids = putMany(bench, 5);
  const key = bench.addScope("sales", { groups: { ids } });
  await bench.advance(HOUR_MS);
  const other = ledgerStore(bench.kube.port);
  const theirs = bench.graph.put("theirs");
  await write(other, bench, withOne(await read(other, bench), theirs));
  bench.graph.assignByHand(theirs);
  const [newcomer = ""] = putMany(bench, 1, "newcomer-");
  bench.kube.edit("GroupScope", key, { spec: { groups: { ids: [...ids, newcomer] } } });
  await bench.settle();
  // Not sent before it stands in the ledger.
  assert.equal(posts(bench), 5);
  await bench.advance(MINUTE_MS);
  assert.equal(posts(bench), 6);
  assert.deepEqual(bench.graph.assigned(), [...ids, theirs, newcomer].sort());
  const now = await stored(bench);
  for (const id of [...ids, theirs, newcomer]) assert.ok(entryOf(now, id) !== undefined, id);
  assert.equal(bench.condition(key, "Ready").status, "True");
});
