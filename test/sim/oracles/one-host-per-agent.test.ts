import { oneHostPerAgent } from "./one-host-per-agent.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage, uidOf } from "./stage.ts";

const RUN = { clientToken: ["token-tokyo-0-1"], subnetID: ["subnet-0a"] };
const LAUNCH = { attempt: 1, subnetID: "subnet-0a", token: "token-tokyo-0-1" };

function stage(): Stage {
  return new Stage(oneHostPerAgent(new Sight()));
}

/** The intent is stored, and the operator goes on. */
function intended(): Stage {
  const scene = stage();
  scene.pool();
  scene.agent("tokyo-0-1", { status: { launch: LAUNCH } });
  scene.kube("cloudsyncagents/tokyo-0-1");
  return scene;
}

test("a launch whose intent was stored is silent, one without intent is named", () => {
  const kept = intended();
  kept.host(hostOf("tokyo-0-1"), { agent: "tokyo-0-1" });
  expect(kept.cloud("RunInstances", RUN)).toBeUndefined();

  const broken = stage();
  broken.agent("tokyo-0-1");
  broken.host(hostOf("tokyo-0-1"), { agent: "tokyo-0-1" });
  expect(broken.cloud("RunInstances", RUN)).toBe(
    "i-tokyo-0-1 was launched by a token that no agent's status.launch ever had",
  );
});

test("an intent that is gone when the launch arrives was stored all the same", () => {
  const scene = intended();
  scene.removeAgent("tokyo-0-1");
  scene.deed({ kind: "removeFinalizers", on: "agent", index: 0 });
  scene.host(hostOf("tokyo-0-1"), { agent: "tokyo-0-1" });
  expect(scene.cloud("RunInstances", RUN)).toBeUndefined();
});

const mismatches: readonly (readonly [what: string, tags: Readonly<Record<string, string>>, sentence: string])[] = [
  ["attempt", { "cloudsync.dev/attempt": "2" }, "with attempt tag 2, stored was 1"],
  ["agent", { "cloudsync.dev/agent-uid": "uid-other" }, "with agent UID tag uid-other, stored was uid-tokyo-0-1"],
];
for (const [what, tags, sentence] of mismatches) {
  test(`a launch with another ${what} than the stored one is named`, () => {
    const scene = intended();
    scene.host(hostOf("tokyo-0-1"), { agent: "tokyo-0-1", tags });
    expect(scene.cloud("RunInstances", RUN)).toContain(sentence);
  });
}

test("a second live host of an agent is named, one beside a host that goes is not", () => {
  for (const [state, isTwin] of [
    ["running", true],
    ["stopped", true],
    ["shutting-down", false],
    ["terminated", false],
  ] as const) {
    const scene = intended();
    scene.host("i-first", { agent: "tokyo-0-1" });
    scene.cloud("RunInstances", RUN);
    scene.state("i-first", state);
    scene.host("i-second", { agent: "tokyo-0-1" });
    const sentence = scene.cloud("RunInstances", RUN);
    expect(sentence).toBe(
      isTwin ? `i-first and i-second are live at once for agent tokyo-0-1 (${uidOf("tokyo-0-1")})` : undefined,
    );
  }
});

test("a launch that was on its way when its agent was deleted is silent, one long after is named", () => {
  for (const [minutes, isLate] of [
    [0.5, false],
    [5, true],
  ] as const) {
    const scene = intended();
    scene.agent("tokyo-0-1", { metadata: { deletionTimestamp: scene.instant() } });
    scene.deed({ kind: "deleteAgent", index: 0 });
    scene.advance({ minutes });
    scene.host(hostOf("tokyo-0-1"), { agent: "tokyo-0-1" });
    const sentence = scene.cloud("RunInstances", RUN);
    expect(sentence).toBe(
      isLate ? "i-tokyo-0-1 was launched for tokyo-0-1, which was deleted 5.0 min before" : undefined,
    );
  }
});
