/**
 * The verdict on a configured host, from EC2, SSM and what the host says of itself: one chain, in the order in which a person would look.
 * Guarantees: failing beats unknown beats fine; True only on evidence younger than evidenceMaxAge (S12).
 * Never: calls a host ill because something could not be read (S5); standby is healthy (only one agent of a domain works at a time).
 */
import { durationMs } from "../../api/durations.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { isVersionAtLeast } from "../version.ts";
import type { LinkVerdict } from "./links.ts";
import type { AgentSnapshot, ProbeFacts } from "./snapshot.ts";

export interface Finding {
  readonly status: "True" | "False" | "Unknown";
  readonly view: "EC2" | "SSM" | "Host" | "Directory" | "Entra";
  readonly reason: string;
  readonly message: string;
  /** Nothing will change without a person. */
  readonly isStalled?: boolean;
}

export function judgeHealth(snapshot: AgentSnapshot): LinkVerdict {
  const findings = healthFindings(snapshot);
  const first = (status: Finding["status"]): Finding | undefined =>
    findings.find((finding) => finding.status === status);
  const worst = first("False") ?? first("Unknown");
  if (worst === undefined) return { type: "Healthy", status: "True", reason: "ProbePassed", message: "" };
  const { status, reason, message, isStalled } = worst;
  return { type: "Healthy", status, reason, message, ...(isStalled === undefined ? {} : { isStalled }) };
}

/** Every finding that is not fine; empty when all is well. */
export function healthFindings(snapshot: AgentSnapshot): readonly Finding[] {
  return [judgeInstance(snapshot), ...judgeProbe(snapshot)].filter((finding) => finding.status !== "True");
}

export function judgeInstance(snapshot: AgentSnapshot): Finding {
  const { instance, agent, limits } = snapshot;
  const unknown = (reason: string, message: string): Finding => ({ status: "Unknown", view: "EC2", reason, message });
  if (instance.kind === "unread") {
    return carriedOver(snapshot) ?? unknown("InventoryUnread", "EC2 has not been listed since the start.");
  }
  if (instance.kind === "notListed") {
    if (agent.status.instanceID === undefined) return unknown("NotLaunched", "There is no instance yet.");
    // EC2 lists a new instance a moment after it has answered (aws reference, 1.2): the same words as while it is pending.
    if (!isSeenRunning(snapshot) && instance.sinceAgeMs < limits.absenceWindowMs)
      return unknown("InstancePending", STARTING);
    return unknown(
      "NotListed",
      `EC2 does not list ${agent.status.instanceID}: not taken as gone; if it is, delete the agent.`,
    );
  }
  const live = instance.instances.filter(({ state }) => state !== "shutting-down" && state !== "terminated");
  if (live.length > 1) {
    const message = `Two live instances carry this agent's identity (${live.map(({ instanceID }) => instanceID).join(", ")}): terminate the one that is not ${agent.status.instanceID ?? "known"}.`;
    return { status: "False", view: "EC2", reason: "TwinInstances", message };
  }
  const { state, stateReason, instanceID } = live[0] ??
    instance.instances[0] ?? { state: "unknown" as const, stateReason: "", instanceID: "" };
  if (state === "running") return { status: "True", view: "EC2", reason: "Running", message: "" };
  if (state === "pending" || state === "unknown") return unknown("InstancePending", STARTING);
  const reason = {
    "shutting-down": "InstanceTerminated",
    terminated: "InstanceTerminated",
    stopping: "InstanceStopped",
    stopped: "InstanceStopped",
  }[state];
  return {
    status: "False",
    view: "EC2",
    reason,
    message: `EC2 reports ${instanceID} as ${state}${stateReason === "" ? "" : ` (${stateReason})`}: it is replaced.`,
  };
}

const STARTING = "EC2 has not reported the instance as running yet.";

function isSeenRunning({ agent }: AgentSnapshot): boolean {
  return agent.status.views?.some(({ name, status }) => name === "EC2" && status === "Ok") === true;
}

function judgeProbe(snapshot: AgentSnapshot): readonly Finding[] {
  const { probe, agent, nowMs } = snapshot;
  const maxAgeMs = durationMs(agent.spec.template.health.evidenceMaxAge);
  if (probe.kind === "unread" || probe.ageMs > maxAgeMs) {
    const carried = probe.kind === "unread" ? carriedOver(snapshot) : undefined;
    if (carried !== undefined) return [carried];
    const refused = probeRefusal(snapshot);
    if (refused !== undefined) return [refused];
    const message = "The host has not answered a probe lately: look at the SSM view and at the host.";
    return [
      { status: "Unknown", view: "Host", reason: probe.kind === "unread" ? "NotProbed" : "EvidenceStale", message },
    ];
  }
  return PROBE_CHECKS.map((check) => check(probe.facts, snapshot, nowMs));
}

