/**
 * The chain of an agent's life as data, in the order in which a person would look, and the verdict on each link.
 * Guarantees: failing beats unknown beats fine when links are summed up; a link that was passed stays passed (what is true now is Healthy's question).
 * Never: counts what was not read as good or bad (S5); says that a step is passed before the pass that completes it, which also takes what the host
 * told into the record.
 */
import type { Condition } from "../../api/conditions.ts";
import { durationMs } from "../../api/durations.ts";
import type { AgentSnapshot, OwnInstance } from "./snapshot.ts";
import { needsPerson, sentenceOf } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import { denial } from "../denial.ts";
import { judgeHealth, judgeInstance } from "./health.ts";
import { stepOfLink, type HostStep, type LinkType } from "./steps.ts";
import { judgeUpdate, ssmAgentUpdate } from "./ssm-agent.ts";
import { stepProgress } from "./step-progress.ts";

export const AGENT_LINKS = [
  "Launched",
  "Online",
  "PreflightPassed",
  "Joined",
  "Installed",
  "Registered",
  "Configured",
  "Healthy",
] as const satisfies readonly LinkType[];

export interface LinkVerdict {
  readonly type: LinkType;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** Waiting for a person: not stalled before its deadline. */
  readonly isAwaitingPerson?: boolean;
  /** Nothing will change without a person. */
  readonly isStalled?: boolean;
}

/** All eight verdicts, in order. Links behind the first one that is not True wait for it; a late ping alone does not hide a step's answer. */
export function judgeLinks(snapshot: AgentSnapshot): readonly LinkVerdict[] {
  const isAnswered = snapshot.step.kind !== "none" && snapshot.step.kind !== "notSent";
  const verdicts: LinkVerdict[] = [];
  let isBlocked = false;
  for (const type of AGENT_LINKS) {
    const verdict: LinkVerdict = isBlocked ? unreachedLink(snapshot, type) : judgeLink(snapshot, type);
    verdicts.push(verdict);
    isBlocked ||= verdict.status !== "True" && (type !== "Online" || !isAnswered);
  }
  return verdicts;
}

export function storedCondition({ agent }: AgentSnapshot, type: string): Condition | undefined {
  return agent.status.conditions?.find((condition) => condition.type === type);
}

export function isPassed(snapshot: AgentSnapshot, type: LinkType): boolean {
  return storedCondition(snapshot, type)?.status === "True";
}

/** The instances that may still run or be started again. */
export function liveInstances({ instance }: AgentSnapshot): readonly OwnInstance[] {
  return instance.kind === "found" ? instance.instances.filter(({ state }) => !isGoneState(state)) : [];
}

/** shutting-down never comes back: EC2 User Guide, instance lifecycle. */
export function isGoneState(state: OwnInstance["state"]): boolean {
  return state === "shutting-down" || state === "terminated";
}

/** What EC2 has not said to be off counts as on (S5). */
export function mayRun({ state }: OwnInstance): boolean {
  return state === "pending" || state === "running" || state === "unknown";
}

function judgeLink(snapshot: AgentSnapshot, type: LinkType): LinkVerdict {
  switch (type) {
    case "Launched":
      return judgeLaunched(snapshot);
    case "Online":
      return judgeOnline(snapshot);
    case "Healthy":
      return judgeHealth(snapshot);
    case "Registered":
      return snapshot.agent.spec.template.agent.registration.mode === "Manual"
        ? judgeManualRegistration(snapshot)
        : judgeStep(snapshot, type);
    default:
      return judgeStep(snapshot, type);
  }
}

/** A link passed earlier keeps its verdict: a lost ping does not un-join a host. Health is judged once the host is configured. */
function unreachedLink(snapshot: AgentSnapshot, type: LinkType): LinkVerdict {
  const awaiting: LinkVerdict = {
    type,
    status: "Unknown",
    reason: "AwaitingEarlierStep",
    message: "An earlier step is not done yet.",
  };
  if (type === "Healthy") {
    if (isPassed(snapshot, "Configured")) return judgeHealth(snapshot);
    const { status, reason, message } = judgeInstance(snapshot);
    return status === "False" ? { type, status, reason, message } : awaiting;
  }
  const stored = storedCondition(snapshot, type);
  return stored?.status === "True"
    ? { type, status: "True", reason: stored.reason, message: stored.message }
    : awaiting;
}

