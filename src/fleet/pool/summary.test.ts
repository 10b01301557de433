import { aPool, aPoolAgent, aPoolSnapshot } from "../testing/builders.ts";
import { decidePool } from "./decide.ts";
import { awaitingRegistrationOn, poolFindings, poolSummary } from "./summary.ts";
import type { PoolAgent, PoolSnapshot } from "./snapshot.ts";

const summaryOf = (snapshot: PoolSnapshot) => poolSummary(snapshot, decidePool(snapshot));
const conditionOf = (snapshot: PoolSnapshot, type: string) =>
  poolFindings(snapshot, decidePool(snapshot)).find((finding) => finding.type === type);
const failing = aPoolAgent(1, 1, {
  isReady: false,
  firstFailure: { reason: "AgentServiceNotRunning", message: "The service does not run." },
});
const [one, three] = [aPoolAgent(0, 1), aPoolAgent(2, 1)];

test("the columns answer: is it fine, how many of how many, where", () => {
  expect(summaryOf(aPoolSnapshot())).toEqual({
    ready: "3/3",
    entra: "Ok",
    zones: "1a:1,1c:1,1d:1",
    version: "1.1.2505.0",
    reason: "Ready",
  });
});

test("the column names the first thing wrong, and the agent", () => {
  const snapshot = aPoolSnapshot({ agents: [one, failing, three] });
  expect(summaryOf(snapshot)).toMatchObject({ ready: "2/3", reason: "tokyo-1-1: AgentServiceNotRunning" });
  expect(conditionOf(snapshot, "Ready")).toMatchObject({ status: "False", reason: "AgentServiceNotRunning" });
  expect(conditionOf(snapshot, "Available")).toMatchObject({ status: "True" });
});

test("while agents are on their way, the column says so, and the condition says which", () => {
  const snapshot = aPoolSnapshot({ agents: [one, aPoolAgent(1, 1, { isReady: false }), three] });
  expect(summaryOf(snapshot)).toMatchObject({ reason: "AgentsNotReady" });
  expect(conditionOf(snapshot, "Ready")?.message).toBe("Not Ready yet: tokyo-1-1.");
  expect(conditionOf(snapshot, "Reconciling")).toMatchObject({ status: "True", reason: "AgentsNotReady" });
  expect(conditionOf(snapshot, "Stalled")).toMatchObject({ status: "False" });
});

test("an agent whose host was refused is not counted into a zone, and stalls the pool with its reason", () => {
  const stall = { reason: "VcpuLimit", message: "Ask for more." };
  const snapshot = aPoolSnapshot({
    agents: [
      aPoolAgent(0, 1, { host: "unlaunched", isReady: false, isLaunchRefused: true, stall }),
      aPoolAgent(1, 1),
      three,
    ],
  });
  expect(summaryOf(snapshot)).toMatchObject({ zones: "1c:1,1d:1", reason: "tokyo-0-1: VcpuLimit" });
  expect(conditionOf(snapshot, "Stalled")).toMatchObject({
    status: "True",
    reason: "VcpuLimit",
    message: "tokyo-0-1: Ask for more.",
  });
});

test("what an agent of an earlier template complains of comes with what to do, because a correction does not reach it", () => {
  const stall = { reason: "SecretNotFound", message: "There is no secret." };
  const stuck = aPoolAgent(0, 1, { isReady: false, isCurrent: false, stall });
  const message = "tokyo-0-1, made from an earlier template (delete it to start over): There is no secret.";
  expect(conditionOf(aPoolSnapshot({ agents: [stuck, aPoolAgent(1, 1), three] }), "Ready")?.message).toBe(message);
  const current = { ...stuck, isCurrent: true };
  expect(conditionOf(aPoolSnapshot({ agents: [current, aPoolAgent(1, 1), three] }), "Ready")?.message).toBe(
    "tokyo-0-1: There is no secret.",
  );
});

test("a paused pool that is complete stays Ready, one that is not says why nothing happens", () => {
  const mode = { kind: "paused", reason: "PoolPaused", message: "m" } as const;
  expect(conditionOf(aPoolSnapshot({ mode }), "Ready")).toMatchObject({ status: "True" });
  expect(conditionOf(aPoolSnapshot({ mode }), "Paused")).toMatchObject({ status: "True" });
  expect(conditionOf(aPoolSnapshot({ mode, agents: [one] }), "Ready")).toMatchObject({
    status: "False",
    reason: "PoolPaused",
  });
});

