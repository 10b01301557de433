/**
 * Carries out the one action of an agent's plan.
 * Guarantees: intent is stored, checked against the version the decision stood on, before the effect leaves (S1); every outcome, the unknown
 * one included, comes back as a change of status or a remembered refusal.
 * Never: chooses what to do.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { AgentLaunch, AgentRights, AgentSecrets, AgentStep } from "../../api/cloud-sync-agent-status.ts";
import { ANNOTATIONS, CLOUD_SYNC_AGENT, CLOUD_SYNC_AGENT_POOL, FINALIZERS } from "../../api/kinds.ts";
import { parsePool } from "../../api/parse.ts";
import { OWNERSHIP_TAGS, parseInstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { AgentAction, AgentPlan } from "../../fleet/agent/decide.ts";
import type { LinkType } from "../../fleet/agent/steps.ts";
import { instantText } from "../../fleet/instant.ts";
import { wantsHost } from "../../fleet/pool/wants-host.ts";
import type { Failure } from "../../runtime/failure.ts";
import { ensureFinalizer, releaseFinalizer, type FinalizerTarget } from "../../kube/finalizers.ts";
import { actOnStep } from "./act-on-step.ts";
import { launchIntent, newLaunch } from "./intent.ts";
import { holdDelayMs, type AgentMemory } from "./memory.ts";
import type { Observed } from "./observe.ts";
import type { AgentPorts } from "./ports.ts";
import { storeIntent } from "./publish.ts";
import { swapProfile } from "./swap-profile.ts";
import { releaseSlot } from "./registration-slot.ts";

/** What the action changed; `publish` turns it into status. */
export interface ActOutcome {
  /** The object as last written in this pass. */
  readonly current: CloudSyncAgent;
  readonly change: AgentChange;
  /** `again`: visit at once; `backOff`: something was contended or failed; `rest`: nothing was done. */
  readonly next: "again" | "backOff" | "rest" | "gone";
  readonly failure?: Failure;
}

/** Fields of status that an action sets; `null` removes. */
export interface AgentChange {
  readonly launch?: AgentLaunch;
  readonly instanceID?: string;
  readonly step?: AgentStep | null;
  /** The link that the host's answer has proved. */
  readonly proves?: LinkType;
  /** What the proved link says all the same. */
  readonly note?: string;
  readonly computerName?: string;
  readonly agentVersion?: string;
  readonly secrets?: AgentSecrets;
  readonly rights?: AgentRights;
}

export const NOTHING: AgentChange = {};

export interface ActContext {
  readonly ports: AgentPorts;
  readonly memory: AgentMemory;
  readonly observed: Observed;
  readonly signal: AbortSignal;
}

export async function act(plan: AgentPlan, context: ActContext): Promise<ActOutcome> {
  const { action } = plan;
  const { ports, observed, signal } = context;
  const { agent } = observed.snapshot;
  const rest: ActOutcome = { current: agent, change: NOTHING, next: "rest" };
  switch (action.kind) {
    case "rest":
    case "hold":
      return rest;
    case "addFinalizer": {
      const { kind } = await ensureFinalizer(heldAgent(agent, ports), signal);
      return { ...rest, next: kind === "present" || kind === "added" ? "again" : "backOff" };
    }
    case "removeFinalizer": {
      const { kind } = await releaseFinalizer(heldAgent(agent, ports), signal);
      return { ...rest, next: kind === "ok" ? "gone" : "backOff" };
    }
    case "releaseSlot": {
      const outcome = await releaseSlot(ports, agent, signal);
      return { ...rest, next: outcome.kind === "done" ? "again" : "backOff" };
    }
    default: {
      // Past this point the effect leaves the cluster: only with an identity, and only while this process leads.
      if (observed.scope === undefined || !ports.mayAct()) return { ...rest, next: "backOff" };
      if (action.kind === "launch") return launch(plan, action, observed.scope, context);
      if (action.kind === "terminate") return terminate(action.instanceID, observed.scope, context);
      if (action.kind === "swapProfile") return swapProfile(plan, observed.scope, context);
      return actOnStep(plan, action, observed.scope, context);
    }
  }
}

