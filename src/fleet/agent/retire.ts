/**
 * Decides how a deleted agent goes: release, or drain, terminate, and the record last.
 * Guarantees: a host is drained and terminated only with the pool's permission, when the pool let go of the agent and is absent, or by terminate-now (S3);
 * the finalizer goes only after EC2 says terminated, absence is proven, or the instance was let go on record (S2, S10).
 * Never: terminates what does not carry this agent's UID in its tags.
 */
import { ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import type { AgentAction } from "./decide.ts";
import { isAbsenceProven } from "./launch.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { isPassed, liveInstances } from "./links.ts";
import { DRAIN } from "./steps.ts";
import { setUpUnderWay } from "./set-up.ts";
import { stepProgress } from "./step-progress.ts";

export const RELEASED_REASONS: ReadonlySet<string> = new Set(["Released", "Retained"]);

export function decideRetirement(snapshot: AgentSnapshot): AgentAction {
  const { agent, slot, mode } = snapshot;
  if (!(agent.metadata.finalizers ?? []).includes(FINALIZERS.agent)) return { kind: "rest" };
  const setUp = setUpUnderWay(snapshot);
  if (slot.kind === "mine" && setUp === undefined) return { kind: "releaseSlot", reason: "Deleted" };
  if (setUp !== undefined && !isEndUrgent(snapshot)) return awaitSetUp(setUp);
  if (isReleased(snapshot)) return letGo(snapshot);
  if (
    agent.status.launch === undefined &&
    agent.status.instanceID === undefined &&
    liveInstances(snapshot).length === 0
  ) {
    return { kind: "removeFinalizer", reason: "NeverLaunched", message: "No launch was ever asked for." };
  }
  if (mode.kind !== "enforce") {
    const message = `${mode.message} Until then this agent waits; annotate it with cloudsync.dev/release=true to let the host go untouched.`;
    return { kind: "hold", reason: mode.reason, message };
  }
  if (snapshot.identityFailure !== undefined) {
    const message = `${sentenceOf(snapshot.identityFailure)} Or annotate the agent with cloudsync.dev/release=true to let the host go untouched.`;
    return { kind: "hold", reason: snapshot.identityFailure.reason, message };
  }
  return goAway(snapshot);
}

/** A compromised host goes at once; what runs on it ends with it. */
function isEndUrgent(snapshot: AgentSnapshot): boolean {
  const wanted = snapshot.agent.metadata.annotations?.[ANNOTATIONS.terminateNow];
  return wanted !== undefined && wanted === liveInstances(snapshot)[0]?.instanceID;
}

/** The next host of the domain may not start beside it (S11). */
function awaitSetUp({ step, untilMs }: { readonly step: string; readonly untilMs: number }): AgentAction {
  const message = `${step} runs on the host and holds the domain's registration slot: its end is awaited first.`;
  return { kind: "hold", reason: "SetUpUnderWay", message, untilMs };
}

function isReleased({ agent }: AgentSnapshot): boolean {
  return (
    agent.metadata.annotations?.[ANNOTATIONS.release] === "true" ||
    RELEASED_REASONS.has(agent.status.retirement?.reason ?? "")
  );
}

/** The pool lists what was let go before the record vanishes, so that nothing else ever takes it for a leak (S2). */
function letGo(snapshot: AgentSnapshot): AgentAction {
  const { pool, agent } = snapshot;
  const instanceID = agent.status.instanceID ?? liveInstances(snapshot)[0]?.instanceID;
  if (pool.kind === "unread") return { kind: "hold", reason: "PoolUnread", message: "The pool has not been read yet." };
  if (instanceID !== undefined && pool.kind === "present" && !pool.hasReleased) {
    return {
      kind: "hold",
      reason: "AwaitingReleaseRecord",
      message: "The pool records the instance as released first.",
    };
  }
  const message = `${instanceID ?? "Nothing"} was let go untouched and keeps running.`;
  return { kind: "removeFinalizer", reason: "Released", message };
}

function goAway(snapshot: AgentSnapshot): AgentAction {
  const { agent, instance, pool } = snapshot;
  if (instance.kind === "unread")
    return { kind: "hold", reason: "InventoryUnread", message: "EC2 has not been listed yet." };
  const live = liveInstances(snapshot);
  const [target] = live;
  if (target === undefined) return awaitGone(snapshot);
  const isUrgent = isEndUrgent(snapshot);
  if (pool.kind === "unread") return { kind: "hold", reason: "PoolUnread", message: "The pool has not been read yet." };
  const isPermitted = isUrgent || agent.status.retirement !== undefined;
  if (!isPermitted && pool.kind === "absent" && isStillOwned(agent)) return poolVanished(target.instanceID);
  if (!isPermitted && pool.kind !== "absent") {
    return {
      kind: "hold",
      reason: "AwaitingPermission",
      message: "The pool makes sure of a successor and of its floor before this host goes.",
    };
  }
  const drain = isUrgent ? undefined : decideDrain(snapshot, target.state === "running");
  return (
    drain ?? {
      kind: "terminate",
      instanceID: target.instanceID,
      reason: isUrgent ? "TerminateNow" : (agent.status.retirement?.reason ?? "PoolAbsent"),
    }
  );
}

/** A pool goes after its agents, or is detached from them (orphan mode): one that left them owned was forced off, and nobody decided about the hosts. */
function isStillOwned({ metadata, spec }: AgentSnapshot["agent"]): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => uid === spec.template.owner.poolUID);
}

