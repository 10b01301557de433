import { floor } from "./floor.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage } from "./stage.ts";

const HOST = hostOf("tokyo-0-1");
const OTHER = hostOf("tokyo-1-1");
const DRAIN = { instanceID: [HOST], document: ["CloudSync-Drain-0123"] };
const END = { instanceID: [HOST] };

/** Three serve; minHealthy is 2. */
function fleet(): Stage {
  const stage = new Stage(floor(new Sight()));
  stage.fleet("tokyo-0-1", "tokyo-1-1", "tokyo-2-1");
  stage.deed({ kind: "apply" });
  stage.time();
  return stage;
}

/** One more is broken, as everybody knows: taking another breaks the floor. */
function atFloor(): Stage {
  const stage = fleet();
  stage.truth(OTHER, { serviceState: "Stopped" });
  stage.ready("tokyo-1-1", "False");
  stage.kube("cloudsyncagents/tokyo-1-1");
  stage.time();
  return stage;
}

test("a drain or an end that leaves the floor is silent, one that goes below it is named", () => {
  expect(fleet().cloud("SendCommand", DRAIN)).toBeUndefined();
  expect(atFloor().cloud("SendCommand", DRAIN)).toBe(
    "tokyo-0-1 (i-tokyo-0-1) served and was drained: 1 Ready agents are left (1 truly serve), minHealthy is 2",
  );
  const ended = atFloor();
  ended.state(HOST, "shutting-down");
  expect(ended.cloud("TerminateInstances", END)).toContain("served and was terminated: 1 Ready agents are left");
});

test("two taken one after the other are counted together, each once", () => {
  const stage = fleet();
  expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
  stage.truth(HOST, { serviceState: "Stopped" });
  stage.time();
  stage.state(HOST, "shutting-down");
  expect(stage.cloud("TerminateInstances", END)).toBeUndefined();
  stage.state(OTHER, "shutting-down");
  expect(stage.cloud("TerminateInstances", { instanceID: [OTHER] })).toContain("minHealthy is 2");
});

test("a host that does not serve takes nothing away", () => {
  const stage = atFloor();
  expect(stage.cloud("TerminateInstances", { instanceID: [OTHER] })).toBeUndefined();
});

test("an agent whose break nobody can know yet counts as Ready, one whose break is old does not", () => {
  for (const [minutes, speaks] of [
    [10, false],
    [30, true],
  ] as const) {
    const stage = fleet();
    stage.truth(OTHER, { frozen: true });
    stage.time();
    stage.advance({ minutes });
    stage.time();
    const said = stage.cloud("SendCommand", DRAIN);
    if (speaks) expect(said).toContain("1 Ready agents are left");
    else expect(said).toBeUndefined();
  }
});

const orders: readonly (readonly [what: string, order: (stage: Stage) => void])[] = [
  ["its pool is deleted", (stage) => stage.pool({}, { metadata: { deletionTimestamp: stage.instant() } })],
  ["its pool is gone", (stage) => stage.removePool()],
  [
    "terminate-now",
    (stage) => stage.agent("tokyo-0-1", { metadata: { annotations: { "cloudsync.dev/terminate-now": HOST } } }),
  ],
];
for (const [what, order] of orders) {
  test(`the floor does not hold when ${what}`, () => {
    const stage = atFloor();
    order(stage);
    stage.deed({ kind: "apply" });
    expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
  });
}

function scaledDown(stage: Stage, name: string): void {
  stage.agent(name, { status: { retirement: { reason: "ScaledDown" } } });
  stage.kube(`cloudsyncagents/${name}`);
}

test("a scale excuses as many hosts as it took off replicas, and no more", () => {
  const stage = atFloor();
  stage.pool({ replicas: 2, availability: { minHealthy: 2 } });
  stage.deed({ kind: "scale", replicas: 2 });
  scaledDown(stage, "tokyo-0-1");
  expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
  scaledDown(stage, "tokyo-2-1");
  const another = { ...DRAIN, instanceID: [hostOf("tokyo-2-1")] };
  expect(stage.cloud("SendCommand", another)).toContain("minHealthy is 2");
});