function judgeLaunched(snapshot: AgentSnapshot): LinkVerdict {
  const type = "Launched";
  const { agent, hold } = snapshot;
  if (agent.status.instanceID !== undefined || liveInstances(snapshot).length > 0) {
    return { type, status: "True", reason: "InstanceLaunched", message: "" };
  }
  if (hold !== undefined) {
    // Only an answer that refused is a failure; one that was lost or throttled says nothing about the host (S5).
    const isRefused = needsPerson(hold.failure) || hold.failure.class === "Capacity";
    return {
      type,
      status: isRefused ? "False" : "Unknown",
      ...failureWords(hold.failure),
      isStalled: needsPerson(hold.failure),
    };
  }
  const stored = storedCondition(snapshot, type);
  // After a restart the memory of a refusal is gone; its verdict stands until the next answer, so that nothing flaps.
  if (stored?.status === "False") return { type, status: "False", reason: stored.reason, message: stored.message };
  if (agent.status.launch === undefined) {
    return { type, status: "Unknown", reason: "AwaitingLaunch", message: "No launch has been asked for yet." };
  }
  return {
    type,
    status: "Unknown",
    reason: "LaunchIntended",
    message: "A launch is stored and its outcome not known yet.",
  };
}

function judgeOnline(snapshot: AgentSnapshot): LinkVerdict {
  const type = "Online";
  const { node, instance, agent, nowMs, limits } = snapshot;
  if (node.kind === "unread" || instance.kind === "unread") {
    const stored = storedCondition(snapshot, type);
    return stored === undefined || stored.status === "Unknown"
      ? { type, status: "Unknown", reason: "NotRead", message: unreadNode(snapshot) }
      : { type, status: stored.status, reason: stored.reason, message: stored.message };
  }
  if (node.kind === "listed" && node.isOnline && node.pingAgeMs <= limits.pingAgeMaxMs) {
    return { type, status: "True", reason: "PingReceived", message: "" };
  }
  if (isPassed(snapshot, "PreflightPassed")) {
    return {
      type,
      status: "Unknown",
      reason: "PingLost",
      message:
        "Systems Manager has not heard from the host lately: look at the host's network, its SSM agent and its instance profile.",
    };
  }
  const { launch } = agent.status;
  // An instance that is no longer listed had its time from its launch on, too (L2).
  const launchedAtMs =
    liveInstances(snapshot)[0]?.launchedAtMs ?? (launch === undefined ? nowMs : Date.parse(launch.intendedAt));
  const deadlineMs = launchedAtMs + durationMs(agent.spec.template.timeouts.online);
  if (nowMs <= deadlineMs)
    return { type, status: "Unknown", reason: "Booting", message: "The host has not appeared in Systems Manager yet." };
  return {
    type,
    status: "False",
    reason: "OnlineTimedOut",
    message:
      "The host did not appear in Systems Manager in time: check the subnet's way to the SSM endpoints and the rights of the instance profile; delete the agent to try a new host.",
    isStalled: true,
  };
}

function unreadNode({ node }: AgentSnapshot): string {
  return denial(node.kind === "unread" ? node.failure : undefined) ?? "Systems Manager has not been read yet.";
}

