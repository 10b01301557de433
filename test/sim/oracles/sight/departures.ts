/**
 * Which hosts the operator takes away, and what was known when it was decided: a drain that was sent, or an end.
 * Guarantees: a host departs once; a permission is judged by the spec and the truth of the moment at which it was given; a person's scale
 * excuses hosts that were there then, and only down to the replicas that are wanted.
 */
import type { CloudWrite } from "./cloud-writes.ts";
import type { AgentSeen, Cluster } from "./cluster.ts";
import { isServing, type Hosts, type HostSeen } from "./hosts.ts";
import type { ClusterObject } from "../../run/person.ts";
import { isReady } from "../../run/rest.ts";
import { agentStatus, floorOf, isDeleting, isEndAskedOf, isLive, POOL_UID_TAG, poolSpec } from "./reading.ts";

/** The pool's word in status.retirement, as the world was then. */
export interface Permission {
  readonly floor: number | undefined;
  readonly isScale: boolean;
  /** How long the host had served; 0 when it did not. */
  readonly servedForMs: number;
  /** A Ready successor stood in its slot; or none did, and live hosts had reached replicas + maxSurge, so that none could be made (S3). */
  readonly isSucceeded: boolean;
}

export interface Departure {
  readonly host: HostSeen;
  readonly agent: AgentSeen;
  readonly how: "drained" | "terminated";
  readonly permission: Permission | undefined;
}

export class Departures {
  /** Instance ids. */
  readonly all = new Set<string>();
  /** By this happening. */
  now: Departure[] = [];
  readonly #permissions = new Map<string, Permission>();
  /** UIDs of agents that were there when a person lowered their pool's replicas. */
  readonly #scaledOver = new Set<string>();

  look(writes: readonly CloudWrite[], cluster: Cluster, hosts: Hosts, nowMs: number): void {
    if (this.now.length > 0) this.now = [];
    for (const { seen, before } of cluster.changedPools) {
      if (before === undefined || !seen.isThere) continue;
      if (poolSpec(seen.object).replicas >= poolSpec(before).replicas) continue;
      for (const agent of agentsOf(seen.uid, cluster)) this.#scaledOver.add(agent.uid);
    }
    for (const { seen } of cluster.changedAgents) this.#notePermission(seen, cluster, hosts, nowMs);
    for (const write of writes) {
      if (write.kind === "terminate" || (write.kind === "command" && write.step === "Drain"))
        this.#depart(write, cluster, hosts);
    }
  }

  #notePermission(agent: AgentSeen, cluster: Cluster, hosts: Hosts, nowMs: number): void {
    const { retirement, instanceID } = agentStatus(agent.object);
    if (retirement === undefined || this.#permissions.has(agent.uid)) return;
    const pool = cluster.poolOf(agent);
    const host = hosts.hostOf(agent.uid, instanceID);
    this.#permissions.set(agent.uid, {
      floor: pool === undefined ? undefined : floorOf(pool),
      isScale: retirement.reason === "ScaledDown" && this.#isSurplus(agent, pool, cluster),
      servedForMs: host?.servingSinceMs === undefined ? 0 : nowMs - host.servingSinceMs,
      isSucceeded: pool === undefined || isSucceeded(agent, pool, cluster, hosts),
    });
  }

  /** Without it there are still as many agents that nobody has let go as the pool wants. */
  #isSurplus({ uid, facts }: AgentSeen, pool: ClusterObject | undefined, cluster: Cluster): boolean {
    if (pool === undefined || !this.#scaledOver.has(uid)) return false;
    const kept = agentsOf(facts.poolUID, cluster).filter(
      (other) => other.uid !== uid && agentStatus(other.object).retirement === undefined,
    );
    return kept.length >= poolSpec(pool).replicas;
  }

  #depart(write: Extract<CloudWrite, { instanceIDs: readonly string[] }>, cluster: Cluster, hosts: Hosts): void {
    for (const instanceID of write.instanceIDs) {
      const host = hosts.all.get(instanceID);
      const agent = host?.agentUID === undefined ? undefined : cluster.agents.get(host.agentUID);
      if (host === undefined || agent === undefined || this.all.has(instanceID)) continue;
      this.all.add(instanceID);
      const how = write.kind === "terminate" ? "terminated" : "drained";
      this.now.push({ host, agent, how, permission: this.#permissions.get(agent.uid) });
    }
  }
}

function agentsOf(poolUID: string, cluster: Cluster): readonly AgentSeen[] {
  return [...cluster.agents.values()].filter(({ isThere, facts }) => isThere && facts.poolUID === poolUID);
}

function isSucceeded({ uid, facts }: AgentSeen, pool: ClusterObject, cluster: Cluster, hosts: Hosts): boolean {
  const successors = [...cluster.agents.values()].filter(
    (other) =>
      other.isThere &&
      other.uid !== uid &&
      other.facts.poolUID === facts.poolUID &&
      other.facts.slot === facts.slot &&
      !isDeleting(other.object),
  );
  if (successors.some(({ object }) => isReady(object))) return true;
  const isNoneOnItsWay = successors.every((other) => {
    const { instanceID } = agentStatus(other.object);
    const state = hosts.hostOf(other.uid, instanceID)?.instance.state;
    return state !== undefined && state !== "pending" && state !== "running";
  });
  return isNoneOnItsWay && isFull(pool, cluster, hosts);
}

/** Live hosts of the pool, and agents that may have one that is not seen yet. */
function isFull(pool: ClusterObject, cluster: Cluster, hosts: Hosts): boolean {
  const { replicas, rollout } = poolSpec(pool);
  const live = [...hosts.all.values()].filter(
    ({ instance, tags }) => isLive(instance) && tags[POOL_UID_TAG] === pool.metadata.uid,
  );
  const hostless = [...cluster.agents.values()].filter(
    ({ uid, facts, isThere }) => isThere && facts.poolUID === pool.metadata.uid && hosts.liveOf(uid).length === 0,
  );
  return live.length + hostless.length >= replicas + rollout.maxSurge;
}

/** The spec or a person said that the host goes whatever the floor: its pool goes or is gone, a scale, or terminate-now (S3). */
export function isOrdered({ agent, host, permission }: Departure, cluster: Cluster): boolean {
  const pool = cluster.poolOf(agent);
  return (
    pool === undefined ||
    isDeleting(pool) ||
    permission?.isScale === true ||
    isEndAskedOf(agent.object, host.instanceID)
  );
}

/** Served when the operator took it. */
export function tookServing({ host, how }: Departure): boolean {
  return how === "terminated" ? host.wasServing : isServing(host);
}
