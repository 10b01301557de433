/**
 * Carries out the one action of a pool's plan, in the cluster only: a pool's loop never calls EC2 to change anything.
 * Guarantees: a slot's number, a disruption and a release are in status before what they stand for happens; that one write carries the rest of
 * the status too.
 */
import { agentName } from "../../fleet/naming.ts";
import type { CloudSyncAgentPool, CloudSyncAgentPoolStatus } from "../../api/cloud-sync-agent-pool.ts";
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { API_GROUP_VERSION, CLOUD_SYNC_AGENT, CLOUD_SYNC_AGENT_POOL, FINALIZERS, LABELS } from "../../api/kinds.ts";
import { TEMPLATE_HASH_VERSION } from "../../api/template-hash.ts";
import { wantedSlots, type NewAgent, type PoolAction } from "../../fleet/pool/decide.ts";
import type { PoolAgent } from "../../fleet/pool/snapshot.ts";
import { rfc3339Seconds } from "../../kube/conditions.ts";
import { ensureFinalizer, releaseFinalizer, type FinalizerTarget } from "../../kube/finalizers.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import type { ObservedPool } from "./observe.ts";
import type { PoolPorts } from "./ports.ts";
import { nextPoolStatus, POOL_FIELD_MANAGER, writePoolStatus } from "./publish.ts";
import { agentTemplateOf } from "./template.ts";

export interface PoolOutcome {
  /** The pool as last written in this pass; its status is what publish starts from. */
  readonly pool: CloudSyncAgentPool;
  readonly next: "again" | "backOff" | "rest" | "gone";
}

export async function actOnPool(
  action: PoolAction,
  observed: ObservedPool,
  ports: PoolPorts,
  signal: AbortSignal,
): Promise<PoolOutcome> {
  const { pool, nowMs } = observed.snapshot;
  const { status } = pool;
  const store = async (changed: CloudSyncAgentPoolStatus): Promise<PoolOutcome> => {
    const written = await writePoolStatus(pool, nextPoolStatus(observed, action, changed), ports, signal);
    return written.kind === "ok" ? { pool: written.object, next: "again" } : { pool, next: "backOff" };
  };
  switch (action.kind) {
    case "rest":
    case "hold":
      return { pool, next: "rest" };
    case "addFinalizer": {
      const { kind } = await ensureFinalizer(heldPool(pool, ports), signal);
      return { pool, next: kind === "present" || kind === "added" ? "again" : "backOff" };
    }
    case "removeFinalizer": {
      const { kind } = await releaseFinalizer(heldPool(pool, ports), signal);
      return { pool, next: kind === "ok" ? "gone" : "backOff" };
    }
    case "createAgents":
      return createAgents(action, observed, ports, signal);
    case "dropSlot":
      return store({ ...status, slots: (status.slots ?? []).filter(({ slot }) => slot !== action.slot) });
    case "takeDisruption":
      return store({
        ...status,
        disruption: {
          agentUID: action.agent.uid,
          agentName: action.agent.name,
          kind: action.disruption,
          since: rfc3339Seconds(nowMs),
        },
      });
    case "freeDisruption": {
      const { disruption: _freed, ...rest } = status;
      return store(rest);
    }
    case "recordReleased":
      return store({
        ...status,
        released: [...(status.released ?? []), releasedEntry(action, nowMs)].slice(-RELEASED_MAX),
      });
    case "retire":
      return retire(action, observed, ports, signal);
    default:
      return unreachable(action);
  }
}

/** status.released holds at most this many (src/api); the oldest make room. */
const RELEASED_MAX = 50;

function releasedEntry({ agent, instanceID, reason }: Extract<PoolAction, { kind: "recordReleased" }>, nowMs: number) {
  return {
    instanceID,
    agentName: agent.name,
    agentUID: agent.uid,
    availabilityZone: agent.place.availabilityZone,
    ...(agent.computerName === undefined ? {} : { computerName: agent.computerName }),
    reason,
    releasedAt: rfc3339Seconds(nowMs),
  };
}

