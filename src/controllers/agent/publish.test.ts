/** One status write says that a step is done and that the next one is meant, and nothing is left to write after the send (C3). */
import { isDeepStrictEqual } from "node:util";
import { anAgent, anAgentSnapshot, INSTANCE_ID, NOW_MS } from "../../fleet/testing/builders.ts";
import { decideAgent } from "../../fleet/agent/decide.ts";
import type { AgentSnapshot } from "../../fleet/agent/snapshot.ts";
import { newStep } from "./intent.ts";
import { nextStatus, writeStatus } from "./publish.ts";

const JOIN = {
  name: "Join",
  operationID: "a".repeat(32),
  startedAt: "2026-11-22T07:50:00Z",
  deadline: "2026-11-22T08:20:00Z",
  attempts: 1,
};
const passed = ["Launched", "Online", "PreflightPassed"];
const joining = (step: AgentSnapshot["step"]): AgentSnapshot =>
  anAgentSnapshot({
    agent: anAgent({ passed, status: { instanceID: INSTANCE_ID, step: JOIN } }),
    step,
    probe: { kind: "unread" },
  });

function conditionOf(status: ReturnType<typeof nextStatus>, type: string): unknown {
  const found = status.conditions?.find((condition) => condition.type === type);
  return found && [found.status, found.reason];
}

test("a step that is done and the one that follows are one status, the same before and after the send", () => {
  const snapshot = joining({ kind: "succeeded", facts: { computerName: "CSA1" } });
  const plan = decideAgent(snapshot);
  if (plan.action.kind !== "step" || plan.action.then === undefined) throw new Error("nothing follows");
  const install = newStep(snapshot.agent, plan.action.then.step, 1, NOW_MS);
  const change = { step: install, computerName: "CSA1", proves: "Joined" as const };
  const intended = nextStatus(snapshot, plan, { current: snapshot.agent, change, next: "again" });
  expect(intended.step).toEqual(install);
  expect(intended.phase).toBe("Installing");
  expect(conditionOf(intended, "Joined")).toEqual(["True", "JoinSucceeded"]);
  expect(conditionOf(intended, "Installed")).toEqual(["Unknown", "InstallInProgress"]);

  const current = { ...snapshot.agent, status: intended };
  expect(nextStatus(snapshot, plan, { current, change: { step: install }, next: "rest" })).toEqual(intended);
});

test("a send that was refused is judged on what is stored then, and leaves what was passed", () => {
  const snapshot = joining({ kind: "succeeded", facts: {} });
  const plan = decideAgent(snapshot);
  if (plan.action.kind !== "step" || plan.action.then === undefined) throw new Error("nothing follows");
  const lastError = { class: "Person", reason: "ActionDenied", message: "m", fix: "f" };
  const install = newStep(snapshot.agent, plan.action.then.step, 1, NOW_MS);
  const change = { step: install, proves: "Joined" as const };
  const intended = nextStatus(snapshot, plan, { current: snapshot.agent, change, next: "again" });
  const current = { ...snapshot.agent, status: intended };
  const refused = nextStatus(snapshot, plan, { current, change: { step: { ...install, lastError } }, next: "again" });
  expect(conditionOf(refused, "Joined")).toEqual(["True", "JoinSucceeded"]);
  expect(conditionOf(refused, "Installed")).toEqual(["False", "ActionDenied"]);
  expect(conditionOf(refused, "Stalled")).toEqual(["True", "ActionDenied"]);
});

test("a status that differs only by what the pool's loop wrote is not written (L1)", async () => {
  const retirement = { permittedAt: "2026-11-22T07:59:31Z", reason: "Replaced" };
  const agent = anAgent({ passed, status: { instanceID: INSTANCE_ID, retirement } });
  const sent: object[] = [];
  const kube = {
    applyStatus: (_kind: unknown, current: { readonly status?: object }, status: object) => {
      if (!isDeepStrictEqual(current.status, status)) sent.push(status);
      return Promise.resolve({ kind: "ok", object: current });
    },
  };
  const ports = { kube } as unknown as Parameters<typeof writeStatus>[2];
  const unchanged = await writeStatus({ agent }, agent.status, ports, new AbortController().signal);
  expect(sent).toEqual([]);
  expect(unchanged).toEqual({ kind: "ok", object: agent });
  await writeStatus({ agent }, { ...agent.status, phase: "Draining" }, ports, new AbortController().signal);
  expect(sent).toEqual([expect.not.objectContaining({ retirement })]);
});

test("a command is recorded once it was seen on its way, and not before", () => {
  const recorded = (step: AgentSnapshot["step"]): string | undefined => {
    const snapshot = joining(step);
    const outcome = { current: snapshot.agent, change: {}, next: "rest" as const };
    return nextStatus(snapshot, decideAgent(snapshot), outcome).step?.commandID;
  };
  expect(recorded({ kind: "running", statusDetails: "Unread" })).toBeUndefined();
  expect(recorded({ kind: "running", statusDetails: "InProgress", shownID: "command-1" })).toBe("command-1");
});
