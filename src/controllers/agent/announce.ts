/** Words of an agent's decision for the log and for people. Pure. */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { AgentPlan } from "../../fleet/agent/decide.ts";
import type { PersonEvent } from "../../kube/port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import type { Decision } from "../announcer.ts";
import type { ActOutcome } from "./act.ts";

export function agentDecision(agent: CloudSyncAgent, { action }: AgentPlan, outcome: ActOutcome): Decision {
  const decision = words(agent, action, outcome);
  const { failure } = outcome;
  if (failure === undefined) return decision;
  const message = `${decision.message} ${sentenceOf(failure)}`.trim();
  return {
    ...decision,
    facts: { ...decision.facts, failureClass: failure.class, failureReason: failure.reason, ...failure.evidence },
    event: warning(failure.reason, decision.action, message),
  };
}

function words(agent: CloudSyncAgent, action: AgentPlan["action"], outcome: ActOutcome): Decision {
  const { placement } = agent.spec.template;
  switch (action.kind) {
    case "rest":
      return { action: "Rest", reason: "AtRest", message: "" };
    case "hold":
      return { action: "Hold", reason: action.reason, message: action.message };
    case "addFinalizer":
      return { action: "AddFinalizer", reason: "New", message: "" };
    case "removeFinalizer":
      return {
        action: "ForgetHost",
        reason: action.reason,
        message: action.message,
        event: normal(action.reason, "ForgetHost", action.message),
      };
    case "launch": {
      const { instanceID } = outcome.change;
      const place = `${placement.availabilityZone} (${placement.subnetID})`;
      const launched = `Launched ${instanceID ?? ""} in ${place}, attempt ${action.attempt}.`;
      return {
        action: "Launch",
        reason: "NoInstance",
        message: instanceID === undefined ? `Attempt ${action.attempt} in ${place}.` : launched,
        facts: { attempt: action.attempt },
        ...(instanceID === undefined ? {} : { event: normal("Launched", "LaunchInstance", launched) }),
      };
    }
    case "releaseSlot":
      return { action: "ReleaseRegistrationSlot", reason: action.reason, message: "" };
    case "terminate": {
      const message = `Terminating ${action.instanceID} (${action.reason}).`;
      return {
        action: "Terminate",
        reason: action.reason,
        message,
        event: normal("Terminating", "TerminateInstance", message),
      };
    }
    case "swapProfile":
      return { action: "SwapInstanceProfile", reason: "Configured", message: "" };
    case "step":
      return stepWords(action);
    default:
      return unreachable(action);
  }
}

/** Steps that go as they should are told by the phase, and in the log; an event is for what a person may want to act on. */
function stepWords({ step, progress, then }: Extract<AgentPlan["action"], { kind: "step" }>): Decision {
  const base = { action: `${step.name}${progress.kind.charAt(0).toUpperCase()}${progress.kind.slice(1)}`, message: "" };
  switch (progress.kind) {
    case "begin":
      return { ...base, reason: "NextStep", facts: { attempt: progress.attempt } };
    case "complete": {
      const granted = grantedWords(progress.facts);
      return {
        ...base,
        reason: "StepSucceeded",
        ...(then === undefined ? {} : { facts: { next: then.step.name } }),
        ...(granted === undefined ? {} : { event: normal("RightsGranted", `Run${step.name}`, granted) }),
      };
    }
    case "fail": {
      const message = sentenceOf(progress.error);
      return {
        ...base,
        reason: progress.error.reason,
        message,
        event: warning(progress.error.reason, `Run${step.name}`, message),
      };
    }
    case "awaitSlot":
      return { ...base, reason: "AwaitingRegistrationSlot", message: `${progress.holder} holds the slot.` };
    case "retryLater":
      return { ...base, reason: progress.error.reason, message: progress.error.message };
    case "resume":
    case "wait":
      return { ...base, reason: "InProgress" };
    default:
      return unreachable(progress);
  }
}

/** What a rights step has written into the directory is never silent. */
function grantedWords({ findings }: Readonly<Record<string, unknown>>): string | undefined {
  if (!Array.isArray(findings)) return undefined;
  const granted = (findings as readonly GrantFinding[]).filter(({ granted }) => granted.length > 0);
  if (granted.length === 0) return undefined;
  const parts = granted.map(({ distinguishedName, granted }) => `${granted.join(", ")} on ${distinguishedName}`);
  return `Added for the gMSA: ${parts.join("; ")}.`.slice(0, 1_024);
}

/** readStepResult has checked the facts against contracts/host. */
interface GrantFinding {
  readonly distinguishedName: string;
  readonly granted: readonly string[];
}

function normal(reason: string, action: string, message: string): PersonEvent {
  return { type: "Normal", reason, action, message };
}

function warning(reason: string, action: string, message: string): PersonEvent {
  return { type: "Warning", reason, action, message: message.slice(0, 1_024) };
}

/** The agent stopped or began to be Ready: the one thing that a person on call wants an event about. */
export function readinessEvent(before: Readiness | undefined, after: Readiness | undefined): PersonEvent | undefined {
  if (after === undefined || before?.status === after.status) return undefined;
  if (after.status === "True") return normal("Ready", "JudgeHealth", after.message);
  return before?.status === "True" && after.reason !== "Deleting"
    ? warning(after.reason, "JudgeHealth", `No longer Ready. ${after.message}`.trim())
    : undefined;
}

interface Readiness {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}