/** The raised numbers are stored with all that this pass found out; a crash after it leaves numbers that the next pass uses (S1). */
async function createAgents(
  action: Extract<PoolAction, { kind: "createAgents" }>,
  observed: ObservedPool,
  ports: PoolPorts,
  signal: AbortSignal,
): Promise<PoolOutcome> {
  const { snapshot } = observed;
  const { pool } = snapshot;
  const raised = new Map(action.agents.map(({ slot, incarnation }) => [slot, incarnation]));
  const slots = wantedSlots(snapshot).map(({ slot, incarnation }) => ({
    slot,
    incarnation: raised.get(slot) ?? incarnation,
  }));
  const intended = nextPoolStatus(observed, action, { ...pool.status, slots });
  const written = await writePoolStatus(pool, intended, ports, signal);
  if (written.kind !== "ok") return { pool, next: "backOff" };
  announceGrants(observed, ports);
  const words: string[] = [];
  let isThere = true;
  for (const agent of action.agents) {
    const manifest = agentManifest(agent, observed);
    const { kind } = await ports.kube.create<CloudSyncAgent>(CLOUD_SYNC_AGENT, manifest, signal);
    if (kind === "ok") words.push(createdWords(manifest.metadata.name, agent));
    // There already: the cache shows it soon if it is ours; if it is somebody else's, asking again at once would go on for ever.
    isThere &&= kind === "ok";
  }
  const message = words.join(" ");
  if (message !== "")
    ports.events.emit(pool, { type: "Normal", reason: "AgentCreated", action: "CreateAgent", message });
  return { pool: written.object, next: isThere ? "again" : "backOff" };
}

/** Before the host that will do it is there. */
function announceGrants({ snapshot: { pool, preflight } }: ObservedPool, { events }: PoolPorts): void {
  if (preflight.kind !== "passed" || preflight.notice === undefined) return;
  const { notice: message } = preflight;
  events.emit(pool, { type: "Warning", reason: "DirectoryWritesAnnounced", action: "CreateAgent", message });
}

function createdWords(name: string, { place, reason }: NewAgent): string {
  return `Created agent ${name} in ${place.availabilityZone} ${reason === "Fill" ? "to fill its slot" : "to replace its predecessor"}.`;
}

function agentManifest({ slot, incarnation, place }: NewAgent, { snapshot, references }: ObservedPool) {
  const { pool, preflight } = snapshot;
  if (references === undefined || preflight.kind !== "passed")
    throw new Error("an agent was to be created before preflight passed");
  return {
    apiVersion: API_GROUP_VERSION,
    kind: CLOUD_SYNC_AGENT.kind,
    metadata: {
      name: agentName(pool.metadata.name, slot, incarnation),
      namespace: pool.metadata.namespace,
      labels: { [LABELS.pool]: pool.metadata.name, [LABELS.poolUID]: pool.metadata.uid, [LABELS.slot]: String(slot) },
      // Already there at creation: no host ever exists without it.
      finalizers: [FINALIZERS.agent],
      ownerReferences: [
        {
          apiVersion: pool.apiVersion,
          kind: pool.kind,
          name: pool.metadata.name,
          uid: pool.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      poolRef: { name: pool.metadata.name },
      slot,
      incarnation,
      templateHash: preflight.templateHash,
      hashVersion: TEMPLATE_HASH_VERSION,
      template: agentTemplateOf(pool, references, preflight.imageID, place),
    },
  };
}

/** The permission first, then the deletion: an agent that is deleted without permission only waits. */
async function retire(
  { agents, reason, successorUID }: Extract<PoolAction, { kind: "retire" }>,
  observed: ObservedPool,
  ports: PoolPorts,
  signal: AbortSignal,
): Promise<PoolOutcome> {
  const { pool } = observed.snapshot;
  for (const agent of agents) {
    const isDone = await retireOne(agent, reason, successorUID, observed, ports, signal);
    if (!isDone) return { pool, next: "backOff" };
  }
  return { pool, next: "again" };
}

async function retireOne(
  { uid, name, retirementReason, isDeleting }: PoolAgent,
  reason: string,
  successorUID: string | undefined,
  { agentObjects, snapshot }: ObservedPool,
  { kube, events }: PoolPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const cached = agentObjects.find(({ metadata }) => metadata.uid === uid);
  if (cached === undefined) return false;
  let current = cached;
  if (retirementReason !== reason) {
    const retirement = {
      permittedAt: rfc3339Seconds(snapshot.nowMs),
      reason,
      ...(successorUID === undefined ? {} : { successorUID }),
    };
    const options = { fieldManager: POOL_FIELD_MANAGER, resourceVersion: current.metadata.resourceVersion };
    const permitted = await kube.applyStatus(CLOUD_SYNC_AGENT, current, { retirement }, options, signal);
    if (permitted.kind === "notFound") return true;
    if (permitted.kind !== "ok") return false;
    current = permitted.object;
    events.emit(snapshot.pool, {
      type: "Normal",
      reason: "RetirementPermitted",
      action: "RetireAgent",
      message: `Agent ${name} may go: ${reason}.`,
    });
  }
  if (isDeleting) return true;
  const deleted = await kube.delete(CLOUD_SYNC_AGENT, current, "Background", signal);
  return deleted.kind === "ok" || deleted.kind === "notFound";
}

function heldPool(object: CloudSyncAgentPool, { kube }: PoolPorts): FinalizerTarget<CloudSyncAgentPool> {
  return { port: kube, kind: CLOUD_SYNC_AGENT_POOL, object, finalizer: FINALIZERS.pool };
}