function poolVanished(instanceID: string): AgentAction {
  const message = `The pool was removed by force, without a decision about ${instanceID}. Annotate this agent with ${ANNOTATIONS.release}=true to let the host go untouched, or with ${ANNOTATIONS.terminateNow}=${instanceID} to end it.`;
  return { kind: "hold", reason: "PoolVanished", message };
}

/** The service is stopped first, so that a peer takes over at once (agent-host reference, 12); a host that does not answer is not waited for beyond the deadline. */
function decideDrain(snapshot: AgentSnapshot, isRunning: boolean): AgentAction | undefined {
  const { agent, node } = snapshot;
  const stored = agent.status.step;
  const hasEnded = stored?.name === "Drain" && stored.endedAt !== undefined;
  const isReachable = isRunning && node.kind === "listed" && node.isOnline;
  if (hasEnded || !isPassed(snapshot, "Installed")) return undefined;
  if (!isReachable && stored?.name !== "Drain") return undefined;
  const progress = stepProgress(snapshot, DRAIN);
  // A drain that failed is not repeated: the host goes anyway.
  return progress.kind === "retryLater" ? undefined : { kind: "step", step: DRAIN, progress };
}

function awaitGone(snapshot: AgentSnapshot): AgentAction {
  const { instance, agent, nowMs, limits } = snapshot;
  if (instance.kind === "found") {
    const isTerminated = instance.instances.every(({ state }) => state === "terminated");
    const { instanceID } = instance.instances[0] ?? { instanceID: agent.status.instanceID ?? "" };
    return isTerminated
      ? { kind: "removeFinalizer", reason: "InstanceTerminated", message: `EC2 reports ${instanceID} as terminated.` }
      : { kind: "hold", reason: "ShuttingDown", message: `EC2 is terminating ${instanceID}.` };
  }
  if (isAbsenceProven(snapshot)) {
    return {
      kind: "removeFinalizer",
      reason: "AbsenceProven",
      message: "Complete lists over the whole window do not show the instance.",
    };
  }
  const message =
    "EC2 does not list the instance: several complete lists over a time are needed before it counts as gone.";
  return {
    kind: "hold",
    reason: "ProvingAbsence",
    message,
    untilMs: nowMs + limits.absenceWindowMs / limits.absenceAnswersMin,
  };
}
