/**
 * Decides which agent may be taken away next.
 * Guarantees (S3): a live host goes only when it has a Ready successor or its slot was dropped by a scale; Ready agents never go below the
 * floor by it, an explicit scale apart; one disruption at a time. What EC2 reports gone disrupts nobody and goes at once.
 */
import type { PoolAction } from "./decide.ts";
import { roomToLaunch, stayingAgent } from "./decide.ts";
import { chooseSubnet, countBy } from "../placement.ts";
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
  // What EC2 refused is frozen in the agent, a lack of capacity too: when the pool asks for something else, the agent that never launched starts over.
  const outdated = agents.find(
    (agent) => agent.host === "unlaunched" && agent.isLaunchRefused && !agent.isCurrent && isOpen(agent),
  );
  return outdated === undefined ? undefined : { kind: "retire", agents: [outdated], reason: "TemplateChanged" };
}

/** The slot of disruption is held until its agent's record is gone; what has changed since it was taken is judged again before the permission. */
function finishDisruption(snapshot: PoolSnapshot): PoolAction | undefined {
  const { pool, agents } = snapshot;
  const { disruption } = pool.status;
  if (disruption === undefined) return undefined;
  const agent = agents.find(({ uid }) => uid === disruption.agentUID);
  if (agent === undefined) return { kind: "freeDisruption" };
  if (agent.retirementReason !== undefined && agent.isDeleting) return undefined;
  if (agent.retirementReason === undefined && !mayGo(snapshot, agent)) return { kind: "freeDisruption" };
  const successorUID = stayingAgent(agents, agent.slot)?.uid;
  const reason =
    disruption.kind === "ScaleDown" ? "ScaledDown" : agent.host === "stopped" ? "InstanceStopped" : "Replaced";
  return { kind: "retire", agents: [agent], reason, ...(successorUID === undefined ? {} : { successorUID }) };
}

/** Deleted by a person, stopped under us, or back beside the successor that it got meanwhile; what cannot serve yet before what may serve unheard (S5). */
function retireLive(snapshot: PoolSnapshot): PoolAction | undefined {
  const { agents, pool } = snapshot;
  if (pool.status.disruption !== undefined) return undefined;
  const candidate = agents
    .filter((agent) => agent.host !== "gone" && agent.host !== "unlaunched" && agent.retirementReason === undefined)
    .filter((agent) => agent.isDeleting || agent.host === "stopped" || isSucceeded(agents, agent))
    .sort((a, b) => Number(a.isConfigured) - Number(b.isConfigured) || bySlotThenIncarnation(a, b))
    .find((agent) => mayGo(snapshot, agent));
  if (candidate === undefined) return undefined;
  return {
    kind: "takeDisruption",
    agent: candidate,
    disruption: isInSlots(snapshot, candidate) ? "Replace" : "ScaleDown",
  };
}

/** A slot keeps its newest agent: a stopped host that a person started again after its successor was made is one too many. */
function isSucceeded(agents: readonly PoolAgent[], agent: PoolAgent): boolean {
  return agents.some((other) => other.slot === agent.slot && other.incarnation > agent.incarnation && isStaying(other));
}

function isInSlots({ pool }: PoolSnapshot, agent: PoolAgent): boolean {
  return (pool.status.slots ?? []).some(({ slot }) => slot === agent.slot);
}

/** A slot that was dropped by a scale: nothing takes its agent's place, and the floor is the person's own choice. */
function mayGo(snapshot: PoolSnapshot, agent: PoolAgent): boolean {
  if (!isInSlots(snapshot, agent)) return true;
  return keepsFloor(snapshot, agent) && isReplaceable(snapshot, agent);
}

function keepsFloor({ agents, pool }: PoolSnapshot, leaving: PoolAgent): boolean {
  const readyOthers = agents.filter(
    (agent) => agent !== leaving && agent.isReady && agent.retirementReason === undefined,
  );
  return !leaving.isReady || readyOthers.length >= effectiveMinHealthy(pool.spec);
}

/** Surge, prove, retire; only where the room for a surge is used up may a host go before its successor is Ready (S3). */
function isReplaceable(snapshot: PoolSnapshot, leaving: PoolAgent): boolean {
  const successor = stayingAgent(snapshot.agents, leaving.slot);
  if (successor !== undefined) return successor.isReady;
  // What was not listed is no proof that the room is used up (S5).
  return snapshot.instances.kind === "read" && roomToLaunch(snapshot) <= 0;
}

/** An explicit scale drops slots one by one; the agent of a dropped slot goes under the disruption slot. */
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

/** The slot whose loss leaves the zones most even once empty slots are filled again; then one that is not Ready; then the highest. */
function chooseVictimSlot(snapshot: PoolSnapshot, slots: readonly number[]): number {
  const { agents } = snapshot;
  const isReady = (slot: number): number => (stayingAgent(agents, slot)?.isReady === true ? 1 : 0);
  const unevenness = new Map(slots.map((slot) => [slot, unevennessWithout(snapshot, slots, slot)]));
  const order = (a: number, b: number): number =>
    (unevenness.get(a) ?? 0) - (unevenness.get(b) ?? 0) || isReady(a) - isReady(b) || b - a;
  return [...slots].sort(order)[0] ?? 0;
}

function unevennessWithout({ agents, preflight }: PoolSnapshot, slots: readonly number[], dropped: number): number {
  const subnets = preflight.kind === "passed" ? preflight.subnets : agents.map(({ place }) => place);
  const kept = slots.filter((slot) => slot !== dropped);
  const places = kept.flatMap((slot) => stayingAgent(agents, slot)?.place ?? []);
  while (places.length < kept.length) {
    const place = chooseSubnet(subnets, places);
    if (place === undefined) break;
    places.push(place);
  }
  const counts = countBy(places.map(({ availabilityZone }) => availabilityZone));
  const byZone = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].map(
    (zone) => counts.get(zone) ?? 0,
  );
  return Math.max(0, ...byZone) - Math.min(...byZone, Number.MAX_SAFE_INTEGER);
}

function bySlotThenIncarnation(a: PoolAgent, b: PoolAgent): number {
  return a.slot - b.slot || a.incarnation - b.incarnation;
}
