import type { Plan } from "../run/plan.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage } from "./stage.ts";
import { unknownIsNotUnhealthy } from "./unknown-is-not-unhealthy.ts";

const HOST = hostOf("tokyo-0-1");
const DRAIN = { instanceID: [HOST], document: ["CloudSync-Drain-0123"] };
const END = { instanceID: [HOST] };

function fleet(plan: Partial<Plan> = {}): Stage {
  const stage = new Stage(unknownIsNotUnhealthy(new Sight()), plan);
  stage.fleet("tokyo-0-1", "tokyo-1-1");
  stage.deed({ kind: "apply" });
  stage.time();
  return stage.advance({ minutes: 30 });
}

function permitted(stage: Stage, reason: string): void {
  stage.agent("tokyo-0-1", { metadata: { deletionTimestamp: stage.instant() }, status: { retirement: { reason } } });
  stage.kube("cloudsyncagents/tokyo-0-1");
}

test("a serving host that nobody asked away is named when it is drained, and when it is ended", () => {
  const stage = fleet();
  permitted(stage, "InstanceTerminated");
  expect(stage.cloud("SendCommand", DRAIN)).toBe(
    "tokyo-0-1 (i-tokyo-0-1) was drained (InstanceTerminated) although it had served for 30.0 min and nobody asked for it",
  );
  const ended = fleet();
  ended.state(HOST, "shutting-down");
  expect(ended.cloud("TerminateInstances", END)).toContain("was terminated (no permission)");
});

test("a host that a person deleted may go while it serves", () => {
  const stage = fleet();
  stage.agent("tokyo-0-1", { metadata: { deletionTimestamp: stage.instant() } });
  stage.deed({ kind: "deleteAgent", index: 0 });
  permitted(stage, "Replaced");
  expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
});

test("a host that truly did not serve may go", () => {
  const stage = fleet();
  stage.state(HOST, "stopped");
  stage.time();
  permitted(stage, "InstanceStopped");
  expect(stage.cloud("TerminateInstances", END)).toBeUndefined();
});

test("a host that was stopped when its pool permitted it may have come back since", () => {
  const stage = fleet();
  stage.state(HOST, "stopped");
  stage.time();
  permitted(stage, "InstanceStopped");
  stage.state(HOST, "running");
  stage.time();
  expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
});

const kept: readonly (readonly [what: string, change: (stage: Stage) => void, speaks: string | undefined])[] = [
  ["its host lives", () => undefined, "the record of tokyo-0-1 let go of i-tokyo-0-1, which is running"],
  ["its host is stopped", (stage) => stage.state(HOST, "stopped"), "let go of i-tokyo-0-1, which is stopped"],
  ["its host is terminated", (stage) => stage.state(HOST, "terminated"), undefined],
  [
    "it is released and listed",
    (stage) => {
      stage.agent("tokyo-0-1", { metadata: { annotations: { "cloudsync.dev/release": "true" } } });
      stage.pool({}, { status: { released: [{ instanceID: HOST }] } });
    },
    undefined,
  ],
  [
    "it is released and not listed",
    (stage) => stage.agent("tokyo-0-1", { metadata: { annotations: { "cloudsync.dev/release": "true" } } }),
    "the record of tokyo-0-1 is gone before its pool listed i-tokyo-0-1 as released",
  ],
];
for (const [what, change, speaks] of kept) {
  test(`a record that the operator lets go of while ${what} is ${speaks === undefined ? "silent" : "named"}`, () => {
    const stage = fleet();
    change(stage);
    stage.deed({ kind: "apply" });
    stage.time();
    stage.removeAgent("tokyo-0-1");
    const said = stage.kube("cloudsyncagents/tokyo-0-1");
    if (speaks === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(speaks);
  });
}

test("a finalizer that a person forces off leaves a host, and that is the person's", () => {
  const stage = fleet();
  stage.removeAgent("tokyo-0-1");
  expect(stage.deed({ kind: "removeFinalizers", on: "agent", index: 0 })).toBeUndefined();
});

test("a finalizer alone is enough of a record", () => {
  const stage = fleet();
  stage.agent("tokyo-0-1", { metadata: { finalizers: [] } });
  expect(stage.kube("cloudsyncagents/tokyo-0-1")).toContain("let go of i-tokyo-0-1");
});

test("lists that are empty for a moment are no excuse, for as long as the proof of an absence takes they are", () => {
  for (const [minutes, speaks] of [
    [4, true],
    [6, false],
  ] as const) {
    const empty = { on: "cloud", fromMs: 0, forMs: minutes * 60_000, rule: { effect: { kind: "emptyList" } } } as const;
    const stage = fleet({ faults: [empty] });
    stage.removeAgent("tokyo-0-1");
    const said = stage.kube("cloudsyncagents/tokyo-0-1");
    if (speaks) expect(said).toContain("let go of i-tokyo-0-1");
    else expect(said).toBeUndefined();
  }
});

test("a scale asks for every agent above it, those that a replacement made included, and for no more", () => {
  const stage = fleet();
  stage.launched("tokyo-0-2");
  stage.launched("tokyo-2-1");
  stage.deed({ kind: "apply" });
  stage.time();
  stage.advance({ minutes: 30 });
  stage.pool({ replicas: 1 });
  stage.deed({ kind: "scale", replicas: 1 });
  const drained = (name: string): string | undefined => {
    stage.agent(name, { status: { retirement: { reason: "ScaledDown" } } });
    stage.kube(`cloudsyncagents/${name}`);
    return stage.cloud("SendCommand", { ...DRAIN, instanceID: [hostOf(name)] });
  };
  expect(drained("tokyo-0-1")).toBeUndefined();
  expect(drained("tokyo-0-2")).toBeUndefined();
  expect(drained("tokyo-2-1")).toBeUndefined();
  expect(drained("tokyo-1-1")).toContain("was drained (ScaledDown) although it had served");
});
