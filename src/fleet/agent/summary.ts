/**
 * What an agent's status says to people and tools: conditions, phase, views, the first failing link.
 * Guarantees: Ready is computed, never set; failing beats unknown beats fine; `since` and transition times move only with the state they describe (L1).
 */
import type { AgentFirstFailure, AgentPhase, AgentView, ViewName } from "../../api/cloud-sync-agent-status.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import type { AgentPlan } from "./decide.ts";
import { healthFindings, judgeInstance, type Finding } from "./health.ts";
import { judgeLinks, type LinkVerdict } from "./links.ts";
import { judgeSecrets, type SecretsVerdict } from "./secrets.ts";
import type { AgentSnapshot } from "./snapshot.ts";

export interface ConditionFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** All condition findings of an agent: its eight links, what became of its secrets, and the four roots. */
export function agentFindings(
  snapshot: AgentSnapshot,
  plan: AgentPlan,
  links = judgeLinks(snapshot),
): readonly ConditionFinding[] {
  const firstOpen = links.find(({ status }) => status === "False") ?? links.find(({ status }) => status !== "True");
  return [
    ...links.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    secretsFinding(judgeSecrets(snapshot)),
    readyFinding(snapshot, plan, firstOpen),
    ...progressFindings(snapshot, plan, links, firstOpen),
    pausedFinding(snapshot),
  ];
}

function secretsFinding({ type, status, reason, message }: SecretsVerdict): ConditionFinding {
  return { type, status, reason, message };
}

/** A deleted agent stays Ready while it serves: until its pool lets it go, or it is ended at once (S3). */
function readyFinding({ agent }: AgentSnapshot, plan: AgentPlan, firstOpen: LinkVerdict | undefined): ConditionFinding {
  const type = "Ready";
  const isEnding = plan.action.kind === "terminate" || plan.action.kind === "removeFinalizer";
  if (agent.metadata.deletionTimestamp !== undefined && (agent.status.retirement !== undefined || isEnding)) {
    const message = "message" in plan.action ? plan.action.message : "";
    return { type, status: "False", reason: "Deleting", message };
  }
  if (firstOpen === undefined) {
    const message = "Launched, joined, registered, configured and healthy.";
    return { type, status: "True", reason: "Ready", message };
  }
  return { type, status: firstOpen.status, reason: firstOpen.reason, message: firstOpen.message };
}

/** kstatus: Stalled when only a person can go on, Reconciling while anything is under way, neither when at rest. */
function progressFindings(
  snapshot: AgentSnapshot,
  plan: AgentPlan,
  links: readonly LinkVerdict[],
  firstOpen: LinkVerdict | undefined,
): readonly ConditionFinding[] {
  const { action } = plan;
  const stalled = [...links, judgeSecrets(snapshot)].find(({ isStalled }) => isStalled === true);
  const withheld = snapshot.identityFailure;
  const stall = withheld ?? stalled;
  const isDeleting = snapshot.agent.metadata.deletionTimestamp !== undefined;
  const isWaiting = firstOpen !== undefined || isDeleting;
  const person = links.find(({ isAwaitingPerson }) => isAwaitingPerson === true);
  const cause = action.kind === "hold" ? action : firstOpen;
  return [
    stall === undefined
      ? { type: "Stalled", status: "False", reason: "NotStalled", message: "" }
      : {
          type: "Stalled",
          status: "True",
          reason: stall.reason,
          message: withheld === undefined ? stall.message : sentenceOf(withheld),
        },
    stall !== undefined || !isWaiting
      ? { type: "Reconciling", status: "False", reason: stall === undefined ? "AtRest" : "Stalled", message: "" }
      : {
          type: "Reconciling",
          status: "True",
          reason: person === undefined ? (cause?.reason ?? "Deleting") : "AwaitingPerson",
          message: person?.message ?? cause?.message ?? "",
        },
  ];
}

function pausedFinding({ mode }: AgentSnapshot): ConditionFinding {
  return mode.kind === "enforce"
    ? { type: "Paused", status: "False", reason: "NotPaused", message: "" }
    : { type: "Paused", status: mode.kind === "paused" ? "True" : "False", reason: mode.reason, message: mode.message };
}

const PHASE_OF_LINK: Readonly<Record<string, AgentPhase>> = {
  Launched: "Launching",
  Online: "Booting",
  PreflightPassed: "Preflight",
  Joined: "Joining",
  Installed: "Installing",
  Registered: "AwaitingRegistration",
  Configured: "Configuring",
};

