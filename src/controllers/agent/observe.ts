/**
 * Reads everything that one pass over an agent stands on.
 * Guarantees: bounded reads from shared views; nothing is judged here; what could not be read is told apart from what is not there (S5).
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { CLOUD_SYNC_AGENT_POOL } from "../../api/kinds.ts";
import { durationMs } from "../../api/durations.ts";
import { parseCommandId, type CommandId } from "../../aws/commands/port.ts";
import { OWNERSHIP_TAGS, parseInstanceId, type Instance } from "../../aws/instances/port.ts";
import type { InventoryReading } from "../../aws/inventory/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import { effectiveMode } from "../../fleet/effective-mode.ts";
import { isPassed } from "../../fleet/agent/links.ts";
import { underPolicy } from "../../fleet/agent/policy.ts";
import type {
  AgentSnapshot,
  InstanceEvidence,
  NodeEvidence,
  PoolEvidence,
  ProbeEvidence,
  ProbeFacts,
  StepEvidence,
} from "../../fleet/agent/snapshot.ts";
import { readStepResult, type StepResult } from "../../host/contracts.ts";
import { hasReleased } from "../../fleet/pool/decide.ts";
import { wantsHost } from "../../fleet/pool/wants-host.ts";
import { parsePool } from "../../api/parse.ts";
import { domainAt, modeSource, referenceKey, tenantAt } from "../references.ts";
import { entraViewOf } from "../entra-views.ts";
import type { AgentMemory } from "./memory.ts";
import type { AgentPorts } from "./ports.ts";
import { readSlot } from "./registration-slot.ts";

export interface Observed {
  readonly snapshot: AgentSnapshot;
  /** Absent when the identity was refused: then nothing may leave for AWS. */
  readonly scope: AwsScope | undefined;
  /** The command of the stored step, where it is known to have been sent. */
  readonly commandID: CommandId | undefined;
}

/** A person who has just finished a wizard should not wait for a long probe interval. */
const MANUAL_PROBE_INTERVAL_MAX_MS = 60_000;

export async function observeAgent(
  stored: CloudSyncAgent,
  ports: AgentPorts,
  memory: AgentMemory,
  signal: AbortSignal,
): Promise<Observed> {
  const { clock, inventory, scopes } = ports;
  const nowMs = clock.nowMs();
  const nowMonotonicMs = clock.monotonicMs();
  const { aws } = stored.spec.template;
  const namespace = stored.metadata.namespace ?? "";
  const resolution = await scopes.resolve(
    {
      namespace,
      region: aws.region,
      ...(aws.serviceAccountRef === undefined ? {} : { serviceAccountName: aws.serviceAccountRef.name }),
      ...(aws.assumeRole === undefined ? {} : { assumeRoleARN: aws.assumeRole.roleARN }),
    },
    signal,
  );
  const scope = resolution.kind === "granted" ? resolution.scope : undefined;
  const listing: InventoryReading = scope === undefined ? { kind: "unread" } : await inventory.read(scope, signal);
  const poolEvidence = await readPool(stored, ports, signal);
  const agent = underPolicy(stored, poolEvidence.object?.kind === "parsed" ? poolEvidence.object.object : undefined);
  const instance = instanceEvidence(agent, listing, memory);
  const commandID = commandOf(agent, memory);
  const base = {
    agent,
    mode: effectiveMode(modeSources(agent, ports, poolEvidence.object)),
    pool: poolEvidence.evidence,
    identityFailure: resolution.kind === "refused" ? resolution.failure : undefined,
    unclaimedInstanceIDs: unclaimed(agent, listing),
    instance,
    node: nodeEvidence(agent, listing, nowMs),
    step: stepEvidence(agent, commandID, scope, ports),
    entra: entraViewOf(ports.caches, referenceKey(agent.spec.template.domain, namespace)),
    slot: await readSlot(ports, agent, nowMs, signal),
    hold: memory.hold(agent.metadata.uid),
    processAgeMs: nowMonotonicMs - memory.startedMs,
    limits: ports.limits,
    nowMs,
  };
  const unprobed: AgentSnapshot = { ...base, probe: { kind: "unread" } };
  return { scope, commandID, snapshot: { ...base, probe: probeEvidence(unprobed, scope, ports, nowMonotonicMs) } };
}

