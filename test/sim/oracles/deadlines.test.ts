import { deadlines } from "./deadlines.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage } from "./stage.ts";

const AGENT = "tokyo-0-1";
const HOST = hostOf(AGENT);

type Fields = Readonly<Record<string, unknown>>;

/** An agent with a host, and what a test says of it; then an hour passes. */
function hourLater(change: (stage: Stage) => void): Stage {
  const stage = new Stage(deadlines(new Sight()));
  stage.pool();
  stage.launched(AGENT);
  change(stage);
  stage.deed({ kind: "apply" });
  stage.time();
  return stage.advance({ minutes: 60 });
}

function withStep(stage: Stage, step: Fields): void {
  const plain = {
    name: "Join",
    operationID: "op",
    startedAt: stage.instant(),
    deadline: stage.instant(30),
    attempts: 1,
  };
  stage.agent(AGENT, { status: { step: { ...plain, ...step } } });
}

test("a step long past its deadline is named, one before it or at its end is silent", () => {
  expect(hourLater((stage) => withStep(stage, {})).time()).toBe(
    `${AGENT} still waits for step Join, 30.0 min after its deadline`,
  );
  expect(hourLater((stage) => withStep(stage, { deadline: stage.instant(70) })).time()).toBeUndefined();
  expect(hourLater((stage) => withStep(stage, { deadline: stage.instant(55) })).time()).toBeUndefined();
});

test("a failed step waits for its retry, and for a person when it has none", () => {
  const lastError = { class: "Transient" };
  const overdue = hourLater((stage) => withStep(stage, { lastError, retryAt: stage.instant(10) }));
  expect(overdue.time()).toBe(`${AGENT} still waits for the retry of step Join, 50.0 min after its deadline`);
  expect(hourLater((stage) => withStep(stage, { lastError })).time()).toBeUndefined();
});

const excused: readonly (readonly [what: string, change: (stage: Stage) => void])[] = [
  ["a paused agent", (stage) => stage.agent(AGENT, { metadata: { annotations: { "cloudsync.dev/paused": "true" } } })],
  ["an agent that goes", (stage) => stage.agent(AGENT, { metadata: { deletionTimestamp: stage.instant() } })],
  ["a host that is stopped", (stage) => stage.state(HOST, "stopped")],
  ["a host that does not answer", (stage) => stage.truth(HOST, { ssm: { pingStatus: "ConnectionLost" } })],
  ["a host whose tags were taken off", (stage) => stage.retag(HOST, {})],
  ["nobody who leads", (stage) => (stage.ledSinceMs = undefined)],
  ["a new leader", (stage) => (stage.ledSinceMs = 55 * 60_000)],
];
for (const [what, change] of excused) {
  test(`the step of ${what} is silent`, () => {
    const stage = hourLater((scene) => {
      withStep(scene, {});
      change(scene);
    });
    expect(stage.time()).toBeUndefined();
  });
}

test("the drain of an agent that goes has its deadline", () => {
  const going = (stage: Stage): void => {
    withStep(stage, { name: "Drain" });
    stage.agent(AGENT, { metadata: { deletionTimestamp: stage.instant() } });
  };
  expect(hourLater(going).time()).toContain("still waits for step Drain");
  const ended = hourLater((stage) => {
    withStep(stage, { name: "Drain", endedAt: stage.instant() });
    stage.agent(AGENT, { metadata: { deletionTimestamp: stage.instant() } });
  });
  expect(ended.time()).toBeUndefined();
});

test("a host that should have booted is not waited for on and on", () => {
  const waits = hourLater((stage) => {
    stage.truth(HOST, { booted: false, ssm: { pingStatus: null } });
    stage.conditions(AGENT, { Online: { status: "Unknown", reason: "Booting" } });
  });
  expect(waits.time()).toBe(`${AGENT} still waits for the boot of its host, 40.0 min after its deadline`);
  const told = hourLater((stage) => stage.conditions(AGENT, { Online: { status: "False", reason: "OnlineTimedOut" } }));
  expect(told.time()).toBeUndefined();
});

test("a person is waited for as long as timeouts.registration says", () => {
  const waits = hourLater((stage) =>
    stage.conditions(AGENT, {
      Installed: { status: "True", reason: "Any", lastTransitionTime: stage.instant() },
      Registered: { status: "Unknown", reason: "AwaitingPerson" },
    }),
  );
  expect(waits.time()).toBeUndefined();
  expect(waits.advance({ minutes: 24 * 60 }).time()).toBe(
    `${AGENT} still waits for the registration by a person (AwaitingPerson), 60.0 min after its deadline`,
  );
});

test("a registration slot past its deadline is not waited for", () => {
  const held = (stage: Stage, seconds: number): void => {
    stage.put("leases", {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "cloudsync-slot-1", uid: "slot" },
      spec: { holderIdentity: "uid-other", renewTime: stage.instant(), leaseDurationSeconds: seconds },
    });
    stage.conditions(AGENT, { Configured: { status: "Unknown", reason: "AwaitingRegistrationSlot" } });
  };
  expect(hourLater((stage) => held(stage, 600)).time()).toBe(
    `${AGENT} still waits for the registration slot of uid-other, 50.0 min after its deadline`,
  );
  expect(hourLater((stage) => held(stage, 3_600)).time()).toBeUndefined();
});
