/**
 * Random edits, half pages, lost answers, restarts, hands in the portal and approvals, over the models.
 * After every DELETE: the group was declared once, and the removal was approved, or is inside the budget of any window. Before every POST: the ledger
 * has the group. At the end: faults cease, what is declared is in scope, and nothing is written any more (L1).
 */
import fc from "fast-check";
import assert from "node:assert/strict";
import { Killed, scopeBench, CONFIGURATION, type Bench } from "./testing/bench.ts";
import type { ListFault } from "./testing/graph-model.ts";
import { HOUR_MS, MINUTE_MS, planHash } from "./testing/questions.ts";

const GROUPS = 16;
/** Never declared by anybody: only hands assign them. */
const STRANGERS = 4;
const SCOPES = ["alpha", "beta", "gamma"] as const;
const REMOVALS_MAX = 5;
const WINDOW_MS = 24 * HOUR_MS;

type Move =
  | { readonly kind: "declare"; readonly scope: number; readonly groups: readonly number[] }
  | { readonly kind: "select"; readonly scope: number; readonly prefix: string }
  | { readonly kind: "deleteScope"; readonly scope: number }
  | { readonly kind: "selectorFault" | "listFault"; readonly fault: ListFault }
  | { readonly kind: "postFault"; readonly fault: "none" | "lost" | "lostBefore" | "throttled" }
  | { readonly kind: "removeFault"; readonly fault: "none" | "lost" }
  | { readonly kind: "kill"; readonly afterWrites: number }
  | { readonly kind: "restart" | "consent" | "quarantine" | "down" }
  | { readonly kind: "approve"; readonly scope: number }
  | { readonly kind: "handsAssign" | "handsUnassign" | "rename" | "deleteGroup"; readonly group: number }
  | { readonly kind: "wait"; readonly ms: number };

const scope = fc.nat(SCOPES.length - 1);
const group = fc.nat(GROUPS - 1);
const anyGroup = fc.nat(GROUPS + STRANGERS - 1);
const fault = fc.constantFrom<ListFault>("none", "pageFails", "laterPageEmpty", "allEmpty");
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("declare" as const),
      scope,
      groups: fc.uniqueArray(group, { minLength: 1, maxLength: 10 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("select" as const),
      scope,
      prefix: fc.constantFrom("g-", "g-a", "g-b", "nothing-"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deleteScope" as const), scope }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("selectorFault" as const, "listFault" as const), fault }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("postFault" as const),
      fault: fc.constantFrom("none" as const, "lost" as const, "lostBefore" as const, "throttled" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("removeFault" as const),
      fault: fc.constantFrom("none" as const, "lost" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("kill" as const), afterWrites: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("restart" as const, "consent" as const, "quarantine" as const, "down" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("approve" as const), scope }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "handsAssign" as const,
        "handsUnassign" as const,
        "rename" as const,
        "deleteGroup" as const,
      ),
      group: anyGroup,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(MINUTE_MS, 20 * MINUTE_MS, 3 * HOUR_MS, 13 * HOUR_MS),
    }),
  },
);

interface Run {
  readonly bench: Bench;
  readonly ids: readonly string[];
  readonly declared: Set<string>;
  /** Groups that an approval allows to leave, and how often. */
  readonly approved: Map<string, number>;
  readonly unapprovedMs: number[];
  strikeAfter: number;
  seen: number;
}

function start(): Run {
  const bench = scopeBench();
  const ids = Array.from({ length: GROUPS }, (_, index) => bench.graph.put(`g-${index % 2 === 0 ? "a" : "b"}${index}`));
  const strangers = Array.from({ length: STRANGERS }, (_, index) => bench.graph.put(`x-${index}`));
  const run: Run = {
    bench,
    ids: [...ids, ...strangers],
    declared: new Set(),
    approved: new Map(),
    unapprovedMs: [],
    strikeAfter: 0,
    seen: 0,
  };
  const strike = (): void => {
    judge(run);
    if (run.strikeAfter > 0 && (run.strikeAfter -= 1) === 0) throw new Killed();
  };
  bench.kube.afterWrite = strike;
  bench.graph.faults.afterWrite = strike;
  setPostFault(run, "none");
  return run;
}

function judge(run: Run): void {
  const { bench, declared, approved, unapprovedMs } = run;
  for (const { call, groupID = "", atMs } of bench.graph.log.slice(run.seen)) {
    if (call !== "DELETE") continue;
    assert.ok(declared.has(groupID), `a foreign assignment was removed: ${groupID}`);
    const left = approved.get(groupID) ?? 0;
    if (left > 0) approved.set(groupID, left - 1);
    else unapprovedMs.push(atMs);
    const inWindow = unapprovedMs.filter((ms) => atMs - ms < WINDOW_MS).length;
    assert.ok(inWindow <= REMOVALS_MAX, `${inWindow} removals in a window without approval`);
    assert.equal(bench.graph.faults.quarantine, undefined, "removed during quarantine");
  }
  run.seen = bench.graph.log.length;
}

function setPostFault(run: Run, kind: Extract<Move, { kind: "postFault" }>["fault"]): void {
  run.bench.graph.faults.post = (groupID) => {
    const ledger = run.bench.kube.list("ConfigMap").map(({ data }) => data?.["ledger"] ?? "");
    assert.ok(
      ledger.some((text) => text.includes(groupID)),
      `no ledger entry before the POST of ${groupID}`,
    );
    return kind === "throttled" ? { throttledMs: 90_000 } : kind;
  };
}