function instancesOf(agent: CloudSyncAgent, listing: InventoryReading): readonly Instance[] {
  if (listing.kind === "unread") return [];
  return listing.view.tagged.ofAgent(agent.metadata.uid);
}

function instanceEvidence(agent: CloudSyncAgent, listing: InventoryReading, memory: AgentMemory): InstanceEvidence {
  const { uid } = agent.metadata;
  if (listing.kind === "unread")
    return { kind: "unread", ...(listing.failure === undefined ? {} : { failure: listing.failure }) };
  const instances = instancesOf(agent, listing);
  if (instances.length === 0) return { kind: "notListed", ...memory.notListed(uid, listing.view.instancesListedMs) };
  memory.listed(uid);
  return { kind: "found", instances };
}

/** Live instances under our pool's namespace and name for another pool UID (S2). */
function unclaimed(agent: CloudSyncAgent, listing: InventoryReading): readonly string[] {
  if (listing.kind === "unread") return [];
  const { owner } = agent.spec.template;
  return listing.view.tagged
    .ofPoolNamed(owner.namespace, owner.poolName)
    .filter(({ state }) => state !== "terminated" && state !== "shutting-down")
    .filter(({ tags }) => tags[OWNERSHIP_TAGS.poolUID] !== owner.poolUID)
    .map(({ instanceID }) => instanceID);
}

function nodeEvidence(agent: CloudSyncAgent, listing: InventoryReading, nowMs: number): NodeEvidence {
  if (listing.kind === "unread") return { kind: "unread" };
  if (listing.view.nodes === undefined) {
    const { nodesFailure } = listing.view;
    return { kind: "unread", ...(nodesFailure === undefined ? {} : { failure: nodesFailure }) };
  }
  const { nodes } = listing.view;
  const instanceID = instancesOf(agent, listing).find(({ state }) => state === "running")?.instanceID;
  const node = instanceID === undefined ? undefined : nodes.get(instanceID);
  if (node === undefined) return { kind: "notListed" };
  return {
    kind: "listed",
    isOnline: node.pingStatus === "Online",
    pingAgeMs: Math.max(0, nowMs - node.lastPingAtMs),
    computerName: node.computerName,
    ssmAgentVersion: node.agentVersion,
  };
}

function commandOf({ metadata, status }: CloudSyncAgent, memory: AgentMemory): CommandId | undefined {
  const { step } = status;
  if (step === undefined) return undefined;
  return step.commandID === undefined ? memory.sent(metadata.uid, step.operationID) : parseCommandId(step.commandID);
}

function stepEvidence(
  agent: CloudSyncAgent,
  commandID: CommandId | undefined,
  scope: AwsScope | undefined,
  { commands }: AgentPorts,
): StepEvidence {
  const stored = agent.status.step;
  if (stored === undefined || stored.lastError !== undefined || stored.endedAt !== undefined) return { kind: "none" };
  const instanceID = agent.status.instanceID === undefined ? undefined : parseInstanceId(agent.status.instanceID);
  if (commandID === undefined) return { kind: "notSent" };
  if (scope === undefined || instanceID === undefined || stored.name === "Unknown")
    return { kind: "running", statusDetails: "Unread" };
  const reading = commands.reading(scope, commandID, instanceID);
  if (reading.kind === "unread") return { kind: "running", statusDetails: "Unread" };
  if (reading.kind === "failed") return { kind: "running", statusDetails: "Unread", failure: reading.failure };
  if (reading.kind === "running") return { ...reading, shownID: commandID };
  // Over only when Systems Manager shows the newer version: the agent restarts in between (fleet/agent/ssm-agent.ts).
  if (stored.name === "UpdateSSMAgent" && reading.isSuccess)
    return { kind: "running", statusDetails: "AwaitingVersion" };
  const result: StepResult = stored.name === "UpdateSSMAgent" ? NO_LINE : readStepResult(stored.name, reading.output);
  if (result.kind === "succeeded" && reading.isSuccess) return { kind: "succeeded", facts: result.facts };
  if (result.kind === "failed") return { kind: "failed", error: result.error };
  const message = `The step ended as ${reading.statusDetails} without a result that can be read.`;
  return {
    kind: "failed",
    error: {
      class: "Transient",
      reason: `${stored.name}Failed`,
      message,
      fix: "None: it is tried again; read the command's output in Systems Manager if it stays so.",
    },
  };
}

