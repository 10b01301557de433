/**
 * Decides the next step of one agent, from Pending to Ready and from deletion to gone.
 * Guarantees: at most one effect outside a pass, its intent stored first (S1, L2); nothing outside in Observe, paused, or without an identity.
 * Never: reads a clock, calls a port, ends an instance on anything but a stored permission (S2, S3).
 */
import { sentenceOf } from "../../runtime/failure.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import type { HostStep } from "./steps.ts";
import { stepAfter, stepOfLink, UPDATE_SSM_AGENT } from "./steps.ts";
import type { AgentRights } from "../../api/cloud-sync-agent-status.ts";
import { FINALIZERS } from "../../api/kinds.ts";
import { AGENT_LINKS, isPassed, judgeLinks, liveInstances, mayRun, type LinkVerdict } from "./links.ts";
import { setUpUnderWay } from "./set-up.ts";
import { stepProgress, type StepProgress } from "./step-progress.ts";
import { decideLaunch } from "./launch.ts";
import { decideRetirement } from "./retire.ts";
import { isGrantOpen, judgeRights, rightsDueAtMs, verifyRights } from "./rights.ts";
import { closeSecrets } from "./secrets.ts";
import { ssmAgentUpdate } from "./ssm-agent.ts";

export type AgentAction =
  | { readonly kind: "rest"; readonly untilMs?: number }
  | { readonly kind: "hold"; readonly reason: string; readonly message: string; readonly untilMs?: number }
  | { readonly kind: "addFinalizer" }
  | { readonly kind: "removeFinalizer"; readonly reason: string; readonly message: string }
  | { readonly kind: "launch"; readonly attempt: number; readonly isStored: boolean }
  | { readonly kind: "releaseSlot"; readonly reason: string }
  | {
      readonly kind: "step";
      readonly step: HostStep;
      readonly progress: StepProgress;
      /** Begun in the pass that completes `step`: one write says that the one is done and the other is meant. */
      readonly then?: Following;
      /** The record of the gMSA's rights as it stands once the step has begun or ended; a step that ends leaves nothing else. */
      readonly rights?: AgentRights;
    }
  /** The bootstrap profile makes room for the runtime profile; EC2 is asked which one it is just before. */
  | { readonly kind: "swapProfile" }
  | { readonly kind: "terminate"; readonly instanceID: string; readonly reason: string };

export interface Following {
  readonly step: HostStep;
  readonly progress: Extract<StepProgress, { kind: "begin" }>;
}

export interface AgentPlan {
  readonly action: AgentAction;
  /** The earliest moment at which the plan changes by itself; absent: only an event changes it. */
  readonly revisitAtMs: number | undefined;
}

export function decideAgent(snapshot: AgentSnapshot): AgentPlan {
  const action = chooseAction(snapshot);
  return { action, revisitAtMs: revisitAtMs(action) };
}

function chooseAction(snapshot: AgentSnapshot): AgentAction {
  const { agent } = snapshot;
  if (agent.metadata.deletionTimestamp !== undefined) return decideRetirement(snapshot);
  if (!(agent.metadata.finalizers ?? []).includes(FINALIZERS.agent)) return { kind: "addFinalizer" };
  const withheld = whyWithheld(snapshot);
  if (withheld !== undefined) return withheld;
  const dead = whyDead(snapshot);
  if (dead !== undefined) return dead;
  if (agent.status.instanceID === undefined) {
    if (liveInstances(snapshot).length === 0) return decideLaunch(snapshot);
    // Found by its tags: this pass only takes it into the record; every step names the recorded instance.
    return {
      kind: "hold",
      reason: "InstanceFound",
      message: "The instance of a launch whose answer was lost is taken into the record.",
    };
  }
  return nextStep(snapshot);
}

/** Why nothing outside may be written now; a held registration slot is given back first, so that others can go on (S11). */
function whyWithheld(snapshot: AgentSnapshot): AgentAction | undefined {
  const { mode, identityFailure, instance, slot } = snapshot;
  if (mode.kind !== "enforce") {
    if (slot.kind === "mine" && setUpUnderWay(snapshot) === undefined)
      return { kind: "releaseSlot", reason: mode.reason };
    return { kind: "hold", reason: mode.reason, message: mode.message };
  }
  if (identityFailure !== undefined) {
    const message = sentenceOf(identityFailure);
    return { kind: "hold", reason: identityFailure.reason, message };
  }
  if (instance.kind === "unread") {
    return { kind: "hold", reason: "InventoryUnread", message: "EC2 has not been listed yet." };
  }
  return undefined;
}

/** An instance that EC2 reports gone or stopped is not worked on: its pool replaces it. */
function whyDead(snapshot: AgentSnapshot): AgentAction | undefined {
  const { instance, slot } = snapshot;
  if (instance.kind !== "found" || instance.instances.some(mayRun)) return undefined;
  if (slot.kind === "mine") return { kind: "releaseSlot", reason: "InstanceDead" };
  return {
    kind: "hold",
    reason: "InstanceDead",
    message: "EC2 reports the instance as stopped or terminated; the pool replaces the agent.",
  };
}

