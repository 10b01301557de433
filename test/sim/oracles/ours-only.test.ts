import { oursOnly } from "./ours-only.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage } from "./stage.ts";

const HOST = hostOf("tokyo-0-1");
const DRAIN = { instanceID: [HOST], document: ["CloudSync-Drain-0123"] };
const PROBE = { instanceID: [HOST], document: ["CloudSync-Probe-0123"] };
const END = { instanceID: [HOST] };

/** A fleet of three, seen. */
function fleet(): Stage {
  const stage = new Stage(oursOnly(new Sight()));
  stage.fleet("tokyo-0-1", "tokyo-1-1", "tokyo-2-1");
  stage.deed({ kind: "apply" });
  return stage;
}

/** A person deleted the agent and its pool permitted it, long enough ago. */
function retired(reason = "Replaced"): Stage {
  const stage = fleet();
  stage.agent("tokyo-0-1", { metadata: { deletionTimestamp: stage.instant() } });
  stage.deed({ kind: "deleteAgent", index: 0 });
  stage.agent("tokyo-0-1", { status: { retirement: { reason } } });
  stage.kube("cloudsyncagents/tokyo-0-1");
  return stage.advance({ minutes: 10 });
}

test("the end of a host that its pool permitted is silent", () => {
  expect(retired().cloud("TerminateInstances", END)).toBeUndefined();
});

test("a refused or lost call is no write", () => {
  const stage = fleet().advance({ minutes: 10 });
  expect(stage.cloud("TerminateInstances", END, { outcome: "UnauthorizedOperation" })).toBeUndefined();
  expect(stage.cloud("TerminateInstances", END, { outcome: "lost (no effect)" })).toBeUndefined();
  expect(stage.cloud("TerminateInstances", END, { outcome: "lost (ok)" })).toContain("is not being deleted");
});

test("an end that was not permitted is named", () => {
  const stage = fleet();
  stage.agent("tokyo-0-1", { metadata: { deletionTimestamp: stage.instant() } });
  stage.deed({ kind: "deleteAgent", index: 0 });
  stage.advance({ minutes: 10 });
  expect(stage.cloud("TerminateInstances", END)).toBe(
    "TerminateInstances of i-tokyo-0-1, although from its beginning the pool has not permitted tokyo-0-1 to go",
  );
});

const changes: readonly (readonly [what: string, change: (stage: Stage) => void, sentence: string])[] = [
  [
    "a release of the agent",
    (stage) => stage.agent("tokyo-0-1", { metadata: { annotations: { "cloudsync.dev/release": "true" } } }),
    "tokyo-0-1 is released",
  ],
  [
    "a record of release in the pool",
    (stage) => stage.pool({}, { status: { released: [{ instanceID: HOST }] } }),
    "its pool lists i-tokyo-0-1 as released",
  ],
  [
    "a pause of the pool",
    (stage) => stage.pool({}, { metadata: { annotations: { "cloudsync.dev/paused": "true" } } }),
    "CloudSyncAgentPool tokyo is paused",
  ],
  ["Observe", (stage) => stage.pool({ mode: "Observe" }), "CloudSyncAgentPool tokyo is in mode Observe"],
  [
    "the deletion of a pool that retains",
    (stage) => stage.pool({ deletionPolicy: "Retain" }, { metadata: { deletionTimestamp: stage.instant() } }),
    "tokyo goes and leaves its hosts",
  ],
  ["a restore with new UIDs", (stage) => stage.removeAgent("tokyo-0-1"), "the record of tokyo-0-1 is gone"],
];
for (const [what, change, sentence] of changes) {
  test(`an end that was on its way at ${what} is silent, one long after is named`, () => {
    for (const [minutes, isLate] of [
      [0.5, false],
      [5, true],
    ] as const) {
      const stage = retired();
      change(stage);
      stage.deed({ kind: "apply" });
      stage.advance({ minutes });
      const said = stage.cloud("TerminateInstances", END);
      if (isLate) expect(said).toBe(`TerminateInstances of i-tokyo-0-1, although for 5.0 min ${sentence}`);
      else expect(said).toBeUndefined();
    }
  });
}