test("secrets are released when no host can read them any more; what is not known is not released (S5)", () => {
  const bootstrapInstanceProfile = "cloudsync-bootstrap";
  const pool = aPool({ spec: { aws: { ...aPool().spec.aws, bootstrapInstanceProfile } } });
  const denied = { secrets: { status: "True", reason: "SecretsDenied" } } as const;
  const [first, second] = [aPoolAgent(0, 1, denied), aPoolAgent(1, 1, denied)];
  const third = (secrets: PoolAgent["secrets"], change: Partial<PoolAgent> = {}): PoolAgent =>
    aPoolAgent(2, 1, { secrets, ...change });
  const expiring = { status: "False", reason: "AwaitingCredentialExpiry" } as const;
  const rows: readonly (readonly [PoolAgent, string, string])[] = [
    [third(denied.secrets), "True", "SecretsDenied"],
    [third(expiring), "False", "AwaitingCredentialExpiry"],
    [third({ status: "Unknown", reason: "AwaitingProof" }), "Unknown", "AwaitingProof"],
    [third(undefined), "Unknown", "NotJudged"],
    [third(expiring, { isDeleting: true }), "False", "AwaitingCredentialExpiry"],
    [third(expiring, { host: "gone" }), "True", "SecretsDenied"],
    [third(expiring, { host: "unlaunched" }), "True", "SecretsDenied"],
  ];
  for (const [agent, status, reason] of rows) {
    const snapshot = aPoolSnapshot({ pool, agents: [first, second, agent] });
    expect(conditionOf(snapshot, "SecretsReleased")).toMatchObject({ status, reason });
    if (status !== "True") expect(conditionOf(snapshot, "SecretsReleased")?.message).toContain(agent.name);
  }
  expect(conditionOf(aPoolSnapshot(), "SecretsReleased")).toMatchObject({
    status: "Unknown",
    reason: "NoBootstrapProfile",
  });
});

test("secrets that a host can still read stall the pool and leave it Ready", () => {
  const stall = { reason: "SecretStillReadable", message: "Look at the role." };
  const snapshot = aPoolSnapshot({
    agents: [one, aPoolAgent(1, 1, { stall, secrets: { ...stall, status: "False" } }), three],
  });
  expect(conditionOf(snapshot, "Ready")).toMatchObject({ status: "True" });
  expect(summaryOf(snapshot)).toMatchObject({ reason: "tokyo-1-1: SecretStillReadable" });
  expect(conditionOf(snapshot, "Stalled")).toMatchObject({ status: "True", reason: "SecretStillReadable" });
});

test("one host at a time is offered to a person, and stays offered until it is finished (S11)", () => {
  const waiting = [0, 1].map((slot) => aPoolAgent(slot, 1, { isReady: false, isAwaitingPerson: true }));
  expect(awaitingRegistrationOn(aPoolSnapshot({ agents: waiting }))).toBe("tokyo-0-1");
  const offered = aPool({ status: { awaitingRegistrationOn: "tokyo-1-1" } });
  expect(awaitingRegistrationOn(aPoolSnapshot({ agents: waiting, pool: offered }))).toBe("tokyo-1-1");
  expect(awaitingRegistrationOn(aPoolSnapshot({ pool: offered }))).toBeUndefined();
});

describe("PreflightPassed of the pool", () => {
  const closed = "Not as it should be: DomainControllerPorts (10.0.1.10:9389).";
  const tells = (isFailed: boolean, message: string) => ({ isFailed, reason: "SSMAgentTooOld", message });
  const found = (hostPreflight: PoolAgent["hostPreflight"], other: Partial<PoolAgent> = {}) =>
    conditionOf(
      aPoolSnapshot({ agents: [one, aPoolAgent(1, 1, { hostPreflight, ...other }), three] }),
      "PreflightPassed",
    );

  test("is False while a host's own preflight has failed, by the host's name", () => {
    expect(found(tells(true, "3.1 is too old."))).toEqual({
      type: "PreflightPassed",
      status: "False",
      reason: "SSMAgentTooOld",
      message: "tokyo-1-1: 3.1 is too old.",
    });
  });

  test("keeps nobody from being launched by that: the hosts that are missing may be other ones", () => {
    const failed = aPoolAgent(1, 1, { isReady: false, hostPreflight: tells(true, "3.1 is too old.") });
    const healthy = aPoolAgent(1, 1, { isReady: false });
    const actionWith = (agent: PoolAgent) => decidePool(aPoolSnapshot({ agents: [one, agent] }));
    expect(actionWith(failed)).toEqual(actionWith(healthy));
  });

  test("is True again when that host is on its way out", () => {
    expect(found(tells(true, "3.1 is too old."), { isDeleting: true })).toMatchObject({ status: "True", message: "" });
  });

  test("stays True over checks that refuse nothing, and says them once, however many hosts found them", () => {
    const hostPreflight = tells(false, closed);
    const agents = [0, 1, 2].map((slot) => aPoolAgent(slot, 1, { hostPreflight }));
    expect(found(hostPreflight)).toMatchObject({ status: "True", reason: "Passed", message: `Hosts say: ${closed}` });
    expect(conditionOf(aPoolSnapshot({ agents }), "PreflightPassed")).toEqual(found(hostPreflight));
  });
});
