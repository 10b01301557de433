/**
 * Sends, finds again, ends or cancels one host step.
 * Guarantees: the step's operation id is stored before it is sent; a send of unknown outcome is looked for by its comment first, and sent again
 * under the same operation id, so that a host that got both runs it once (aws reference, 6.2).
 */
import { durationMs } from "../../api/durations.ts";
import type { AgentStep, AgentStepError } from "../../api/cloud-sync-agent-status.ts";
import { parseInstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { AgentAction, AgentPlan, Following } from "../../fleet/agent/decide.ts";
import type { StepProgress } from "../../fleet/agent/step-progress.ts";
import { failedRecord } from "../../fleet/agent/rights-record.ts";
import { isRightsStep, keepsEvidence, type HostStep } from "../../fleet/agent/steps.ts";
import { instantText } from "../../fleet/instant.ts";
import { documentOf, documentParameters, sentProblems } from "../../host/commands.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import { NOTHING, type ActContext, type ActOutcome, type AgentChange } from "./act.ts";
import { newStep, stepComment } from "./intent.ts";
import { storeIntent } from "./publish.ts";
import { takeSlot } from "./registration-slot.ts";

export async function actOnStep(
  plan: AgentPlan,
  { step, progress, then, rights }: Extract<AgentAction, { kind: "step" }>,
  scope: AwsScope,
  context: ActContext,
): Promise<ActOutcome> {
  const { observed } = context;
  const { agent } = observed.snapshot;
  const record: AgentChange = rights === undefined ? NOTHING : { rights };
  switch (progress.kind) {
    case "begin":
      return begin(plan, { step, progress }, scope, context, { completed: NOTHING, record });
    case "resume":
      return resume(step, scope, context);
    case "complete": {
      const completed = { ...complete(step, progress.facts, scope, context), ...record };
      if (then !== undefined) return begin(plan, then, scope, context, { completed, record: NOTHING });
      return { current: agent, change: completed, next: "again" };
    }
    case "fail":
      return fail(step, progress, scope, context, record);
    case "wait":
    case "awaitSlot":
    case "retryLater":
      return { current: agent, change: NOTHING, next: "rest" };
    default:
      return unreachable(progress);
  }
}

/** `completed`: what the step before it changed; `record`: what this one's beginning does. Both are stored in the same write as the new intent. */
async function begin(
  plan: AgentPlan,
  { step, progress }: Following,
  scope: AwsScope,
  context: ActContext,
  { completed, record }: { readonly completed: AgentChange; readonly record: AgentChange },
): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  if (progress.takesSlot) {
    const timeoutMs = SLOT_TIMEOUTS * durationMs(agent.spec.template.timeouts.configure);
    const taken = await takeSlot(ports, agent, timeoutMs, signal);
    // Another host was quicker: what is done already is published all the same.
    if (taken.kind === "contended")
      return { current: agent, change: completed, next: completed === NOTHING ? "backOff" : "again" };
  }
  const intended = newStep(agent, step, progress.attempt, nowMs);
  const written = await storeIntent(
    observed.snapshot,
    plan,
    { ...completed, ...record, step: intended },
    ports,
    signal,
  );
  if (written.kind !== "ok") return { current: agent, change: NOTHING, next: "backOff" };
  return send(step, intended, scope, context, written.object);
}

/** Registration, domain set-up and the first probe under one hold of the slot. */
const SLOT_TIMEOUTS = 3;

