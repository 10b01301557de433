/** What begins in the pass in which a step is found done. */
import { anAgent, anAgentSnapshot, INSTANCE_ID, NOW_MS } from "../testing/builders.ts";
import { decideAgent } from "./decide.ts";
import type { AgentSnapshot } from "./snapshot.ts";

const UP_TO_INSTALLED = ["Launched", "Online", "PreflightPassed", "Joined", "Installed"];

function agentAt(name: string, passed: readonly string[], registrationMode: "Manual" | "Credential") {
  const step = {
    name,
    operationID: "a".repeat(32),
    startedAt: "2026-11-22T07:50:00Z",
    deadline: "2026-11-22T08:20:00Z",
    attempts: 1,
  };
  return anAgent({ passed, status: { instanceID: INSTANCE_ID, step }, registrationMode });
}

function done(name: string, passed: readonly string[]): AgentSnapshot {
  return anAgentSnapshot({ agent: agentAt(name, passed, "Credential"), step: { kind: "succeeded", facts: {} } });
}

function step(name: string): unknown {
  return expect.objectContaining({ name });
}

const followRows: readonly (readonly [sentence: string, snapshot: AgentSnapshot, then: unknown])[] = [
  [
    "a step that is done is followed by the next one in the same pass, whatever the ping says",
    { ...done("Join", UP_TO_INSTALLED.slice(0, 3)), node: { kind: "notListed" } },
    { step: step("Install"), progress: { kind: "begin", attempt: 1, takesSlot: false } },
  ],
  [
    "the step under the slot takes it first (S11)",
    done("Install", UP_TO_INSTALLED.slice(0, 4)),
    { step: step("Register"), progress: { kind: "begin", attempt: 1, takesSlot: true } },
  ],
  [
    "nothing follows while another host has the slot (S11)",
    {
      ...done("Install", UP_TO_INSTALLED.slice(0, 4)),
      slot: { kind: "held", holder: "a/b", deadlineMs: NOW_MS + 1 },
    },
    undefined,
  ],
  [
    "nothing follows where a person registers",
    {
      ...done("Install", UP_TO_INSTALLED.slice(0, 4)),
      agent: agentAt("Install", UP_TO_INSTALLED.slice(0, 4), "Manual"),
    },
    undefined,
  ],
  [
    "nothing follows the last step",
    { ...done("Configure", [...UP_TO_INSTALLED, "Registered"]), slot: { kind: "mine", deadlineMs: NOW_MS + 1 } },
    undefined,
  ],
];
for (const [sentence, snapshot, then] of followRows) {
  test(sentence, () => {
    const { action } = decideAgent(snapshot);
    expect(action).toMatchObject({ kind: "step", progress: { kind: "complete" } });
    expect(action.kind === "step" ? action.then : "no step").toEqual(then);
  });
}
