/**
 * Decides what a pool does next with its agents.
 * Guarantees: at most one action a pass; surge, prove, retire: a live host goes only when its successor is Ready and the floor holds (S3);
 * one disruption at a time, its slot taken before the permission is given; launches only into proven room (live instances <= replicas + maxSurge).
 * Never: terminates anything itself; acts on what was not read (S5).
 */
import { denial } from "../denial.ts";
import { ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import { agentName } from "../naming.ts";
import { chooseSubnet, type PlacementSubnet } from "../placement.ts";
import { decideRetire } from "./retire.ts";
import { isStaying, type PoolAgent, type PoolSnapshot } from "./snapshot.ts";

export interface SlotRecord {
  readonly slot: number;
  readonly incarnation: number;
}

export interface NewAgent {
  readonly slot: number;
  readonly incarnation: number;
  readonly place: PlacementSubnet;
  readonly reason: "Fill" | "Replace";
}

export type DisruptionKind = "Replace" | "ScaleDown";

export type PoolAction =
  | { readonly kind: "rest" }
  | { readonly kind: "hold"; readonly reason: string; readonly message: string }
  | { readonly kind: "addFinalizer" }
  | { readonly kind: "removeFinalizer" }
  /** Raises the slots' incarnations in status first, then creates the agents. */
  | { readonly kind: "createAgents"; readonly agents: readonly NewAgent[] }
  /** Drops the slot from status; the agent of it is retired by the passes that follow. */
  | { readonly kind: "dropSlot"; readonly slot: number; readonly reason: string }
  | { readonly kind: "takeDisruption"; readonly agent: PoolAgent; readonly disruption: DisruptionKind }
  | { readonly kind: "freeDisruption" }
  /** Records what is let go, before the agent's record may vanish. */
  | { readonly kind: "recordReleased"; readonly agent: PoolAgent; readonly instanceID: string; readonly reason: string }
  /** Writes the permission into each agent's status, and deletes those that nobody deleted yet. */
  | {
      readonly kind: "retire";
      readonly agents: readonly PoolAgent[];
      readonly reason: string;
      readonly successorUID?: string;
    };

export function decidePool(snapshot: PoolSnapshot): PoolAction {
  const { pool, mode, preflight, instances } = snapshot;
  if (pool.metadata.deletionTimestamp !== undefined) return decideDeletion(snapshot);
  if (!(pool.metadata.finalizers ?? []).includes(FINALIZERS.pool)) return { kind: "addFinalizer" };
  const released = recordRelease(snapshot);
  if (released !== undefined) return released;
  if (mode.kind !== "enforce") return { kind: "hold", reason: mode.reason, message: mode.message };
  const retire = decideRetire(snapshot);
  if (retire !== undefined) return retire;
  if (preflight.kind !== "passed") return { kind: "hold", reason: preflight.reason, message: preflight.message };
  if (instances.kind === "unread")
    return {
      kind: "hold",
      reason: "InventoryUnread",
      message: denial(instances.failure) ?? "EC2 has not been listed yet.",
    };
  return decideFill(snapshot, preflight.subnets, instances) ?? { kind: "rest" };
}

/** The slots in force: those stored, without those above replicas, filled up with the lowest free numbers. */
export function wantedSlots({ pool, agents }: PoolSnapshot): readonly SlotRecord[] {
  const stored = [...(pool.status.slots ?? [])];
  for (let slot = 0; stored.length < pool.spec.replicas; slot += 1) {
    if (stored.some((record) => record.slot === slot)) continue;
    const newest = Math.max(0, ...agents.filter((agent) => agent.slot === slot).map(({ incarnation }) => incarnation));
    stored.push({ slot, incarnation: newest });
  }
  return stored.sort((a, b) => a.slot - b.slot);
}

/** The agent of a slot that stays, if there is one. */
export function stayingAgent(agents: readonly PoolAgent[], slot: number): PoolAgent | undefined {
  return agents
    .filter((agent) => agent.slot === slot && isStaying(agent))
    .sort((a, b) => b.incarnation - a.incarnation)[0];
}

function decideFill(
  snapshot: PoolSnapshot,
  subnets: readonly PlacementSubnet[],
  instances: { readonly unclaimed: readonly string[]; readonly orphans: readonly string[] },
): PoolAction | undefined {
  const { agents } = snapshot;
  const empty = wantedSlots(snapshot).filter(({ slot }) => stayingAgent(agents, slot) === undefined);
  if (empty.length === 0) return undefined;
  if (instances.unclaimed.length > 0) {
    const message = `${instances.unclaimed.slice(0, 3).join(", ")} run under this pool's name for another pool UID: terminate or release them, then launches go on.`;
    return { kind: "hold", reason: "UnclaimedInstances", message };
  }
  const room = roomToLaunch(snapshot);
  if (room <= 0) {
    const because = instances.orphans.length > 0 ? `; ${instances.orphans.slice(0, 3).join(", ")} have no record` : "";
    return {
      kind: "hold",
      reason: "NoRoomToLaunch",
      message: `Live instances have reached replicas + maxSurge${because}: one has to go first.`,
    };
  }
  const occupied = agents.filter(isStaying).map((agent) => agent.place);
  const created: NewAgent[] = [];
  for (const record of empty.slice(0, room)) {
    const place = chooseSubnet(subnets, [...occupied, ...created.map((agent) => agent.place)]);
    if (place === undefined) return { kind: "hold", reason: "NoSubnet", message: "No subnet is left to launch in." };
    created.push(newAgent(agents, record, place));
  }
  const taken = created.map(({ slot, incarnation }) => agentName(snapshot.pool.metadata.name, slot, incarnation));
  const stranger = taken.find((name) => snapshot.strangers.includes(name));
  if (stranger !== undefined) {
    const message = `${stranger} exists and belongs to another UID of this pool, as after a restore from a backup: delete it, annotated with ${ANNOTATIONS.release}=true if its host is to stay; then its slot is filled.`;
    return { kind: "hold", reason: "AgentNameTaken", message };
  }
  return { kind: "createAgents", agents: created };
}

function newAgent(agents: readonly PoolAgent[], record: SlotRecord, place: PlacementSubnet): NewAgent {
  const { slot } = record;
  const newest = Math.max(0, ...agents.filter((agent) => agent.slot === slot).map(({ incarnation }) => incarnation));
  // A raised number without an agent is an intent that a crash interrupted: it is used, not raised again.
  const incarnation = record.incarnation > newest ? record.incarnation : newest + 1;
  return { slot, incarnation, place, reason: incarnation === 1 ? "Fill" : "Replace" };
}

/** How many instances may still be launched: live ones never exceed replicas + maxSurge. */
export function roomToLaunch({ pool, agents, instances }: PoolSnapshot): number {
  const liveCount = instances.kind === "read" ? instances.liveCount : Number.POSITIVE_INFINITY;
  // An agent whose instance is not listed (yet) takes the room that its instance may already use.
  const unlisted = agents.filter(
    ({ host, isDeleting }) => host === "unknown" || (host === "unlaunched" && !isDeleting),
  );
  return pool.spec.replicas + pool.spec.rollout.maxSurge - liveCount - unlisted.length;
}

/** Pool going: every agent is permitted at once and deleted; what is retained or released is recorded first (S10). */
function decideDeletion(snapshot: PoolSnapshot): PoolAction {
  const { pool, agents, mode } = snapshot;
  const finalizers = pool.metadata.finalizers ?? [];
  if (!finalizers.includes(FINALIZERS.pool)) return { kind: "rest" };
  if (finalizers.includes("orphan")) {
    return {
      kind: "hold",
      reason: "Orphaning",
      message: "Deletion was asked for in orphan mode: agents are detached first and stay.",
    };
  }
  if (agents.length === 0) return { kind: "removeFinalizer" };
  const isReleased = pool.metadata.annotations?.[ANNOTATIONS.release] === "true";
  if (isReleased || pool.spec.deletionPolicy === "Retain")
    return letAllGo(snapshot, isReleased ? "Released" : "Retained");
  if (mode.kind !== "enforce") {
    const message = `${mode.message} Until then deletion waits; annotate the pool with ${ANNOTATIONS.release}=true to let its hosts go untouched.`;
    return { kind: "hold", reason: mode.reason, message };
  }
  const open = agents.filter((agent) => agent.retirementReason === undefined || !agent.isDeleting);
  if (open.length > 0) return { kind: "retire", agents: open, reason: "PoolDeleted" };
  return {
    kind: "hold",
    reason: "AgentsLeaving",
    message: `${agents.map(({ name }) => name).join(", ")} are on their way out.`,
  };
}

function letAllGo(snapshot: PoolSnapshot, reason: "Released" | "Retained"): PoolAction {
  const { agents, pool } = snapshot;
  const unrecorded = agents.find(({ instanceID }) => instanceID !== undefined && !hasReleased(pool, instanceID));
  if (unrecorded?.instanceID !== undefined)
    return { kind: "recordReleased", agent: unrecorded, instanceID: unrecorded.instanceID, reason };
  const open = agents.filter((agent) => agent.retirementReason !== reason || !agent.isDeleting);
  if (open.length > 0) return { kind: "retire", agents: open, reason };
  return { kind: "hold", reason: "AgentsLeaving", message: "The agents' records are going; their hosts stay." };
}

/** A deleted agent with the release annotation is listed before its record may vanish (S2). */
function recordRelease({ pool, agents }: PoolSnapshot): PoolAction | undefined {
  const agent = agents.find(
    ({ isDeleting, isReleaseRequested, instanceID }) =>
      isDeleting && isReleaseRequested && instanceID !== undefined && !hasReleased(pool, instanceID),
  );
  if (agent?.instanceID === undefined) return undefined;
  return { kind: "recordReleased", agent, instanceID: agent.instanceID, reason: "Released" };
}

export function hasReleased(pool: PoolSnapshot["pool"], instanceID: string): boolean {
  return (pool.status.released ?? []).some((record) => record.instanceID === instanceID);
}