async function resume(step: HostStep, scope: AwsScope, context: ActContext): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent } = observed.snapshot;
  const stored = agent.status.step;
  if (stored === undefined) throw new Error("a stored step was to be resumed, and none is stored");
  const query = {
    documentName: documentOf(step.name).name,
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
  const { ports, memory, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const instanceID = agent.status.instanceID === undefined ? undefined : parseInstanceId(agent.status.instanceID);
  if (instanceID === undefined) throw new Error("a step was to be sent to an agent without an instance");
  const told = step.parameters(agent.spec.template, agent.metadata.uid);
  const parameters = documentParameters(step.name, stored.operationID, told);
  const problems = sentProblems(step.name, parameters);
  if (problems.length > 0)
    return { current, change: refusedStep(stored, unfit(problems), undefined, current), next: "again" };
  const remainingSeconds = Math.floor((Date.parse(stored.deadline) - nowMs) / 1_000);
  const request = {
    instanceIDs: [instanceID],
    document: documentOf(step.name),
    parameters,
    comment: stepComment(stored),
    deliveryTimeoutSeconds: Math.max(DELIVERY_TIMEOUT_SECONDS_MIN, remainingSeconds),
  };
  const outcome = await ports.commands.send(scope, request, signal);
  if (outcome.kind === "sent") {
    memory.rememberSent(agent.metadata.uid, stored.operationID, outcome.commandID);
    return { current, change: { step: stored }, next: "rest" };
  }
  const isPersons =
    outcome.kind === "refused" && (outcome.failure.class === "Denied" || outcome.failure.class === "Permanent");
  if (!isPersons) return { current, change: { step: stored }, next: "backOff", failure: outcome.failure };
  const { reason, message, fix } = outcome.failure;
  const lastError = { class: "Person", reason, message: message.slice(0, 300), fix: fix.slice(0, 300) };
  return {
    current,
    change: refusedStep(stored, lastError, instantText(nowMs + SEND_RECHECK_MS), current),
    next: "again",
    failure: outcome.failure,
  };
}

/** A refused permission or an absent document is asked again slowly until a person has acted. */
const SEND_RECHECK_MS = 5 * 60_000;

/** The contract refuses a value before SSM would: nothing is sent, and only another template changes it. */
function unfit(problems: readonly string[]): AgentStepError {
  return {
    class: "Permanent",
    reason: "ParameterRefused",
    message: problems.join("; ").slice(0, 300),
    fix: "Correct the pool or the domain; then delete the agent.",
  };
}

/** The failure of a rights step stands in the record of rights, so that another step may use the place (fleet/agent/rights.ts). */
function refusedStep(
  stored: AgentStep,
  lastError: AgentStepError,
  retryAt: string | undefined,
  { status }: ActOutcome["current"],
): AgentChange {
  if (isRightsStep(stored.name) && status.rights !== undefined)
    return { step: null, rights: failedRecord(status.rights, lastError, retryAt) };
  return { step: { ...stored, lastError, ...(retryAt === undefined ? {} : { retryAt }) } };
}

function complete(
  step: HostStep,
  facts: Readonly<Record<string, unknown>>,
  scope: AwsScope,
  { ports, observed }: ActContext,
): AgentChange {
  const { agent, nowMs } = observed.snapshot;
  const stored = agent.status.step;
  const instanceID = parseInstanceId(agent.status.instanceID ?? "");
  // What was probed before the step no longer counts, unless the step changes nothing.
  if (instanceID !== undefined && !keepsEvidence(step.name)) {
    ports.probes.invalidate(instanceID);
    // Asked for at once: other hosts wait for the slot until this answer has proved Ready (S11).
    if (step.provesLink === "Configured")
      ports.probes.reading(scope, instanceID, durationMs(agent.spec.template.health.probeInterval));
  }
  const text = (name: string): string | undefined => (typeof facts[name] === "string" ? facts[name] : undefined);
  const [computerName, agentVersion] = [step.name === "Join" ? text("computerName") : undefined, text("agentVersion")];
  return {
    step: step.name === "Drain" && stored !== undefined ? { ...stored, endedAt: instantText(nowMs) } : null,
    ...(step.provesLink === undefined ? {} : { proves: step.provesLink, note: step.note?.(facts) ?? "" }),
    ...(computerName === undefined ? {} : { computerName }),
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(step.name === "ProveSecretDenied"
      ? { secrets: { ...agent.status.secrets, deniedAt: instantText(nowMs) } }
      : {}),
  };
}

async function fail(
  step: HostStep,
  progress: Extract<StepProgress, { kind: "fail" }>,
  scope: AwsScope,
  context: ActContext,
  record: AgentChange,
): Promise<ActOutcome> {
  const { ports, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const stored = agent.status.step;
  if (stored === undefined) throw new Error("a step failed, and none is stored");
  const { commandID: _ended, ...rest } = stored;
  const commandID = progress.mustCancel ? observed.commandID : undefined;
  // No guarantee on the host: the marker and the lock there keep a late run harmless.
  const cancelled = commandID === undefined ? undefined : await ports.commands.cancel(scope, commandID, signal);
  const { class: errorClass, reason, message, fix } = progress.error;
  const lastError = { class: errorClass, reason, message: message.slice(0, 300), fix: fix.slice(0, 300) };
  const failed: AgentStep = {
    ...rest,
    lastError,
    ...(progress.retryAtMs === undefined ? {} : { retryAt: instantText(progress.retryAtMs) }),
    ...(step.name === "Drain" ? { endedAt: instantText(nowMs) } : {}),
  };
  const isDenied = cancelled?.kind === "refused" && cancelled.failure.class === "Denied";
  return {
    current: agent,
    change: record === NOTHING ? { step: failed } : { ...record, step: null },
    next: "again",
    ...(isDenied ? { failure: cancelled.failure } : {}),
  };
}