async function launch(
  plan: AgentPlan,
  { attempt, isStored }: Extract<AgentAction, { kind: "launch" }>,
  scope: AwsScope,
  context: ActContext,
): Promise<ActOutcome> {
  const { ports, memory, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const stored = isStored ? agent.status.launch : newLaunch(agent, attempt, instantText(nowMs));
  if (stored === undefined) throw new Error("a stored launch was decided on, and none is stored");
  if (!(await isStillWanted(agent, ports, signal))) return { current: agent, change: NOTHING, next: "backOff" };
  let current = agent;
  if (!isStored) {
    const written = await storeIntent(observed.snapshot, plan, { launch: stored }, ports, signal);
    if (written.kind !== "ok") return { current, change: NOTHING, next: "backOff" };
    current = written.object;
  }
  const outcome = await ports.instances.launch(scope, launchIntent(agent, stored, ports.ownerID), signal);
  ports.inventory.refreshSoon(scope);
  if (outcome.kind === "launched") {
    memory.clearHold(agent.metadata.uid);
    memory.listed(agent.metadata.uid);
    return { current, change: { launch: stored, instanceID: outcome.instance.instanceID }, next: "again" };
  }
  const delayMs = holdDelayMs(outcome.failure, ports.capacityMemoryMs, agent.metadata.uid);
  memory.remember(agent.metadata.uid, outcome.failure, delayMs);
  return { current, change: { launch: stored }, next: "again", failure: outcome.failure };
}

/**
 * Asked of the API server itself: the two caches are not of one moment. A record restored from a backup may be seen before its pool is seen to have
 * another UID, and its host may run already, under the UID that the record had then (S1, S2); a pool may have been scaled down since (S3).
 */
async function isStillWanted(
  { metadata, spec }: CloudSyncAgent,
  { kube }: AgentPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { poolName, poolUID } = spec.template.owner;
  const live = await kube.get(CLOUD_SYNC_AGENT_POOL, { namespace: metadata.namespace ?? "", name: poolName }, signal);
  if (live.kind !== "ok" || live.object.metadata.uid !== poolUID) return false;
  const pool = parsePool(live.object);
  return pool.kind === "parsed" && wantsHost(pool.object, spec.slot);
}

/** A fresh read of the very instance and its tags stands before the end of it (S2; aws reference, 2.2). */
async function terminate(instanceIDText: string, scope: AwsScope, context: ActContext): Promise<ActOutcome> {
  const { ports, memory, observed, signal } = context;
  const { agent } = observed.snapshot;
  const refused = (failure: Failure): ActOutcome => ({ current: agent, change: NOTHING, next: "backOff", failure });
  const instanceID = parseInstanceId(instanceIDText);
  if (instanceID === undefined) return refused(notOurs(instanceIDText));
  const live = await ports.kube.get<CloudSyncAgent>(
    CLOUD_SYNC_AGENT,
    { namespace: agent.metadata.namespace ?? "", name: agent.metadata.name },
    signal,
  );
  if (
    live.kind !== "ok" ||
    live.object.metadata.uid !== agent.metadata.uid ||
    live.object.metadata.annotations?.[ANNOTATIONS.release] === "true"
  ) {
    return { current: agent, change: NOTHING, next: "backOff" };
  }
  const reading = await ports.instances.confirm(scope, instanceID, signal);
  if (reading.kind === "failed") return refused(reading.failure);
  if (reading.kind === "missing") return { current: agent, change: NOTHING, next: "backOff" };
  const { tags, state } = reading.instance;
  if (tags[OWNERSHIP_TAGS.ownerID] !== ports.ownerID || tags[OWNERSHIP_TAGS.agentUID] !== agent.metadata.uid)
    return refused(notOurs(instanceID));
  ports.inventory.refreshSoon(scope);
  if (state === "shutting-down" || state === "terminated") return { current: agent, change: NOTHING, next: "backOff" };
  const { uid } = agent.metadata;
  if (!memory.unprotected.has(uid)) {
    const allowed = await ports.instances.allowTermination(scope, instanceID, signal);
    if (allowed.kind !== "done") return refused(allowed.failure);
    memory.unprotected.add(uid);
  }
  const outcome = await ports.instances.terminate(scope, instanceID, signal);
  ports.inventory.refreshSoon(scope);
  if (outcome.kind === "done") return { current: agent, change: NOTHING, next: "again" };
  // Refused: perhaps somebody protected it again in between.
  if (outcome.kind === "refused" && outcome.failure.class !== "Throttled") memory.unprotected.delete(uid);
  return refused(outcome.failure);
}

function notOurs(instanceID: string): Failure {
  return {
    class: "Permanent",
    reason: "NotOurInstance",
    message: `${instanceID} does not carry this agent's ownership tags: it is not touched.`,
    fix: "Look at its tags; annotate the agent with cloudsync.dev/release=true to let it go.",
  };
}

function heldAgent(object: CloudSyncAgent, { kube }: AgentPorts): FinalizerTarget<CloudSyncAgent> {
  return { port: kube, kind: CLOUD_SYNC_AGENT, object, finalizer: FINALIZERS.agent };
}