/** The probe cannot be sent before a person has acted: a permission is missing, or the served document is not ours. */
function probeRefusal({ probe: { failure } }: AgentSnapshot): Finding | undefined {
  if (failure === undefined || (failure.class !== "Denied" && failure.class !== "Permanent")) return undefined;
  return { status: "Unknown", view: "Host", reason: failure.reason, message: sentenceOf(failure), isStalled: true };
}

/** After a start, what was Healthy stays so until the evidence would be too old anyway (S12). */
function carriedOver({ agent, processAgeMs }: AgentSnapshot): Finding | undefined {
  const stored = agent.status.conditions?.find(({ type }) => type === "Healthy");
  const maxAgeMs = durationMs(agent.spec.template.health.evidenceMaxAge);
  if (stored === undefined || stored.status === "Unknown" || processAgeMs > maxAgeMs) return undefined;
  return { status: stored.status, view: "Host", reason: stored.reason, message: stored.message };
}

type ProbeCheck = (facts: ProbeFacts, snapshot: AgentSnapshot, nowMs: number) => Finding;

function expectation(
  view: Finding["view"],
  reason: string,
  isMet: (facts: ProbeFacts, snapshot: AgentSnapshot, nowMs: number) => boolean,
  message: string,
): ProbeCheck {
  return (facts, snapshot, nowMs) =>
    isMet(facts, snapshot, nowMs)
      ? { status: "True", view, reason: "Passed", message: "" }
      : { status: "False", view, reason, message };
}

const sameName = (a: string | null, b: string): boolean => a !== null && a.toLowerCase() === b.toLowerCase();

/** agent-host reference, section 9. The updater's service name is unverified there, so its state is not judged. */
const PROBE_CHECKS: readonly ProbeCheck[] = [
  expectation(
    "Directory",
    "NotDomainJoined",
    ({ domain }, { agent }) => sameName(domain, agent.spec.template.domain.dnsName),
    "The host is not joined to the domain.",
  ),
  expectation(
    "Directory",
    "DomainTrustBroken",
    ({ isDomainTrusted }) => isDomainTrusted,
    "The host's secure channel to the domain is broken: Test-ComputerSecureChannel on the host.",
  ),
  expectation(
    "Directory",
    "GMSAUnusable",
    ({ isGMSAUsable }) => isGMSAUsable !== false,
    "The host cannot use the gMSA: check the host group's members and reboot.",
  ),
  expectation(
    "Host",
    "AgentServiceNotRunning",
    ({ agentService }) => agentService === "Running",
    "The service AADConnectProvisioningAgent does not run.",
  ),
  expectation(
    "Host",
    "VirtualServiceAccount",
    ({ serviceAccount }) => !(serviceAccount ?? "").toUpperCase().startsWith("NT SERVICE\\"),
    "The agent service still runs under its virtual account, not under the gMSA.",
  ),
  expectation(
    "Host",
    "NotRegistered",
    ({ tenantID }) => tenantID !== null,
    "The agent is not registered with a tenant.",
  ),
  expectation(
    "Host",
    "WrongTenant",
    ({ tenantID }, { agent }) => tenantID === null || tenantID === agent.spec.template.tenant.tenantID,
    "The agent is registered with another tenant.",
  ),
  expectation(
    "Host",
    "DomainNotConfigured",
    ({ configuredDomains }, { agent }) =>
      configuredDomains.some((name) => sameName(name, agent.spec.template.domain.dnsName)),
    "The agent has no configuration for the domain.",
  ),
  expectation(
    "Host",
    "CertificateExpired",
    ({ certificateNotAfter }, _snapshot, nowMs) =>
      certificateNotAfter === null || !(Date.parse(certificateNotAfter) < nowMs),
    "The agent's certificate has expired.",
  ),
  expectation(
    "Host",
    "VersionTooOld",
    ({ agentVersion }, { agent }) =>
      agentVersion === null || isVersionAtLeast(agentVersion, agent.spec.template.agent.minimumVersion),
    "The agent is older than spec.agent.minimumVersion.",
  ),
  expectation(
    "Directory",
    "DomainControllersUnreachable",
    ({ unreachableDomainControllers }) => unreachableDomainControllers.length === 0,
    "The host cannot reach every domain controller on 389 and 3268.",
  ),
  expectation(
    "Entra",
    "EntraUnreachable",
    ({ isEntraReachable }) => isEntraReachable,
    "The host cannot reach Entra on 443: look at proxy, NAT and firewall.",
  ),
];
