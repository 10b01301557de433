/** What a scope of 10,000 groups costs: calls of Graph, writes of the ledger, bytes of status. Times are the benchmark's matter. */
import assert from "node:assert/strict";
import { scopeBench, type Bench } from "./testing/bench.ts";
import { HOUR_MS, posts, putMany } from "./testing/questions.ts";

const GROUPS = 9_999;
let bench: Bench;
let key: ReturnType<Bench["addScope"]>;

beforeAll(async () => {
  bench = scopeBench();
  putMany(bench, GROUPS);
  key = bench.addScope("sales", { selector: { displayNamePrefix: "sg-sales-" } });
  await bench.advance(HOUR_MS);
}, 120_000);

test("all come in with 500 batches of POSTs and about 60 writes of the ledger", () => {
  assert.equal(bench.graph.assigned().length, GROUPS);
  assert.equal(posts(bench), GROUPS);
  const calls = bench.graph.calls();
  assert.equal(calls.filter((call) => call === "assign").length, 500);
  const ledgerWrites = bench.kube.writes.filter((write) => write.includes("ConfigMap"));
  assert.ok(ledgerWrites.length <= 75, String(ledgerWrites.length));
  for (const { data } of bench.kube.list("ConfigMap"))
    assert.ok(Buffer.byteLength(data?.["ledger"] ?? "") < 256 * 1_024);
});

test("its status stays below 32 KiB, also with a plan and ineligible groups", async () => {
  bench.kube.edit("GroupScope", key, { spec: { selector: { displayNamePrefix: "sg-sales-0000" } } });
  await bench.settle();
  const { status } = bench.scope(key);
  assert.ok(status?.["plan"] !== undefined);
  assert.ok(Buffer.byteLength(JSON.stringify(status)) < 32 * 1_024);
  bench.kube.edit("GroupScope", key, { spec: { selector: { displayNamePrefix: "sg-sales-" } } });
  await bench.settle();
  assert.equal(bench.graph.log.filter(({ call }) => call === "DELETE").length, 0);
});

test("one more group costs at most five calls, its own look at members included", async () => {
  const id = bench.graph.put("one-more");
  const from = bench.graph.log.length;
  bench.addScope("one", { groups: { ids: [id] } });
  await bench.settle();
  assert.ok(bench.graph.assigned().includes(id));
  assert.ok(bench.graph.calls(from).length <= 5, bench.graph.calls(from).join(" "));
});

test("a group named in the large scope itself, and unnamed again, does not read its selector anew", async () => {
  const [id] = bench.graph.assigned();
  for (const groups of [{ ids: [id] }, undefined]) {
    const from = bench.graph.log.length;
    const selector = { displayNamePrefix: "sg-sales-" };
    bench.kube.edit("GroupScope", key, { spec: { selector, ...(groups === undefined ? {} : { groups }) } });
    await bench.settle();
    assert.ok(!bench.graph.calls(from).includes("byFilter"), bench.graph.calls(from).join(" "));
    assert.ok(bench.graph.calls(from).length <= 5, bench.graph.calls(from).join(" "));
  }
});

test("more than the vendor's limit stays out, and is told", async () => {
  const over = bench.addScope("over", { groups: { ids: [bench.graph.put("over-limit")] } });
  await bench.settle();
  assert.equal(bench.graph.assigned().length, 10_000);
  assert.equal(bench.condition(over, "WithinLimits").reason, "OverLimits");
});

test("a restart sends nothing, and at rest nothing is written", async () => {
  const [sent, writes] = [posts(bench), bench.kube.writes.length];
  bench.restart();
  await bench.advance(6 * HOUR_MS);
  assert.equal(posts(bench), sent);
  assert.deepEqual(bench.kube.writes.slice(writes), []);
}, 60_000);
