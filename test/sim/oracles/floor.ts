/**
 * S3: no action of the operator takes Ready agents below the floor, a successor comes first, and no launch goes above replicas + maxSurge.
 * Guarantees: a host is judged when the operator takes it (its drain was sent, or it was ended) and truly serves; the others count when they truly
 * serve, or when the operator could not know yet that they do not. The floor is the lower one of now and of the moment of the pool's permission.
 * A launch is judged by replicas + maxSurge of now, of a moment ago, or of when its intent was stored: an intent of unknown outcome has to be repeated (S1).
 * Never: judges the deletion of a pool, a person's scale, terminate-now, or an agent that was never Ready.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { isReady } from "../run/rest.ts";
import { OWNER_ID } from "../run/installation.ts";
import { isOrdered, tookServing, type Departure } from "./sight/departures.ts";
import { isServing, type HostSeen } from "./sight/hosts.ts";
import { DETECTION_MS } from "./sight/patience.ts";
import {
  agentStatus,
  floorOf,
  isLive,
  minutes,
  OWNER_TAG,
  POOL_UID_TAG,
  poolSpec,
  releasedInstances,
} from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

/** A limit that held until then; the last one holds still. */
interface Limit {
  readonly hosts: number;
  untilMs: number;
}

export function floor(sight: Sight): Oracle {
  const { cluster, hosts, departures } = sight;
  const wereReady = new Set<string>();
  const limits = new Map<string, Limit[]>();
  /** By agent UID: the limit under which its launch was first stored. */
  const intended = new Map<string, number>();

  function remember(nowMs: number): void {
    for (const { seen } of cluster.changedAgents) if (isReady(seen.object)) wereReady.add(seen.uid);
    for (const { seen } of cluster.changedPools) {
      const { replicas, rollout } = poolSpec(seen.object);
      const past = limits.get(seen.uid) ?? [];
      const last = past.at(-1);
      const isSame = last?.hosts === replicas + rollout.maxSurge;
      if (last !== undefined) last.untilMs = isSame ? Number.POSITIVE_INFINITY : nowMs;
      if (!isSame) past.push({ hosts: replicas + rollout.maxSurge, untilMs: Number.POSITIVE_INFINITY });
      limits.set(seen.uid, past);
    }
    for (const { seen } of cluster.changedAgents) {
      const limit = limits.get(seen.facts.poolUID)?.at(-1)?.hosts;
      if (limit === undefined || agentStatus(seen.object).launch === undefined || intended.has(seen.uid)) continue;
      intended.set(seen.uid, limit);
    }
  }

  function countsAsReady({ fault, agentUID, lastServedMs }: HostSeen, nowMs: number): boolean {
    if (fault === undefined) return true;
    const agent = agentUID === undefined ? undefined : cluster.agents.get(agentUID);
    if (agent === undefined || lastServedMs === undefined || !isReady(agent.object)) return false;
    return nowMs - lastServedMs <= agent.facts.evidenceMaxAgeMs + DETECTION_MS;
  }

  function belowFloor(departure: Departure, scene: Scene): string | undefined {
    const { host, agent, permission, how } = departure;
    const pool = cluster.poolOf(agent);
    if (pool === undefined || isOrdered(departure, cluster)) return undefined;
    if (!tookServing(departure) || !wereReady.has(agent.uid)) return undefined;
    const others = [...hosts.all.values()].filter(
      (other) =>
        other !== host && other.tags[POOL_UID_TAG] === agent.facts.poolUID && !departures.all.has(other.instanceID),
    );
    const left = others.filter((other) => countsAsReady(other, scene.nowMs())).length;
    const minHealthy = Math.min(floorOf(pool), permission?.floor ?? Number.POSITIVE_INFINITY);
    const { name } = agent.object.metadata;
    if (left >= minHealthy) {
      if (permission?.isSucceeded !== false) return undefined;
      return `${name} (${host.instanceID}) served and was ${how}, permitted without a Ready successor although one more host had room`;
    }
    const serving = others.filter(isServing).length;
    return `${name} (${host.instanceID}) served and was ${how}: ${left} Ready agents are left (${serving} truly serve), minHealthy is ${minHealthy}`;
  }

  function aboveSurge(scene: Scene): string | undefined {
    for (const { tags, instanceID, agentUID } of hosts.born) {
      const poolUID = tags[POOL_UID_TAG] ?? "";
      const pool = cluster.pools.get(poolUID);
      if (pool?.isThere !== true) continue;
      const released = releasedInstances(pool.object);
      const live = [...hosts.all.values()].filter(
        (host) =>
          isLive(host.instance) &&
          host.tags[POOL_UID_TAG] === poolUID &&
          host.tags[OWNER_TAG] === OWNER_ID &&
          !released.includes(host.instanceID),
      );
      const oldestMs = scene.nowMs() - sight.patience.clusterViewMs;
      const recent = (limits.get(poolUID) ?? []).filter(({ untilMs }) => untilMs >= oldestMs);
      const most = Math.max(intended.get(agentUID ?? "") ?? 0, ...recent.map((limit) => limit.hosts));
      if (live.length > most)
        return `${instanceID} is live host ${live.length} of ${pool.object.metadata.name}, replicas + maxSurge is ${most} (at most in the last ${minutes(sight.patience.clusterViewMs)})`;
    }
    return undefined;
  }

  return {
    name: "S3",
    after(happening, scene) {
      sight.look(happening, scene);
      if (cluster.hasChanged) remember(scene.nowMs());
      for (const departure of departures.now) {
        const sentence = belowFloor(departure, scene);
        if (sentence !== undefined) return sentence;
      }
      return hosts.born.length === 0 ? undefined : aboveSurge(scene);
    },
  };
}
