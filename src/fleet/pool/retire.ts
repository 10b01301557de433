/**
 * Decides which agent may be taken away next.
 * Guarantees (S3): a live host goes only when it has a Ready successor or its slot was dropped by a scale; Ready agents never go below the
 * floor by it, an explicit scale apart; one disruption at a time. What EC2 reports gone disrupts nobody and goes at once.
 */
import type { PoolAction } from "./decide.ts";
import { stayingAgent } from "./decide.ts";
import { effectiveMinHealthy, isStaying, type PoolAgent, type PoolSnapshot } from "./snapshot.ts";

export function decideRetire(snapshot: PoolSnapshot): PoolAction | undefined {
  return retireHarmless(snapshot) ?? finishDisruption(snapshot) ?? retireLive(snapshot) ?? scaleDown(snapshot);
}

/** No host, a host that is gone already, or one that a person called compromised: no floor to keep. A gone one goes after its successor exists, so that its slot's number rises. */
function retireHarmless({ agents, pool }: PoolSnapshot): PoolAction | undefined {
  const slots = new Set((pool.status.slots ?? []).map(({ slot }) => slot));
  const isOpen = (agent: PoolAgent): boolean => agent.retirementReason === undefined || !agent.isDeleting;
  const hasSuccessor = (agent: PoolAgent): boolean =>
    !slots.has(agent.slot) ||
    agents.some((other) => other.slot === agent.slot && other.incarnation > agent.incarnation);
  const compromised = agents.find((agent) => agent.isTerminateNow && isOpen(agent));
  if (compromised !== undefined) return { kind: "retire", agents: [compromised], reason: "TerminateNow" };
  const gone = agents.find((agent) => agent.host === "gone" && isOpen(agent) && hasSuccessor(agent));
  if (gone !== undefined) return { kind: "retire", agents: [gone], reason: "InstanceTerminated" };
  const deletedUnlaunched = agents.find(
    (agent) => agent.host === "unlaunched" && agent.isDeleting && agent.retirementReason === undefined,
  );
  if (deletedUnlaunched !== undefined) return { kind: "retire", agents: [deletedUnlaunched], reason: "NeverLaunched" };
  // A template that EC2 refused is frozen in the agent: when the pool's has changed, the agent that never launched starts over.
  const outdated = agents.find(
    (agent) => agent.host === "unlaunched" && agent.isStalled && !agent.isCurrent && isOpen(agent),
  );
  return outdated === undefined ? undefined : { kind: "retire", agents: [outdated], reason: "TemplateChanged" };
}

/** The slot of disruption is held until its agent's record is gone. */
function finishDisruption({ pool, agents }: PoolSnapshot): PoolAction | undefined {
  const { disruption } = pool.status;
  if (disruption === undefined) return undefined;
  const agent = agents.find(({ uid }) => uid === disruption.agentUID);
  if (agent === undefined) return { kind: "freeDisruption" };
  if (agent.retirementReason !== undefined && agent.isDeleting) return undefined;
  const successorUID = stayingAgent(agents, agent.slot)?.uid;
  const reason =
    disruption.kind === "ScaleDown" ? "ScaledDown" : agent.host === "stopped" ? "InstanceStopped" : "Replaced";
  return { kind: "retire", agents: [agent], reason, ...(successorUID === undefined ? {} : { successorUID }) };
}

/** Deleted by a person, or stopped under us: goes when a successor is Ready and the floor holds. */
function retireLive(snapshot: PoolSnapshot): PoolAction | undefined {
  const { agents, pool } = snapshot;
  if (pool.status.disruption !== undefined) return undefined;
  const slots = new Set((pool.status.slots ?? []).map(({ slot }) => slot));
  const readyCount = agents.filter((agent) => agent.isReady && isStaying(agent)).length;
  const candidate = agents
    .filter((agent) => agent.host !== "gone" && agent.host !== "unlaunched" && agent.retirementReason === undefined)
    .filter((agent) => agent.isDeleting || agent.host === "stopped")
    .sort(bySlotThenIncarnation)
    .find((agent) => {
      if (!slots.has(agent.slot)) return true; // its slot was dropped by a scale: nothing takes its place
      const successor = stayingAgent(agents, agent.slot);
      return successor?.isReady === true && readyCount >= effectiveMinHealthy(pool.spec);
    });
  return candidate === undefined
    ? undefined
    : { kind: "takeDisruption", agent: candidate, disruption: slots.has(candidate.slot) ? "Replace" : "ScaleDown" };
}

/** An explicit scale: not Ready first, then the most crowded zone, then the highest slot; the agents of a dropped slot go one by one. */
function scaleDown(snapshot: PoolSnapshot): PoolAction | undefined {
  const { pool, agents } = snapshot;
  const slots = pool.status.slots ?? [];
  const inSlots = (agent: PoolAgent): boolean => slots.some(({ slot }) => slot === agent.slot);
  if (pool.status.disruption !== undefined) return undefined;
  const dropped = agents.filter((agent) => !inSlots(agent) && isStaying(agent)).sort(bySlotThenIncarnation)[0];
  if (dropped !== undefined) {
    return dropped.host === "unlaunched"
      ? { kind: "retire", agents: [dropped], reason: "ScaledDown" }
      : { kind: "takeDisruption", agent: dropped, disruption: "ScaleDown" };
  }
  if (slots.length <= pool.spec.replicas) return undefined;
  return {
    kind: "dropSlot",
    slot: chooseVictimSlot(
      snapshot,
      slots.map(({ slot }) => slot),
    ),
    reason: "ScaledDown",
  };
}

function chooseVictimSlot({ agents }: PoolSnapshot, slots: readonly number[]): number {
  const crowd = (slot: number): number => {
    const zone = stayingAgent(agents, slot)?.place.availabilityZone;
    return agents.filter((agent) => isStaying(agent) && agent.place.availabilityZone === zone).length;
  };
  const isReady = (slot: number): number => (stayingAgent(agents, slot)?.isReady === true ? 1 : 0);
  return [...slots].sort((a, b) => isReady(a) - isReady(b) || crowd(b) - crowd(a) || b - a)[0] ?? 0;
}

function bySlotThenIncarnation(a: PoolAgent, b: PoolAgent): number {
  return a.slot - b.slot || a.incarnation - b.incarnation;
}