test("without a pool only a person's deletion ends a host", () => {
  for (const isPersons of [true, false]) {
    const stage = fleet();
    stage.removePool();
    stage.deed({ kind: "deletePool", propagation: "Orphan" });
    stage.agent("tokyo-0-1", { metadata: { deletionTimestamp: stage.instant() } });
    if (isPersons) stage.deed({ kind: "deleteAgent", index: 0 });
    else stage.kube("cloudsyncagents/tokyo-0-1");
    stage.advance({ minutes: 10 });
    const said = stage.cloud("TerminateInstances", END);
    if (isPersons) expect(said).toBeUndefined();
    else expect(said).toContain("the pool of tokyo-0-1 is gone and no person deleted tokyo-0-1");
  }
});

test("nothing but the probe goes to a paused agent's host", () => {
  const stage = fleet();
  stage.agent("tokyo-0-1", { metadata: { annotations: { "cloudsync.dev/paused": "true" } } });
  stage.deed({ kind: "apply" });
  stage.advance({ minutes: 10 });
  expect(stage.cloud("SendCommand", PROBE)).toBeUndefined();
  expect(stage.cloud("SendCommand", DRAIN)).toContain("SendCommand Drain of i-tokyo-0-1, although for 10.0 min");
});

test("a host without this owner's tag is not touched", () => {
  const stage = retired();
  expect(stage.cloud("SendCommand", PROBE)).toBeUndefined();
  stage.retag(HOST, {});
  expect(stage.cloud("TerminateInstances", END)).toBe(
    "TerminateInstances touched i-tokyo-0-1, whose owner tag is undefined",
  );
});

test("the end of a host that no record ever named is named", () => {
  const stage = fleet();
  stage.host("i-stray", { agent: "tokyo-9-9" });
  stage.time();
  expect(stage.cloud("TerminateInstances", { instanceID: ["i-stray"] })).toBe(
    "i-stray was ended, and no record names it",
  );
});

test("a launch beside a live host of an earlier pool of the same name is named, once lists can show it", () => {
  for (const [minutes, state, speaks] of [
    [10, "running", true],
    [10, "terminated", false],
    [0.2, "running", false],
  ] as const) {
    const stage = fleet();
    stage.host("i-old", { agent: "tokyo-9-9", tags: { "cloudsync.dev/pool-uid": "uid-old" } });
    stage.state("i-old", state);
    stage.time();
    stage.advance({ minutes });
    stage.host("i-new", { agent: "tokyo-0-1" });
    const said = stage.cloud("RunInstances", { clientToken: ["t"] });
    if (speaks) expect(said).toBe("i-new was launched while i-old runs under the same pool name for pool UID uid-old");
    else expect(said).toBeUndefined();
  }
});

test("nothing is launched for an agent of a pool that is gone, but what was on its way", () => {
  const RUN = { clientToken: ["token-tokyo-0-2"] };
  for (const [isRestored, minutes, speaks] of [
    [true, 0, "from its beginning the pool of tokyo-0-2 is gone"],
    [false, 0.5, undefined],
    [false, 5, "for 5.0 min the pool of tokyo-0-2 is gone"],
  ] as const) {
    const stage = fleet();
    if (!isRestored) stage.agent("tokyo-0-2");
    stage.deed({ kind: "apply" });
    stage.removePool();
    if (isRestored) stage.agent("tokyo-0-2");
    stage.deed({ kind: "restoreBackup" });
    stage.advance({ minutes });
    stage.host("i-new", { agent: "tokyo-0-2" });
    const said = stage.cloud("RunInstances", RUN);
    expect(said).toBe(speaks === undefined ? undefined : `RunInstances of i-new, although ${speaks}`);
  }
});
