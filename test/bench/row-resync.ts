/** Row 9: a new object among 6,000 small ones that are all read anew after a restart, at 350 ms a Graph call. */
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import {
  API_PATH,
  ASSIGN,
  assignedSoFar,
  callsText,
  CONFIGURATION,
  create,
  entraStage,
  graphCalls,
  graphCounts,
  groupID,
  manifest,
  provision,
  untilQuiet,
  type GraphCall,
} from "./entra.ts";
import { below, seconds, type Figure } from "./figures.ts";
import { memoryMB, untilLogged, type Stage } from "./stage.ts";

/** `BENCH_OBJECTS` makes a quick try smaller. */
const OBJECTS = Number(process.env["BENCH_OBJECTS"] ?? 6_000);
const SCOPES = OBJECTS / 2;
const LATENCY_MS = 350;
/** Every call over the wire. The parts of a batch come with it: were each late as well, one after the other, a batch would take 7 s. */
const SLOW_ACTIONS = [
  "POST /$batch",
  "GET /groups",
  "GET /groups/delta*",
  "GET /groups/{group-id}/members",
  "GET /servicePrincipals*",
  "POST /servicePrincipals/{servicePrincipal-id}/synchronization*",
  "PUT *",
  "GET /applications*",
  "GET /applicationTemplates*",
  "GET /subscribedSkus",
];
const CREATED_AT_ONCE = 16;
/** The resync is under way by then and far from its end, and what waits has waited long enough to have risen in the queue. */
const INTO_RESYNC_MS = 30_000;
const AFTERWARDS_MS = 10_000;
const TARGET_MS = 10_000;

export async function measureResync(): Promise<readonly Figure[]> {
  const stage = await entraStage({ groups: SCOPES + 2, membersEach: 3 });
  try {
    await build(stage);
    for (const action of SLOW_ACTIONS)
      await stage.world.control.ask("POST", "/faults", {
        service: "graph",
        action,
        effect: { kind: "latency", delayMs: LATENCY_MS },
      });
    const { lastSequence } = await graphCounts(stage);
    const operator = stage.operator({ times: "default", name: "restarted" });
    await untilLogged(operator, "leading", 120_000);
    const leadingMs = Date.now();
    await delay(INTO_RESYNC_MS);
    const scope = manifest("GroupScope", "new", {
      configurationRef: { name: CONFIGURATION },
      groups: { ids: [groupID(SCOPES)] },
    });
    const scopeMs = await acted(stage, "groupscopes", scope, (call) => isAssignOf(call, groupID(SCOPES)));
    const testMs = await acted(stage, "provisioningtests", test("new", SCOPES + 1), ({ action }) =>
      action.endsWith("/provisionOnDemand"),
    );
    const afterMs = Date.now();
    await delay(AFTERWARDS_MS);
    const calls = await graphCalls(stage, lastSequence);
    const later = calls.filter(({ atMs }) => atMs > afterMs);
    const notes = [
      `${SCOPES.toLocaleString("en")} scopes of one group each and as many tests that have passed before (their status is written by the benchmark), one configuration; the operator is started anew ` +
        `with default flags, and the object comes ${INTO_RESYNC_MS / 1_000} s after it leads. From the create to the call in the world's log.`,
      `The rest was still being read: ${later.length} calls in the ${AFTERWARDS_MS / 1_000} s after both. Calls from the start (parts of batches counted): ${callsText(calls)}. ` +
        `RSS ${memoryMB(operator).residentMB.toFixed(0)} MB.`,
    ];
    const raw = { scopeMs, testMs, sinceLeadingMs: afterMs - leadingMs, perSecond: perSecond(calls, leadingMs) };
    const name = `${OBJECTS.toLocaleString("en")} small objects, ${LATENCY_MS} ms a Graph call`;
    const figure = (what: string, tookMs: number, own: readonly string[]): Figure => ({
      row: 9,
      name: `${name}: ${what}`,
      measured: seconds(tookMs, 1),
      target: "< 10 s",
      verdict: below(TARGET_MS, tookMs),
      notes: own,
      raw,
    });
    return [
      figure("a new scope's POST while the rest resyncs", scopeMs, notes),
      figure("a new test's on-demand run while the rest resyncs", testMs, []),
    ];
  } finally {
    await stage.close();
  }
}

/** Everything is in Entra and in status as a long life of the installation would have left it. */
async function build(stage: Stage): Promise<void> {
  const flags = ["--graph-writes-rate=1000", "--graph-writes-burst=1000", "--graph-reads-rate=1000"];
  const operator = stage.operator({ times: "default", flags, name: "builder" });
  await untilLogged(operator, "leading");
  await provision(stage, operator);
  const numbers = Array.from({ length: SCOPES }, (_, number) => number);
  await inParallel(numbers, (number) =>
    create(
      stage,
      "groupscopes",
      manifest("GroupScope", `s${number}`, {
        configurationRef: { name: CONFIGURATION },
        groups: { ids: [groupID(number)] },
      }),
    ),
  );
  await eventually(
    `${SCOPES} groups are assigned`,
    async () => assignedSoFar(await graphCounts(stage)),
    (assigned) => assigned >= SCOPES,
    { timeoutMs: 300_000, intervalMs: 2_000 },
  );
  await untilQuiet(stage, 5_000, 180_000);
  await operator.terminate();
  await inParallel(numbers, (number) => passedTest(stage, number));
}

async function passedTest(stage: Stage, number: number): Promise<void> {
  const name = `t${number}`;
  const body = test(name, number);
  await create(stage, "provisioningtests", body);
  const path = `${API_PATH}/provisioningtests/${name}`;
  const made = (await stage.api.send("GET", path)).body as object;
  const at = new Date().toISOString().slice(0, 19) + "Z";
  const last = {
    startedAt: at,
    finishedAt: at,
    generation: 1,
    result: "Passed",
    reason: "Proven",
    cause: "Generation",
  };
  const answer = await stage.api.send("PUT", `${path}/status`, { ...made, status: { observedGeneration: 1, last } });
  if (answer.code !== 200) throw new Error(`status of ${name}: ${answer.code} ${JSON.stringify(answer.body)}`);
}

function test(name: string, number: number): object {
  return manifest("ProvisioningTest", name, {
    configurationRef: { name: CONFIGURATION },
    subject: { group: { id: groupID(number) }, members: { sample: 1 } },
  });
}

async function acted(
  stage: Stage,
  plural: string,
  object: object,
  isAct: (call: GraphCall) => boolean,
): Promise<number> {
  const { lastSequence } = await graphCounts(stage);
  const fromMs = Date.now();
  await create(stage, plural, object);
  const call = await eventually(
    `Graph is called for the new one of ${plural}`,
    async () => (await graphCalls(stage, lastSequence)).find(isAct),
    (found) => found !== undefined,
    { timeoutMs: 180_000, intervalMs: 200 },
  );
  return (call?.atMs ?? Number.NaN) - fromMs;
}

function isAssignOf({ action, facts }: GraphCall, id: string): boolean {
  return action === ASSIGN && (facts.objectID ?? []).includes(id);
}

function perSecond(calls: readonly GraphCall[], fromMs: number): readonly number[] {
  const counts = Map.groupBy(calls, ({ atMs }) => Math.floor((atMs - fromMs) / 1_000));
  return Array.from({ length: Math.max(...counts.keys()) + 1 }, (_, second) => counts.get(second)?.length ?? 0);
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, worker));
}
