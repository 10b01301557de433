/**
 * Writes an agent's status: computed whole, written once if different.
 * Guarantees: the resourceVersion that the decision stood on guards the write; `retirement` is left to the pool's loop (its own field manager).
 */
import type { CloudSyncAgent, CloudSyncAgentStatus } from "../../api/cloud-sync-agent.ts";
import { ANNOTATIONS, CLOUD_SYNC_AGENT } from "../../api/kinds.ts";
import { COMMON_CONDITIONS, CONDITION_TYPES, type Condition } from "../../api/conditions.ts";
import type { AgentPlan } from "../../fleet/agent/decide.ts";
import { judgeLinks, provenReason } from "../../fleet/agent/links.ts";
import type { AgentSnapshot, StepEvidence } from "../../fleet/agent/snapshot.ts";
import { stepOfLink, type LinkType } from "../../fleet/agent/steps.ts";
import { instantText } from "../../fleet/instant.ts";
import { agentFindings, agentPhase, agentViews, firstFailure } from "../../fleet/agent/summary.ts";
import { mergeConditions } from "../../kube/conditions.ts";
import type { KubeOutcome } from "../../kube/port.ts";
import type { ActOutcome, AgentChange } from "./act.ts";
import type { AgentPorts } from "./ports.ts";

export const FIELD_MANAGER = "cloudsync-agent";

/** Applies `status` as it is, without what other managers own: their part is no reason to write (L1). */
export async function writeStatus(
  { agent }: Pick<AgentSnapshot, "agent">,
  status: CloudSyncAgentStatus,
  { kube }: AgentPorts,
  signal: AbortSignal,
): Promise<KubeOutcome<CloudSyncAgent>> {
  const own = { ...agent, status: ownPart(agent.status) };
  const { resourceVersion } = agent.metadata;
  const options = { fieldManager: FIELD_MANAGER, resourceVersion };
  const written = await kube.applyStatus(CLOUD_SYNC_AGENT, own, ownPart(status), options, signal);
  const isSame = written.kind === "ok" && written.object.metadata.resourceVersion === resourceVersion;
  return isSame ? { kind: "ok", object: agent } : written;
}

function ownPart({ retirement: _poolOwned, ...own }: CloudSyncAgentStatus): CloudSyncAgentStatus {
  return own;
}

/**
 * Stores an intent before its effect leaves, together with all that this pass found out (S1): one write, and none after the effect unless its
 * outcome says something new.
 */
export function storeIntent(
  snapshot: AgentSnapshot,
  plan: AgentPlan,
  change: AgentChange,
  ports: AgentPorts,
  signal: AbortSignal,
): Promise<KubeOutcome<CloudSyncAgent>> {
  const intended = nextStatus(snapshot, plan, { current: snapshot.agent, change, next: "again" });
  return writeStatus(snapshot, intended, ports, signal);
}

export interface Published {
  /** "same": nothing changed, or the object is gone; "failed": try again. */
  readonly kind: "written" | "same" | "failed";
  readonly status: CloudSyncAgentStatus;
}

export async function publish(
  snapshot: AgentSnapshot,
  plan: AgentPlan,
  outcome: ActOutcome,
  ports: AgentPorts,
  signal: AbortSignal,
): Promise<Published> {
  const status = nextStatus(snapshot, plan, outcome);
  const written = await writeStatus({ agent: outcome.current }, status, ports, signal);
  if (written.kind === "notFound") return { kind: "same", status };
  if (written.kind !== "ok") return { kind: "failed", status };
  const isSame = written.object.metadata.resourceVersion === outcome.current.metadata.resourceVersion;
  return { kind: isSame ? "same" : "written", status };
}

