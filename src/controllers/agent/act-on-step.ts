/**
 * Sends, finds again, ends or cancels one host step.
 * Guarantees: the step's operation id is stored before it is sent; a send of unknown outcome is looked for by its comment first, and sent again
 * under the same operation id, so that a host that got both runs it once (aws reference, 6.2).
 */
import type { AgentStep } from "../../api/cloud-sync-agent-status.ts";
import { parseCommandId } from "../../aws/commands/port.ts";
import { parseInstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { StepProgress } from "../../fleet/agent/step-progress.ts";
import type { HostStep } from "../../fleet/agent/steps.ts";
import { parameterProblems } from "../../host/contracts.ts";
import { hostDocument } from "../../host/documents.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import { NOTHING, type ActContext, type ActOutcome } from "./act.ts";
import { instantText, newStep, stepComment } from "./intent.ts";
import { writeStatus } from "./publish.ts";

export async function actOnStep(
  step: HostStep,
  progress: StepProgress,
  scope: AwsScope,
  context: ActContext,
): Promise<ActOutcome> {
  const { observed } = context;
  const { agent } = observed.snapshot;
  const rest: ActOutcome = { current: agent, change: NOTHING, next: "rest" };
  switch (progress.kind) {
    case "begin":
      return begin(step, progress.attempt, scope, context);
    case "resume":
      return resume(step, scope, context);
    case "complete":
      return complete(step, progress.facts, context);
    case "fail":
      return fail(step, progress, scope, context);
    case "wait":
    case "awaitSlot":
    case "retryLater":
    case "takeSlot":
      return rest;
    default:
      return unreachable(progress);
  }
}

async function begin(step: HostStep, attempt: number, scope: AwsScope, context: ActContext): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const intended = newStep(agent, step, attempt, nowMs);
  const written = await writeStatus(observed.snapshot, { ...agent.status, step: intended }, ports, signal);
  if (written.kind !== "ok") return { current: agent, change: NOTHING, next: "backOff" };
  return send(step, intended, scope, { ...context }, written.object);
}

async function resume(step: HostStep, scope: AwsScope, context: ActContext): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent } = observed.snapshot;
  const stored = agent.status.step;
  if (stored === undefined) throw new Error("a stored step was to be resumed, and none is stored");
  const query = {
    documentName: hostDocument(step.name).ref.name,
    comment: stepComment(stored),
    sentAfterMs: Date.parse(stored.startedAt),
  };
  const found = await ports.commands.find(scope, query, signal);
  if (found.kind === "found")
    return { current: agent, change: { step: { ...stored, commandID: found.commandID } }, next: "again" };
  if (found.kind === "failed") return { current: agent, change: NOTHING, next: "backOff", failure: found.failure };
  return send(step, stored, scope, context, agent);
}

const DELIVERY_TIMEOUT_SECONDS_MIN = 30; // SSM API Reference, SendCommand TimeoutSeconds

async function send(
  step: HostStep,
  stored: AgentStep,
  scope: AwsScope,
  context: ActContext,
  current: ActOutcome["current"],
): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const instanceID = agent.status.instanceID === undefined ? undefined : parseInstanceId(agent.status.instanceID);
  if (instanceID === undefined) throw new Error("a step was to be sent to an agent without an instance");
  const parameters = { operationID: stored.operationID, ...step.parameters(agent.spec.template, agent.metadata.uid) };
  const problems = parameterProblems(step.name, parameters);
  if (problems.length > 0) return refuse(stored, problems.join("; "), current);
  const remainingSeconds = Math.floor((Date.parse(stored.deadline) - nowMs) / 1_000);
  const request = {
    instanceIDs: [instanceID],
    document: hostDocument(step.name).ref,
    parameters,
    comment: stepComment(stored),
    deliveryTimeoutSeconds: Math.max(DELIVERY_TIMEOUT_SECONDS_MIN, remainingSeconds),
  };
  const outcome = await ports.commands.send(scope, request, signal);
  if (outcome.kind === "sent")
    return { current, change: { step: { ...stored, commandID: outcome.commandID } }, next: "again" };
  const isPersons =
    outcome.kind === "refused" && (outcome.failure.class === "Denied" || outcome.failure.class === "Permanent");
  if (!isPersons) return { current, change: { step: stored }, next: "backOff", failure: outcome.failure };
  const { reason, message, fix } = outcome.failure;
  const lastError = { class: "Person", reason, message: message.slice(0, 300), fix: fix.slice(0, 300) };
  return {
    current,
    change: { step: { ...stored, lastError, retryAt: instantText(nowMs + SEND_RECHECK_MS) } },
    next: "again",
    failure: outcome.failure,
  };
}

/** A refused permission or an absent document is asked again slowly until a person has acted. */
const SEND_RECHECK_MS = 5 * 60_000;

/** The contract refuses a value before SSM would: nothing is sent, and only another template changes it. */
function refuse(stored: AgentStep, problem: string, current: ActOutcome["current"]): ActOutcome {
  const lastError = {
    class: "Permanent",
    reason: "ParameterRefused",
    message: problem.slice(0, 300),
    fix: "Correct the pool or the domain; then delete the agent.",
  };
  return { current, change: { step: { ...stored, lastError } }, next: "again" };
}

function complete(
  step: HostStep,
  facts: Readonly<Record<string, unknown>>,
  { ports, observed }: ActContext,
): Promise<ActOutcome> {
  const { agent, nowMs } = observed.snapshot;
  const stored = agent.status.step;
  const instanceID = parseInstanceId(agent.status.instanceID ?? "");
  // What was probed before the step no longer counts.
  if (instanceID !== undefined) ports.probes.invalidate(instanceID);
  const text = (name: string): string | undefined => (typeof facts[name] === "string" ? facts[name] : undefined);
  const [computerName, agentVersion] = [step.name === "Join" ? text("computerName") : undefined, text("agentVersion")];
  return Promise.resolve({
    current: agent,
    change: {
      step: step.name === "Drain" && stored !== undefined ? { ...stored, endedAt: instantText(nowMs) } : null,
      ...(computerName === undefined ? {} : { computerName }),
      ...(agentVersion === undefined ? {} : { agentVersion }),
    },
    next: "again",
  });
}

async function fail(
  step: HostStep,
  progress: Extract<StepProgress, { kind: "fail" }>,
  scope: AwsScope,
  context: ActContext,
): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const stored = agent.status.step;
  if (stored === undefined) throw new Error("a step failed, and none is stored");
  const { commandID: commandText, ...rest } = stored;
  const commandID = progress.mustCancel && commandText !== undefined ? parseCommandId(commandText) : undefined;
  // No guarantee on the host: the marker and the lock there keep a late run harmless.
  if (commandID !== undefined) await ports.commands.cancel(scope, commandID, signal);
  const { class: errorClass, reason, message, fix } = progress.error;
  const lastError = { class: errorClass, reason, message: message.slice(0, 300), fix: fix.slice(0, 300) };
  const failed: AgentStep = {
    ...rest,
    lastError,
    ...(progress.retryAtMs === undefined ? {} : { retryAt: instantText(progress.retryAtMs) }),
    ...(step.name === "Drain" ? { endedAt: instantText(nowMs) } : {}),
  };
  return { current: agent, change: { step: failed }, next: "again" };
}
