import assert from "node:assert/strict";
import { scopeBench } from "./testing/bench.ts";
import { HOUR_MS, MINUTE_MS, posts, putMany } from "./testing/questions.ts";

describe("what is declared comes in", () => {
  test("by id, by name and by selector, once each, and then nothing is written", async () => {
    const bench = scopeBench();
    const [byID, byName] = [bench.graph.put("one"), bench.graph.put("two")];
    const many = putMany(bench, 30);
    const key = bench.addScope("all", {
      groups: { ids: [byID], displayNames: ["two"] },
      selector: { displayNamePrefix: "sg-sales-" },
    });
    await bench.settle();
    assert.deepEqual(bench.graph.assigned(), [byID, byName, ...many].sort());
    assert.equal(posts(bench), 32);
    assert.equal(bench.condition(key, "Ready").status, "True");
    const [writes, calls] = [bench.kube.writes.length, bench.graph.log.length];
    await bench.advance(24 * HOUR_MS);
    assert.deepEqual(bench.kube.writes.slice(writes), []);
    assert.equal(posts(bench), 32);
    // A steady scope costs a few calls an hour.
    assert.ok(bench.graph.calls(calls).length <= 24 * 8, String(bench.graph.calls(calls).length));
  });

  test("a group that is not eligible stays out and is named, and one that became so stays in", async () => {
    const bench = scopeBench();
    const unified = bench.graph.put("m365", { groupTypes: ["Unified"], isMailEnabled: true });
    const list = bench.graph.put("list", { isSecurityEnabled: false, isMailEnabled: true });
    const mail = bench.graph.put("mail", { isMailEnabled: true });
    const ofAD = bench.graph.put("of-ad", { isSyncedFromAD: true });
    const unknown = bench.graph.put("unknown", { isSecurityEnabled: undefined });
    const big = bench.graph.put("big");
    bench.graph.memberCounts.set(big, 50_001);
    const fine = bench.graph.put("fine");
    const key = bench.addScope("some", { groups: { ids: [unified, list, mail, ofAD, unknown, big, fine] } });
    await bench.settle();
    assert.deepEqual(bench.graph.assigned(), [fine]);
    const shown = bench.scope(key).status?.["ineligible"] as { id: string; reason: string }[];
    assert.deepEqual(
      new Map(shown.map(({ id, reason }) => [id, reason])),
      new Map([
        [unified, "Microsoft365Group"],
        [list, "NotSecurityEnabled"],
        [mail, "MailEnabled"],
        [ofAD, "OwnedByAD"],
        [unknown, "FactsUnknown"],
        [big, "TooManyMembers"],
      ]),
    );
    assert.ok(bench.condition(key, "Eligible").message.includes("Microsoft 365 groups are written back by another"));
    bench.graph.groups.set(fine, { ...bench.graph.groups.get(fine)!, isSyncedFromAD: true });
    bench.graph.rename(fine, "fine");
    await bench.advance(HOUR_MS);
    assert.deepEqual(bench.graph.assigned(), [fine]);
    assert.equal(bench.condition(key, "Eligible").status, "False");
  });

  test("an ambiguous name and a missing one bring in nothing", async () => {
    const bench = scopeBench();
    bench.graph.put("twice");
    bench.graph.put("twice");
    const ambiguous = bench.addScope("ambiguous", { groups: { displayNames: ["twice"] } });
    const missing = bench.addScope("missing", { groups: { displayNames: ["nobody"] } });
    await bench.settle();
    assert.deepEqual(bench.graph.assigned(), []);
    assert.equal(bench.condition(ambiguous, "Resolved").reason, "NameAmbiguous");
    assert.equal(bench.condition(missing, "Resolved").reason, "GroupNotFound");
  });

  test("a group that a selector newly matches waits for the ceiling, those of the first look do not", async () => {
    const bench = scopeBench({ configuration: { scopePolicy: { additionCeiling: { maxCount: 3, window: "1h" } } } });
    putMany(bench, 40);
    const key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
    await bench.settle();
    assert.equal(bench.graph.assigned().length, 40);
    putMany(bench, 10, "sg-sales-new-");
    await bench.advance(20 * MINUTE_MS);
    assert.equal(bench.graph.assigned().length, 43);
    assert.equal(bench.condition(key, "InSync").reason, "OverAdditionCeiling");
    bench.restart();
    await bench.advance(5 * HOUR_MS);
    assert.equal(bench.graph.assigned().length, 50);
    assert.equal(bench.condition(key, "Ready").status, "True");
  });

  test("a filter that is not understood is refused with a sentence", async () => {
    const bench = scopeBench();
    const key = bench.addScope("odd", { selector: { filter: "mail eq 'x'" } });
    await bench.settle();
    assert.equal(bench.condition(key, "Stalled").reason, "FilterRefused");
    assert.ok(bench.condition(key, "Ready").message.includes("displayName eq"));
  });
});