/** The whole status after this pass. Pure. */
export function nextStatus(
  before: AgentSnapshot,
  plan: AgentPlan,
  { change, current, failure }: ActOutcome,
): CloudSyncAgentStatus {
  const nowText = instantText(before.nowMs);
  const changed = changedStatus(shownStatus(current.status, before), change);
  const instanceID = changed.instanceID ?? adoptedInstanceID(before);
  const withInstance = instanceID === undefined ? changed : { ...changed, instanceID };
  const snapshot = snapshotAfter(before, current, withInstance, change, failure);
  const links = judgeLinks(snapshot);
  const failing = firstFailure(snapshot, links, nowText);
  const agentVersion = snapshot.probe.kind === "read" ? (snapshot.probe.facts.agentVersion ?? undefined) : undefined;
  const requested = current.metadata.annotations?.[ANNOTATIONS.requestedAt];
  const generation = current.metadata.generation ?? 0;
  const { firstFailure: _old, ...rest } = withInstance;
  return {
    ...rest,
    observedGeneration: generation,
    ...(requested === undefined ? {} : { lastHandledRequest: requested }),
    ...(agentVersion === undefined ? {} : { agentVersion }),
    phase: agentPhase(snapshot, plan, links),
    views: agentViews(snapshot, links, nowText),
    ...(failing === undefined ? {} : { firstFailure: failing }),
    conditions: mergeConditions({
      previous: current.status.conditions,
      types: [...CONDITION_TYPES.CloudSyncAgent, ...COMMON_CONDITIONS],
      findings: agentFindings(snapshot, plan, links),
      generation,
      nowMs: before.nowMs,
    }),
  };
}

/**
 * A command is recorded once Systems Manager has shown it on its way: people look it up there, and a restart need not search for it. One that
 * ends before the first look needs no record.
 */
function shownStatus(status: CloudSyncAgentStatus, { step: evidence, agent }: AgentSnapshot): CloudSyncAgentStatus {
  const { step } = status;
  const isShown = evidence.kind === "running" && evidence.shownID !== undefined && step !== undefined;
  if (!isShown || step.operationID !== agent.status.step?.operationID) return status;
  return { ...status, step: { ...step, commandID: evidence.shownID } };
}

function changedStatus(status: CloudSyncAgentStatus, change: AgentChange): CloudSyncAgentStatus {
  const { step: changedStep, proves: _proved, note: _note, ...others } = change;
  if (changedStep === undefined) return { ...status, ...others };
  const { step: _old, ...withoutStep } = { ...status, ...others };
  return changedStep === null ? withoutStep : { ...withoutStep, step: changedStep };
}

/** The instance of a launch whose answer was lost is found by its tags and taken into the record. */
function adoptedInstanceID({ instance, agent }: AgentSnapshot): string | undefined {
  if (instance.kind !== "found" || agent.status.launch === undefined) return undefined;
  return (
    instance.instances.find(({ state }) => state !== "terminated")?.instanceID ?? instance.instances[0]?.instanceID
  );
}

/** The snapshot as it looks after the action, so that one pass writes one status. */
function snapshotAfter(
  before: AgentSnapshot,
  current: CloudSyncAgent,
  status: CloudSyncAgentStatus,
  change: AgentChange,
  failure: ActOutcome["failure"],
): AgentSnapshot {
  const conditions =
    change.proves === undefined ? status.conditions : withProven(status.conditions, change.proves, change.note ?? "");
  const agent: CloudSyncAgent = { ...current, status: { ...status, ...(conditions && { conditions }) } };
  const hold = failure === undefined || change.launch === undefined ? before.hold : { failure, untilMs: before.nowMs };
  const launched = change.instanceID !== undefined ? undefined : hold;
  if (change.step === undefined) return { ...before, agent, hold: launched };
  const isUnderWay = change.step !== null && change.step.lastError === undefined && change.step.endedAt === undefined;
  const step: StepEvidence = isUnderWay ? { kind: "running", statusDetails: "Sent" } : { kind: "none" };
  return { ...before, agent, hold: launched, step };
}

/** As it will stand once this pass is written: what was passed stays passed. */
function withProven(conditions: readonly Condition[] | undefined, link: LinkType, message: string): Condition[] {
  const step = stepOfLink(link);
  if (step === undefined) throw new Error(`no step proves ${link}`);
  const others = (conditions ?? []).filter(({ type }) => type !== link);
  const stamp = { observedGeneration: 0, lastTransitionTime: "" };
  return [...others, { type: link, status: "True", reason: provenReason(step), message, ...stamp }];
}
