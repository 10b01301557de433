/**
 * Whether the gMSA has the rights that its domain declares: looked at by the host once it is Configured, and once more for each agent version, because
 * the vendor applies a new feature's rights to clean installs only (agent-host reference, 5.1 and 11).
 * Guarantees: a new host is not Ready before every right was found in place once; what was found is stored, so that a restart asks nothing twice; a
 * right that is missing is told by entry and object, and looked at again by itself (L2); while a grant runs, the registration slot is held (S11).
 * Never: takes Ready from a host that had it: a right belongs to the account, and another host would not have it either (S4); repairs in mode Verify;
 * runs beside another step.
 */
import type { AgentRights } from "../../api/cloud-sync-agent-status.ts";
import type { AgentAction } from "./decide.ts";
import { isPassed, storedCondition } from "./links.ts";
import { declaredRights, type Declaration } from "./rights-commands.ts";
import { begunRecord, endedRecord, failedRecord, recordFor } from "./rights-record.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { beginUnderSlot, isRequested, retryAfter, stepProgress, type StepProgress } from "./step-progress.ts";
import { isRightsStep, type HostStep } from "./steps.ts";
import { instantText } from "../instant.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";

export interface RightsVerdict {
  readonly type: "RightsEffective";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
  /** The host was never Ready, and is not before this is True. */
  readonly holdsReady: boolean;
}

type State =
  | { readonly kind: "unread" }
  | { readonly kind: "notDeclared" }
  | { readonly kind: "awaiting" } // not set up yet, or the account's name is not known
  | { readonly kind: "waiting"; readonly untilMs: number | undefined } // failed, and not due again
  | { readonly kind: "open"; readonly step: HostStep; readonly progress: StepProgress }
  | { readonly kind: "verified" };

/** What is done next about the rights; undefined: nothing now. */
export function verifyRights(
  snapshot: AgentSnapshot,
  isOnline: boolean,
): Extract<AgentAction, { kind: "step" }> | undefined {
  const state = stateOf(snapshot);
  if (state.kind !== "open") return undefined;
  const { step, progress } = state;
  const isNew = progress.kind === "begin" || progress.kind === "awaitSlot";
  if (isNew && (!isOnline || isOtherUnderWay(snapshot))) return undefined;
  return { kind: "step", step, progress, ...recordOf(snapshot, progress) };
}

/** When they are looked at again by themselves. */
export function rightsDueAtMs(snapshot: AgentSnapshot): number | undefined {
  const state = stateOf(snapshot);
  return state.kind === "waiting" ? state.untilMs : undefined;
}

/** Whether a grant is still to come: until it is over the host needs the set-up secret, and keeps the slot that it holds. */
export function isGrantOpen(snapshot: AgentSnapshot): boolean {
  const state = stateOf(snapshot);
  if (state.kind === "open") return state.step.needsRegistrationSlot;
  const declaration = declaredRights(snapshot);
  return state.kind === "waiting" && nextStep(declaration, snapshot)?.needsRegistrationSlot === true;
}

export function judgeRights(snapshot: AgentSnapshot): RightsVerdict {
  const { rights } = snapshot.agent.status;
  const state = stateOf(snapshot);
  const wasReady = storedCondition(snapshot, "Ready")?.status === "True";
  const verdict = { type: "RightsEffective", holdsReady: rights?.verifiedAt === undefined && !wasReady } as const;
  switch (state.kind) {
    case "notDeclared":
      return { ...verdict, status: "Unknown", reason: "NothingDeclared", message: NOTHING_DECLARED, holdsReady: false };
    case "unread": {
      const { status, reason, message } = storedCondition(snapshot, "RightsEffective") ?? UNREAD;
      return { ...verdict, status, reason, message, holdsReady: false };
    }
    case "awaiting":
      return { ...verdict, status: "Unknown", reason: "AwaitingConfiguration", message: "The host is being set up." };
    case "verified":
      return { ...verdict, status: "True", reason: "RightsVerified", message: "" };
    case "waiting":
    case "open":
      return { ...verdict, ...openWords(snapshot, state) };
    default:
      return unreachable(state);
  }
}

const NOTHING_DECLARED =
  "The domain names no provisioningContainers and asks for no rights at its root: no rights are looked at.";
const UNREAD = { status: "Unknown", reason: "DomainNotRead", message: "The ADDomain is not there." } as const;

type Words = Pick<RightsVerdict, "status" | "reason" | "message" | "isStalled">;

/** A failure is told until the next answer, also while it is asked for. */
function openWords(snapshot: AgentSnapshot, state: Extract<State, { kind: "waiting" | "open" }>): Words {
  const { agent, limits } = snapshot;
  const declaration = declaredRights(snapshot);
  const record = presentRecord(snapshot, declaration);
  if (record?.lastError !== undefined) {
    const { class: errorClass, reason } = record.lastError;
    const isStalled = errorClass !== "Transient" || record.failures >= limits.stepAttemptsMax;
    return { status: "False", reason, message: sentenceOf(record.lastError), isStalled };
  }
  if (state.kind === "open" && state.progress.kind === "awaitSlot") {
    const message = `One host of the domain is set up at a time: status.registration of ADDomain ${agent.spec.template.domain.name} names it.`;
    return { status: "Unknown", reason: "AwaitingRegistrationSlot", message };
  }
  const message = `The rights of the gMSA are looked at for agent version ${agent.status.agentVersion ?? "unknown"}.`;
  return { status: "Unknown", reason: "AwaitingVerification", message };
}