test("a word of scale without a person's scale excuses nothing", () => {
  const stage = atFloor();
  scaledDown(stage, "tokyo-0-1");
  expect(stage.cloud("SendCommand", DRAIN)).toContain("minHealthy is 2");
});

test("a floor that rose after the permission does not count", () => {
  const stage = fleet();
  stage.launched("tokyo-0-2");
  stage.ready("tokyo-0-2");
  stage.agent("tokyo-0-1", { status: { retirement: { reason: "Replaced" } } });
  stage.kube("cloudsyncagents/tokyo-0-1");
  stage.truth(hostOf("tokyo-0-2"), { serviceState: "Stopped" });
  stage.ready("tokyo-0-2", "False");
  stage.pool({ availability: { minHealthy: 3 } });
  stage.deed({ kind: "edit", change: {} });
  expect(stage.cloud("SendCommand", DRAIN)).toBeUndefined();
});

test("a host that serves goes after a Ready successor, or when there is no room for one", () => {
  const replaced = (change: (stage: Stage) => void): string | undefined => {
    const stage = fleet();
    change(stage);
    stage.deed({ kind: "apply" });
    stage.agent("tokyo-0-1", { status: { retirement: { reason: "Replaced" } } });
    stage.kube("cloudsyncagents/tokyo-0-1");
    return stage.cloud("SendCommand", DRAIN);
  };
  const tooEarly =
    "tokyo-0-1 (i-tokyo-0-1) served and was drained, permitted without a Ready successor although one more host had room";
  expect(replaced(() => undefined)).toBe(tooEarly);
  expect(
    replaced((stage) => {
      stage.launched("tokyo-0-2");
      stage.ready("tokyo-0-2");
    }),
  ).toBeUndefined();
  expect(replaced((stage) => stage.launched("tokyo-0-2"))).toBe(tooEarly);
  expect(replaced((stage) => stage.launched("tokyo-1-2"))).toBeUndefined();
});

test("a launch above replicas + maxSurge is named, one at it is not", () => {
  const stage = fleet();
  stage.host("i-4", { agent: "tokyo-0-2" });
  expect(stage.cloud("RunInstances", {})).toBeUndefined();
  stage.host("i-5", { agent: "tokyo-0-3" });
  expect(stage.cloud("RunInstances", {})).toBe(
    "i-5 is live host 5 of tokyo, replicas + maxSurge is 4 (at most in the last 1.1 min)",
  );
});

test("a launch that was on its way at a scale is judged by the replicas of before, one long after is not", () => {
  for (const [minutes, speaks] of [
    [0.5, false],
    [5, true],
  ] as const) {
    const stage = fleet();
    stage.pool({ replicas: 2 });
    stage.deed({ kind: "scale", replicas: 2 });
    stage.advance({ minutes });
    stage.host("i-4", { agent: "tokyo-0-2" });
    const said = stage.cloud("RunInstances", {});
    if (speaks) expect(said).toContain("i-4 is live host 4 of tokyo, replicas + maxSurge is 3");
    else expect(said).toBeUndefined();
  }
});

test("a launch whose intent was stored before a scale may be repeated after it", () => {
  const stage = fleet();
  stage.agent("tokyo-0-2", { status: { launch: { attempt: 1, subnetID: "subnet-0a", token: "token-tokyo-0-2" } } });
  stage.kube("cloudsyncagents/tokyo-0-2");
  stage.pool({ replicas: 1 });
  stage.deed({ kind: "scale", replicas: 1 });
  stage.advance({ minutes: 5 });
  stage.host("i-4", { agent: "tokyo-0-2" });
  expect(stage.cloud("RunInstances", {})).toBeUndefined();
});