/** AWS's own document prints no line of ours. */
const NO_LINE: StepResult = { kind: "unreadable", problem: "AWS-UpdateSSMAgent ended otherwise than well" };

function probeEvidence(
  snapshot: AgentSnapshot,
  scope: AwsScope | undefined,
  { probes }: AgentPorts,
  nowMonotonicMs: number,
): ProbeEvidence {
  const { agent, instance } = snapshot;
  const instanceID = agent.status.instanceID === undefined ? undefined : parseInstanceId(agent.status.instanceID);
  const isRunning = instance.kind === "found" && instance.instances.some(({ state }) => state === "running");
  // A deleted agent serves, and is probed, until its pool lets it go: the floor counts on it (S3).
  const isLeaving = agent.metadata.deletionTimestamp !== undefined && agent.status.retirement !== undefined;
  const isManual = agent.spec.template.agent.registration.mode === "Manual";
  const isWanted = isPassed(snapshot, "Configured") || (isManual && isPassed(snapshot, "Installed"));
  if (scope === undefined || instanceID === undefined) return { kind: "unread" };
  if (!isRunning || isLeaving || !isWanted) {
    probes.forget(instanceID);
    return { kind: "unread" };
  }
  const intervalMs = durationMs(agent.spec.template.health.probeInterval);
  const wantedMs = isPassed(snapshot, "Configured") ? intervalMs : Math.min(intervalMs, MANUAL_PROBE_INTERVAL_MAX_MS);
  const reading = probes.reading(scope, instanceID, wantedMs);
  if (reading.kind === "unread") return reading;
  // readStepResult has checked the facts against contracts/host/probe.json.
  return {
    kind: "read",
    facts: reading.facts as unknown as ProbeFacts,
    ageMs: nowMonotonicMs - reading.observedMs,
    ...(reading.failure === undefined ? {} : { failure: reading.failure }),
  };
}

function modeSources(agent: CloudSyncAgent, { caches }: AgentPorts, pool: ReturnType<typeof parsePool> | undefined) {
  const namespace = agent.metadata.namespace ?? "";
  const { tenant, domain } = agent.spec.template;
  const tenantObject =
    tenant.name === undefined ? undefined : tenantAt(caches, referenceKey({ ...tenant, name: tenant.name }, namespace));
  const domainObject = domainAt(caches, referenceKey(domain, namespace));
  const poolObject = pool?.kind === "parsed" ? pool.object : undefined;
  return [tenantObject, domainObject, poolObject, agent].flatMap((object) =>
    object === undefined ? [] : [modeSource(object)],
  );
}

/** The pool of this agent's own UID; it counts as absent only after a live read said so. */
async function readPool(
  agent: CloudSyncAgent,
  ports: AgentPorts,
  signal: AbortSignal,
): Promise<{ evidence: PoolEvidence; object: ReturnType<typeof parsePool> | undefined }> {
  const { owner } = agent.spec.template;
  const key = { namespace: agent.metadata.namespace ?? "", name: owner.poolName };
  let object = ports.caches.pools.get(key);
  if (object?.metadata.uid !== owner.poolUID) {
    const live = await ports.kube.get(CLOUD_SYNC_AGENT_POOL, key, signal);
    if (live.kind === "notFound" || (live.kind === "ok" && live.object.metadata.uid !== owner.poolUID))
      return { evidence: { kind: "absent" }, object: undefined };
    if (live.kind !== "ok") return { evidence: { kind: "unread" }, object: undefined };
    object = live.object;
  }
  const parsed = parsePool(object);
  if (parsed.kind !== "parsed") return { evidence: { kind: "unread" }, object: undefined };
  const pool = parsed.object;
  const instanceID = agent.status.instanceID;
  return {
    object: parsed,
    evidence: {
      kind: "present",
      isDeleting: pool.metadata.deletionTimestamp !== undefined,
      hasReleased: instanceID !== undefined && hasReleased(pool, instanceID),
      isOfferedRegistration: pool.status.awaitingRegistrationOn === agent.metadata.name,
      wantsHost: wantsHost(pool, agent.spec.slot),
    },
  };
}