async function play(run: Run, given: Move): Promise<void> {
  const { bench, ids } = run;
  const { faults } = bench.graph;
  const keyOf = (index: number) => ({ namespace: CONFIGURATION.namespace, name: SCOPES[index] ?? "" });
  const put = (index: number, spec: Readonly<Record<string, unknown>>): void => {
    const key = keyOf(index);
    const live = bench.kube.get("GroupScope", key);
    if (live?.metadata.deletionTimestamp !== undefined) return;
    if (live === undefined) bench.addScope(key.name, { deletionPolicy: index === 2 ? "Delete" : "Retain", ...spec });
    else bench.kube.edit("GroupScope", key, { spec });
  };
  switch (given.kind) {
    case "declare": {
      const chosen = given.groups.map((index) => ids[index] ?? "");
      for (const id of chosen) run.declared.add(id);
      put(given.scope, { groups: { ids: chosen }, selector: undefined });
      break;
    }
    case "select":
      for (const [id, { displayName }] of bench.graph.groups)
        if (displayName.startsWith(given.prefix)) run.declared.add(id);
      put(given.scope, { groups: undefined, selector: { displayNamePrefix: given.prefix } });
      break;
    case "deleteScope":
      bench.kube.remove("GroupScope", keyOf(given.scope));
      break;
    case "selectorFault":
      faults.selector = given.fault;
      break;
    case "listFault":
      faults.assignments = given.fault;
      break;
    case "postFault":
      setPostFault(run, given.fault);
      break;
    case "removeFault":
      faults.remove = () => given.fault;
      break;
    case "kill":
      run.strikeAfter = given.afterWrites;
      break;
    case "restart":
      bench.restart();
      break;
    case "consent": {
      const { spec } = bench.kube.get("SyncConfiguration", CONFIGURATION) ?? {};
      const entries = [{ namespace: CONFIGURATION.namespace, groups: { ids: ids.slice(0, 4) } }];
      const isLimited = JSON.stringify(spec).includes("entries");
      bench.kube.edit("SyncConfiguration", CONFIGURATION, {
        spec: { allowedNamespaces: { from: "All", ...(isLimited ? {} : { entries }) } },
      });
      break;
    }
    case "quarantine":
      faults.quarantine = faults.quarantine === undefined ? "TooManyDeletes" : undefined;
      break;
    case "down":
      faults.down = !faults.down;
      break;
    case "approve":
      approve(run, keyOf(given.scope));
      break;
    case "handsAssign":
      if (!bench.graph.assigned().includes(ids[given.group] ?? "")) bench.graph.assignByHand(ids[given.group] ?? "");
      break;
    case "handsUnassign":
      bench.graph.unassignByHand(ids[given.group] ?? "");
      break;
    case "rename":
      bench.graph.rename(ids[given.group] ?? "", `renamed-${given.group}`);
      break;
    case "deleteGroup":
      bench.graph.delete(ids[given.group] ?? "");
      break;
    case "wait":
      await bench.advance(given.ms);
      break;
  }
  if (given.kind !== "wait") await bench.settle();
  judge(run);
}

/** A person reads the plan and approves what it lists; at most 16 groups, so that the list is whole. */
function approve(run: Run, key: { readonly namespace: string; readonly name: string }): void {
  const { bench, approved } = run;
  const plan = bench.kube.get("GroupScope", key)?.status?.["plan"] as { toRemove: readonly string[] } | undefined;
  if (plan === undefined) return;
  const byName = new Map([...bench.graph.groups].map(([id, { displayName }]) => [displayName, id]));
  for (const name of plan.toRemove) {
    const id = byName.get(name) ?? name;
    approved.set(id, (approved.get(id) ?? 0) + 1);
  }
  bench.kube.edit("GroupScope", key, { spec: { approvedPlan: planHash(bench, key) } });
}

async function finish(run: Run): Promise<void> {
  const { bench } = run;
  const { faults } = bench.graph;
  Object.assign(faults, {
    selector: "none",
    assignments: "none",
    quarantine: undefined,
    down: false,
    remove: () => "none",
  });
  setPostFault(run, "none");
  run.strikeAfter = 0;
  bench.kube.edit("SyncConfiguration", CONFIGURATION, { spec: { allowedNamespaces: { from: "All" } } });
  bench.restart();
  // Past every window, and past the day after which contended groups come back.
  await bench.advance(80 * HOUR_MS);
  judge(run);
  const wanted = new Set<string>();
  for (const { spec, metadata } of bench.kube.list("GroupScope")) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const { groups, selector } = spec as {
      groups?: { ids: readonly string[] };
      selector?: { displayNamePrefix: string };
    };
    for (const id of groups?.ids ?? []) if (bench.graph.groups.has(id)) wanted.add(id);
    for (const [id, { displayName }] of bench.graph.groups)
      if (selector !== undefined && displayName.startsWith(selector.displayNamePrefix)) wanted.add(id);
  }
  const assigned = new Set(bench.graph.assigned());
  assert.deepEqual(
    [...wanted].filter((id) => !assigned.has(id)),
    [],
    "declared and not in scope",
  );
  const [writes, log] = [bench.kube.writes.length, bench.graph.log.length];
  await bench.advance(12 * HOUR_MS);
  const written = bench.graph.log.slice(log).filter(({ call }) => call === "POST" || call === "DELETE");
  assert.deepEqual([bench.kube.writes.slice(writes), written], [[], []], "writes at rest");
}

test("whatever happens, nothing leaves but what was approved or is inside the budget, and it comes to rest", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 30 }), async (moves) => {
      const run = start();
      for (const one of moves) await play(run, one);
      await finish(run);
    }),
    {
      endOnFailure: true,
      numRuns: Number(process.env["SCOPE_RUNS"] ?? 12),
      ...(process.env["SCOPE_SEED"] === undefined ? {} : { seed: Number(process.env["SCOPE_SEED"]) }),
    },
  );
}, 600_000);