/** The first step whose link is not passed; when all are, a Ready agent gives the registration slot back. */
function nextStep(snapshot: AgentSnapshot): AgentAction {
  const { agent, step: evidence } = snapshot;
  const open = AGENT_LINKS.find((type) => stepOfLink(type) !== undefined && !isPassed(snapshot, type));
  const step = open === undefined ? undefined : stepOfLink(open);
  if (open === undefined || step === undefined) return settle(snapshot);
  const verdicts = judgeLinks(snapshot);
  if (open === "Registered" && agent.spec.template.agent.registration.mode === "Manual") {
    const { reason, message } = verdictOf(verdicts, open);
    return freeExpiredSlot(snapshot) ?? { kind: "hold", reason, message };
  }
  const online = verdictOf(verdicts, "Online");
  // A command that is under way is judged even while the ping is late; nothing new is sent to a host that is not there.
  if (
    online.status !== "True" &&
    evidence.kind !== "running" &&
    evidence.kind !== "succeeded" &&
    evidence.kind !== "failed" &&
    !isOverdue(snapshot)
  ) {
    return freeExpiredSlot(snapshot) ?? { kind: "hold", reason: online.reason, message: online.message };
  }
  const update = ssmAgentUpdate(snapshot);
  if (update !== undefined)
    return freeExpiredSlot(snapshot) ?? { kind: "step", step: UPDATE_SSM_AGENT, progress: update };
  const progress = stepProgress(snapshot, step);
  const peers = whyNotJoining(snapshot, open);
  if (progress.kind === "begin" && peers !== undefined) return freeExpiredSlot(snapshot) ?? peers;
  if (progress.kind === "begin" && progress.takesSlot) return { kind: "step", step, progress };
  const then = progress.kind === "complete" ? following(snapshot, step) : undefined;
  return freeExpiredSlot(snapshot) ?? { kind: "step", step, progress, ...(then === undefined ? {} : { then }) };
}

/** Another host proves the join account first. */
function whyNotJoining(
  snapshot: AgentSnapshot,
  link: LinkVerdict["type"],
): Extract<AgentAction, { kind: "hold" }> | undefined {
  const { joinProof } = snapshot;
  if (link !== "Joined" || joinProof.kind === "open") return undefined;
  const { reason, message } = verdictOf(judgeLinks(snapshot), link);
  return { kind: "hold", reason, message, ...(joinProof.kind === "awaited" ? { untilMs: joinProof.untilMs } : {}) };
}

/** A step that was meant and never left, and whose time is over: it is told as failed even though the host is not there (L2). */
function isOverdue({ agent, nowMs }: AgentSnapshot): boolean {
  const { step } = agent.status;
  return (
    step !== undefined &&
    step.lastError === undefined &&
    step.endedAt === undefined &&
    nowMs > Date.parse(step.deadline)
  );
}

/** A host that has just answered is there: the next step needs no look at its ping. What a person or another host does first is waited for. */
function following(snapshot: AgentSnapshot, done: HostStep): Following | undefined {
  const step = stepAfter(done);
  if (step?.provesLink === undefined || isPassed(snapshot, step.provesLink)) return undefined;
  const isPersons =
    step.provesLink === "Registered" && snapshot.agent.spec.template.agent.registration.mode === "Manual";
  const isPeers = step.provesLink === "Joined" && snapshot.joinProof.kind !== "open";
  const progress = stepProgress(snapshot, step);
  return progress.kind === "begin" && !isPersons && !isPeers ? { step, progress } : undefined;
}

function settle(snapshot: AgentSnapshot): AgentAction {
  const verdicts = judgeLinks(snapshot);
  const isSetUp = verdicts.every(({ status }) => status === "True") && !isGrantOpen(snapshot);
  if (isSetUp && snapshot.slot.kind === "mine") {
    const reason = judgeRights(snapshot).holdsReady ? "SetUp" : "Ready";
    return { kind: "releaseSlot", reason };
  }
  const isOnline = verdictOf(verdicts, "Online").status === "True";
  // Rights first: granting them needs what is closed next.
  return (
    freeExpiredSlot(snapshot) ??
    verifyRights(snapshot, isOnline) ??
    notAfter(closeSecrets(snapshot, isOnline) ?? { kind: "rest" }, rightsDueAtMs(snapshot))
  );
}

/** A rest that ends when something else is due. */
function notAfter(action: AgentAction, dueAtMs: number | undefined): AgentAction {
  if (action.kind !== "rest" || dueAtMs === undefined) return action;
  return { kind: "rest", untilMs: Math.min(action.untilMs ?? dueAtMs, dueAtMs) };
}

/** A holder that has not become Ready by its deadline lets others go first (S11). */
function freeExpiredSlot({ slot, nowMs, step }: AgentSnapshot): AgentAction | undefined {
  const isExpired = slot.kind === "mine" && nowMs > slot.deadlineMs && step.kind !== "running";
  return isExpired ? { kind: "releaseSlot", reason: "DeadlinePassed" } : undefined;
}

function verdictOf(verdicts: readonly LinkVerdict[], type: string): LinkVerdict {
  const verdict = verdicts.find((candidate) => candidate.type === type);
  if (verdict === undefined) throw new Error(`no verdict on ${type}`);
  return verdict;
}

function revisitAtMs(action: AgentAction): number | undefined {
  switch (action.kind) {
    case "rest":
    case "hold":
      return action.untilMs;
    case "step":
      return "untilMs" in action.progress ? action.progress.untilMs : undefined;
    default:
      return undefined;
  }
}