/** Derived from evidence on every pass; never read back. */
export function agentPhase(snapshot: AgentSnapshot, plan: AgentPlan, links: readonly LinkVerdict[]): AgentPhase {
  const { agent, instance } = snapshot;
  if (agent.metadata.deletionTimestamp !== undefined) {
    if (plan.action.kind === "step") return "Draining";
    if (plan.action.kind === "terminate" || (plan.action.kind === "hold" && plan.action.reason === "ShuttingDown"))
      return "Terminating";
    return instance.kind === "found" && agent.status.step?.endedAt !== undefined ? "Terminating" : "Replacing";
  }
  const open = links.find(({ type, status }) => status !== "True" && type !== "Healthy");
  if (open?.type === "Launched" && agent.status.launch === undefined) return "Pending";
  if (
    links.find(({ type }) => type === "Healthy")?.reason.startsWith("Instance") === true &&
    judgeInstance(snapshot).status === "False"
  )
    return "Replacing";
  if (open !== undefined && open.type !== "Online") return PHASE_OF_LINK[open.type] ?? "Unknown";
  if (open?.type === "Online" && links.find(({ type }) => type === "PreflightPassed")?.status !== "True")
    return "Booting";
  const healthy = links.find(({ type }) => type === "Healthy");
  if (healthy?.status === "True" && open === undefined) return "Ready";
  // Just configured: nothing is suspected before the first probe has answered.
  return agent.status.phase === "Ready" || agent.status.phase === "Suspect" ? "Suspect" : "Configuring";
}

const VIEWS: readonly ViewName[] = ["EC2", "SSM", "Host", "Directory", "Entra"];

/** The views, each with the moment since which it looks as it does. */
export function agentViews(
  snapshot: AgentSnapshot,
  links: readonly LinkVerdict[],
  nowText: string,
): readonly AgentView[] {
  const findings = viewFindings(snapshot, links);
  return VIEWS.map((name) => {
    const finding = findings.find(({ view }) => view === name);
    const status = finding === undefined ? "Ok" : finding.status === "False" ? "Failing" : "Unknown";
    const reason = finding?.reason;
    const before = snapshot.agent.status.views?.find((view) => view.name === name);
    const isSame = before !== undefined && before.status === status && before.reason === reason;
    return { name, status, ...(reason === undefined ? {} : { reason }), since: isSame ? before.since : nowText };
  });
}

/** The first link that fails, or else the first that is unknown after it was fine; what is merely in progress is no failure. */
export function firstFailure(
  snapshot: AgentSnapshot,
  links: readonly LinkVerdict[],
  nowText: string,
): AgentFirstFailure | undefined {
  const failing = links.find(({ status }) => status === "False");
  const lost = links.find(
    ({ type, status }) =>
      status === "Unknown" && (type === "Healthy" || type === "Online") && snapshot.agent.status.phase !== "Booting",
  );
  const isConfigured = links.find(({ type }) => type === "Configured")?.status === "True";
  const link = failing ?? (isConfigured ? lost : undefined);
  if (link === undefined || (failing === undefined && link.reason === "NotProbed")) return undefined;
  const before = snapshot.agent.status.firstFailure;
  const view = viewOf(snapshot, link);
  const isSame = before?.reason === link.reason && before.view === view;
  return { view, reason: link.reason, message: link.message.slice(0, 400), since: isSame ? before.since : nowText };
}

function viewFindings(snapshot: AgentSnapshot, links: readonly LinkVerdict[]): readonly Finding[] {
  const online = links.find(({ type }) => type === "Online");
  const findings: Finding[] = [...healthFindings(snapshot)];
  if (online !== undefined && online.status !== "True")
    findings.push({ view: "SSM", status: online.status, reason: online.reason, message: online.message });
  if (snapshot.probe.kind === "unread") {
    for (const view of ["Host", "Directory"] as const)
      findings.push({ view, status: "Unknown", reason: "NotProbed", message: "" });
  }
  const { status, reason, message } = snapshot.entra;
  if (status !== "True") findings.push({ view: "Entra", status, reason, message });
  return findings;
}

function viewOf(snapshot: AgentSnapshot, link: LinkVerdict): ViewName {
  switch (link.type) {
    case "Launched":
      return "EC2";
    case "Online":
      return "SSM";
    case "Healthy":
      return healthFindings(snapshot).find(({ reason }) => reason === link.reason)?.view ?? "Host";
    case "Joined":
      return "Directory";
    case "Registered":
      return "Entra";
    default:
      return "Host";
  }
}
