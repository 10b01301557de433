import { anAgent, anAgentSnapshot, INSTANCE_ID, NOW_MS } from "../testing/builders.ts";
import { decideAgent, type AgentAction } from "./decide.ts";
import { judgeLinks } from "./links.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { agentFindings } from "./summary.ts";

const OLD = "3.2.582.0";
const UPDATE = {
  name: "UpdateSSMAgent",
  operationID: "a".repeat(32),
  startedAt: "2026-11-22T07:58:00Z",
  deadline: "2026-11-22T08:10:00Z",
  attempts: 1,
};
const OVERDUE = { ...UPDATE, deadline: "2026-11-22T07:59:00Z" };
const FAILED = { class: "Transient", reason: "UpdateSSMAgentTimedOut", message: "m", fix: "f" };

const RUNNING = { step: { kind: "running", statusDetails: "InProgress" } } as const;

function node(ssmAgentVersion: string): Partial<AgentSnapshot> {
  return { node: { kind: "listed", isOnline: true, pingAgeMs: 1_000, computerName: "", ssmAgentVersion } };
}

function host(version: string, status: object = {}, changes: Partial<AgentSnapshot> = {}): AgentSnapshot {
  const passed = ["Launched", "Online"];
  const agent = anAgent({ passed, status: { instanceID: INSTANCE_ID, ...status } });
  return anAgentSnapshot({ agent, probe: { kind: "unread" }, ...node(version), ...changes });
}

type Row = readonly [
  sentence: string,
  snapshot: AgentSnapshot,
  action: Partial<Extract<AgentAction, { kind: "step" }>> | object,
  preflight: readonly [status: string, reason: string],
];
const begin = { kind: "begin", attempt: 1, takesSlot: false };

const rows: readonly Row[] = [
  [
    "an agent that knows ENV_VAR is sent Preflight",
    host("3.3.2746.0"),
    { step: { name: "Preflight" }, progress: begin },
    ["Unknown", "PreflightInProgress"],
  ],
  [
    "an older one is updated first, to a version that is named",
    host(OLD),
    { step: { name: "UpdateSSMAgent" }, progress: begin },
    ["Unknown", "UpdatingSSMAgent"],
  ],
  [
    "3.3.987.0 is older than 3.3.2746.0",
    host("3.3.987.0"),
    { step: { name: "UpdateSSMAgent" }, progress: begin },
    ["Unknown", "UpdatingSSMAgent"],
  ],
  [
    "a version that is not known holds nothing up (S5)",
    host(""),
    { step: { name: "Preflight" }, progress: begin },
    ["Unknown", "PreflightInProgress"],
  ],
  [
    "a step of ours that is under way is not interrupted",
    host(OLD, { step: { ...UPDATE, name: "Preflight" } }, RUNNING),
    { step: { name: "Preflight" } },
    ["Unknown", "PreflightInProgress"],
  ],
  [
    "the update is over when Systems Manager shows the version, whatever the command says",
    host("3.3.3050.0", { step: UPDATE }, RUNNING),
    { step: { name: "UpdateSSMAgent" }, progress: { kind: "complete" } },
    ["Unknown", "UpdatingSSMAgent"],
  ],
  [
    "a deadline ends the wait, and says that the agent is too old",
    host(OLD, { step: OVERDUE }, RUNNING),
    { progress: { kind: "fail", isStalled: false, error: { reason: "SSMAgentTooOld" }, mustCancel: true } },
    ["False", "SSMAgentTooOld"],
  ],
  [
    "after as many tries a person is told",
    host(OLD, { step: { ...OVERDUE, attempts: 3 } }, RUNNING),
    { progress: { kind: "fail", isStalled: true, error: { reason: "SSMAgentTooOld" } } },
    ["False", "SSMAgentTooOld"],
  ],
];

for (const [sentence, snapshot, action, [status, reason]] of rows) {
  test(sentence, () => {
    expect(decideAgent(snapshot).action).toMatchObject({ kind: "step", ...action });
    expect(judgeLinks(snapshot).find(({ type }) => type === "PreflightPassed")).toMatchObject({ status, reason });
  });
}

test("a command that says success while the old version stays is waited for until the deadline, then failed", () => {
  const succeeded = { step: { kind: "succeeded", facts: {} } } as const;
  const waiting = host(OLD, { step: UPDATE }, succeeded);
  const overdue = host(OLD, { step: OVERDUE }, succeeded);
  const wait = { kind: "wait", untilMs: Date.parse(UPDATE.deadline) };
  expect(decideAgent(waiting).action).toMatchObject({ step: { name: "UpdateSSMAgent" }, progress: wait });
  const failure = { kind: "fail", error: { reason: "SSMAgentTooOld" }, mustCancel: false };
  expect(decideAgent(overdue).action).toMatchObject({ progress: failure });
});

test("an update that is spent stalls the agent with what to do, and is tried again later", () => {
  const lastError = { ...FAILED, reason: "SSMAgentTooOld" };
  const spent = { ...OVERDUE, attempts: 3, lastError, retryAt: new Date(NOW_MS + 60_000).toISOString() };
  const snapshot = host(OLD, { step: spent });
  expect(agentFindings(snapshot, decideAgent(snapshot))).toContainEqual(
    expect.objectContaining({ type: "Stalled", status: "True", reason: "SSMAgentTooOld" }),
  );
  const due = { ...snapshot, nowMs: NOW_MS + 60_001 };
  expect(decideAgent(due).action).toMatchObject({ progress: { kind: "begin", attempt: 4 } });
});