function stateOf(snapshot: AgentSnapshot): State {
  const declaration = declaredRights(snapshot);
  const running = underWay(snapshot, declaration);
  if (running !== undefined) return running;
  if (declaration.kind === "none") return { kind: "notDeclared" };
  if (declaration.kind === "unread") return { kind: "unread" };
  if (!isPassed(snapshot, "Configured") || declaration.kind === "unnamed") return { kind: "awaiting" };
  const step = nextStep(declaration, snapshot);
  if (step === undefined) return { kind: "verified" };
  const record = presentRecord(snapshot, declaration);
  if (record?.lastError !== undefined && !isRequested(snapshot)) {
    const untilMs = record.retryAt === undefined ? undefined : Date.parse(record.retryAt);
    if (untilMs === undefined || snapshot.nowMs < untilMs) return { kind: "waiting", untilMs };
  }
  const attempt = (snapshot.agent.status.rights?.runs ?? 0) + 1;
  return { kind: "open", step, progress: beginUnderSlot(snapshot, step, attempt) };
}

/** What is stored about the declaration and version of now. */
function presentRecord({ agent }: AgentSnapshot, declaration: Declaration): AgentRights | undefined {
  return declaration.kind === "declared" ? recordFor(agent.status.rights, declaration.digest) : undefined;
}

/** The first command that has not found everything in place. */
function nextStep(declaration: Declaration, snapshot: AgentSnapshot): HostStep | undefined {
  if (declaration.kind !== "declared") return undefined;
  return declaration.steps[presentRecord(snapshot, declaration)?.done ?? 0];
}

/** A command that was begun is followed to its end, whatever is declared by then. */
function underWay(snapshot: AgentSnapshot, declaration: Declaration): State | undefined {
  const { agent, limits, nowMs } = snapshot;
  const { step: stored, rights: record } = agent.status;
  if (stored === undefined || record === undefined || !isRightsStep(stored.name) || stored.lastError !== undefined)
    return undefined;
  const isAsked = presentRecord(snapshot, declaration) !== undefined;
  const asked = isAsked ? nextStep(declaration, snapshot) : undefined;
  const step = asked?.name === stored.name ? asked : { ...FORMER_STEP, name: stored.name };
  const progress = stepProgress(snapshot, step);
  if (progress.kind === "fail") {
    const { isSpent, retryAtMs } = retryAfter(limits, nowMs, record.failures + 1, progress.error.class);
    return { kind: "open", step, progress: { ...progress, isStalled: isSpent, retryAtMs } };
  }
  // What it would be told now is not what it was begun with: it is not sent again, and its deadline ends it.
  const isStale = progress.kind === "resume" && step !== asked;
  const untilMs = Date.parse(stored.deadline);
  return { kind: "open", step, progress: isStale ? { kind: "wait", untilMs } : progress };
}

/** Begun for a declaration or version that is no more: its answer ends it and says nothing else. */
const FORMER_STEP: Omit<HostStep, "name"> = {
  provesLink: undefined,
  needsRegistrationSlot: true,
  timeoutMs: () => 0,
  parameters: () => ({}),
};

function isOtherUnderWay({ agent }: AgentSnapshot): boolean {
  const { step } = agent.status;
  return step !== undefined && step.lastError === undefined && step.endedAt === undefined && !isRightsStep(step.name);
}

/** What the step leaves in the record, written together with it. */
function recordOf(snapshot: AgentSnapshot, progress: StepProgress): { readonly rights?: AgentRights } {
  const { agent, nowMs } = snapshot;
  const record = agent.status.rights;
  const declaration = declaredRights(snapshot);
  if (progress.kind === "begin" && declaration.kind === "declared") {
    const { digest } = declaration;
    return { rights: begunRecord(record, { digest, agentVersion: agent.status.agentVersion }) };
  }
  if (record === undefined) return {};
  if (progress.kind === "complete") {
    const isPresent = presentRecord(snapshot, declaration) !== undefined;
    const stepCount = declaration.kind === "declared" && isPresent ? declaration.steps.length : undefined;
    return { rights: endedRecord(record, stepCount, instantText(nowMs)) };
  }
  if (progress.kind === "fail") {
    const { class: errorClass, reason, message, fix } = progress.error;
    const lastError = { class: errorClass, reason, message: message.slice(0, 300), fix: fix.slice(0, 300) };
    const retryAt = progress.retryAtMs === undefined ? undefined : instantText(progress.retryAtMs);
    return { rights: failedRecord(record, lastError, retryAt) };
  }
  return {};
}