function judgeStep(snapshot: AgentSnapshot, type: LinkType): LinkVerdict {
  if (isPassed(snapshot, type)) {
    const stored = storedCondition(snapshot, type);
    return { type, status: "True", reason: stored?.reason ?? "Done", message: stored?.message ?? "" };
  }
  const step = stepOfLink(type);
  if (step === undefined) return { type, status: "Unknown", reason: "AwaitingEarlierStep", message: "" };
  const update = ssmAgentUpdate(snapshot);
  if (update !== undefined) return judgeUpdate(type, snapshot, update);
  const progress = stepProgress(snapshot, step);
  switch (progress.kind) {
    case "fail":
    case "retryLater":
      return {
        type,
        status: "False",
        reason: progress.error.reason,
        message: sentenceOf(progress.error),
        isStalled: progress.isStalled,
      };
    case "awaitSlot":
      return {
        type,
        status: "Unknown",
        reason: "AwaitingRegistrationSlot",
        // Who is at it changes while one waits; the domain's own status names it, and is written once for all.
        message: `One host of the domain registers at a time: status.registration of ADDomain ${snapshot.agent.spec.template.domain.name} names it.`,
      };
    case "begin":
      return (type === "Joined" ? awaitingPeer(snapshot) : undefined) ?? inProgress(snapshot, type, step);
    default:
      return inProgress(snapshot, type, step);
  }
}

function inProgress({ step: evidence }: AgentSnapshot, type: LinkType, step: HostStep): LinkVerdict {
  const message = denial(evidence.kind === "running" ? evidence.failure : undefined) ?? "";
  return { type, status: "Unknown", reason: `${step.name}InProgress`, message };
}

/** Which host it is changes while one waits, and is no matter of this one; what it was told is. */
function awaitingPeer({ joinProof }: AgentSnapshot): LinkVerdict | undefined {
  const type = "Joined";
  switch (joinProof.kind) {
    case "open":
      return undefined;
    case "awaited":
      return { type, status: "Unknown", reason: "AwaitingFirstJoin", message: FIRST_JOIN };
    case "refused":
      return { type, status: "Unknown", reason: "JoinAccountRefused", message: joinProof.message.slice(0, 1_000) };
    default:
      return unreachable(joinProof);
  }
}

const FIRST_JOIN = "Another host of the domain joins first, and so proves the join account and its rights.";

export function provenReason({ name }: Pick<HostStep, "name">): string {
  return `${name}Succeeded`;
}

/** Manual: a person finishes the wizard on the host, and the probe reads the tenant from the registry (agent-host reference, 5.2 and 17.6). */
function judgeManualRegistration(snapshot: AgentSnapshot): LinkVerdict {
  const type = "Registered";
  const { agent, probe, pool, nowMs } = snapshot;
  if (isPassed(snapshot, type)) return { type, status: "True", reason: "RegisteredByPerson", message: "" };
  const { tenantID } = agent.spec.template.tenant;
  if (probe.kind === "read" && probe.facts.tenantID !== null) {
    if (probe.facts.tenantID === tenantID) return { type, status: "True", reason: "RegisteredByPerson", message: "" };
    const message = `The host is registered with another tenant than ${tenantID}: uninstall and register it again, or delete the agent.`;
    return { type, status: "False", reason: "WrongTenant", message, isStalled: true };
  }
  const sinceMs = Date.parse(storedCondition(snapshot, "Installed")?.lastTransitionTime ?? "");
  const deadlineMs = (Number.isNaN(sinceMs) ? nowMs : sinceMs) + durationMs(agent.spec.template.timeouts.registration);
  if (nowMs > deadlineMs) {
    const message = `Nobody finished the registration in time: open a session to the host, finish the wizard as Hybrid Identity Administrator; it is seen by the next probe.`;
    return { type, status: "False", reason: "RegistrationTimedOut", message, isStalled: true };
  }
  if (pool.kind === "present" && !pool.isOfferedRegistration) {
    return {
      type,
      status: "Unknown",
      reason: "AwaitingTurn",
      message: "Another host of the pool is offered to the person first.",
      isAwaitingPerson: true,
    };
  }
  const message = `Open a session to ${agent.status.instanceID ?? "the host"}, finish the provisioning agent's wizard as Hybrid Identity Administrator; the operator sees it and goes on.`;
  return { type, status: "Unknown", reason: "AwaitingPerson", message, isAwaitingPerson: true };
}

export function failureWords(failure: { reason: string; message: string; fix: string }): {
  reason: string;
  message: string;
} {
  return { reason: failure.reason, message: sentenceOf(failure) };
}
