/**
 * S12 for pools: Ready=True for the present generation only with as many Ready agents as the spec wants.
 * Guarantees: when a pool's Ready turns True, or its spec has been judged anew, its count says so and so many agents were Ready a moment ago; while
 * an operator has led without a break, no pool stays Ready=True above fewer agents for longer than it takes to notice.
 * Never: counts an agent that is being deleted, or one whose Ready is of an earlier generation.
 */
import { conditionOf, isReady } from "../run/rest.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen, PoolSeen } from "./sight/cluster.ts";
import { DETECTION_MS, clearSinceMs } from "./sight/patience.ts";
import { isDeleting, minutes, poolSpec, SECOND_MS } from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

const LOOK_EVERY_MS = 5 * SECOND_MS;
/** Later than any time at which an agent has stopped being Ready: only those that still are. */
const NOW = Number.POSITIVE_INFINITY;

export function honestPool(sight: Sight): Oracle {
  const { cluster } = sight;
  /** When an agent was last seen Ready, by UID; Infinity while it is. */
  const readyUntilMs = new Map<string, number>();
  /** Since when a pool has had too few, by UID. */
  const shortSinceMs = new Map<string, number>();
  let lookedMs = 0;

  function remember(nowMs: number): void {
    for (const { seen } of cluster.changedAgents) {
      if (counts(seen)) readyUntilMs.set(seen.uid, Number.POSITIVE_INFINITY);
      else if (readyUntilMs.get(seen.uid) === Number.POSITIVE_INFINITY) readyUntilMs.set(seen.uid, nowMs);
    }
    for (const pool of cluster.pools.values()) {
      if (readyOf(pool, NOW) >= poolSpec(pool.object).replicas) shortSinceMs.delete(pool.uid);
      else if (!shortSinceMs.has(pool.uid)) shortSinceMs.set(pool.uid, nowMs);
    }
  }

  /** Agents of the pool that are Ready, or were at that time. */
  function readyOf({ uid }: PoolSeen, sinceMs: number): number {
    let count = 0;
    for (const agent of cluster.agents.values()) {
      if (agent.facts.poolUID === uid && (readyUntilMs.get(agent.uid) ?? Number.NEGATIVE_INFINITY) >= sinceMs)
        count += 1;
    }
    return count;
  }

  function turnedTrue(pool: PoolSeen, nowMs: number): string | undefined {
    const { name } = pool.object.metadata;
    const { replicas } = poolSpec(pool.object);
    const said = Number(pool.object.status?.["readyReplicas"]);
    if (!(said >= replicas)) return `pool ${name} turned Ready with readyReplicas ${said} of ${replicas}`;
    const ready = readyOf(pool, nowMs - sight.patience.clusterViewMs);
    return ready >= replicas ? undefined : `pool ${name} turned Ready with ${ready} Ready agents of ${replicas}`;
  }

  function staleTrue(pool: PoolSeen, scene: Scene): string | undefined {
    const nowMs = scene.nowMs();
    const [ledSinceMs, clearMs] = [scene.ledSinceMs(), clearSinceMs(scene.plan, nowMs, "kube")];
    const sinceMs = shortSinceMs.get(pool.uid);
    if (ledSinceMs === undefined || clearMs === undefined || sinceMs === undefined) return undefined;
    if (nowMs - Math.max(sinceMs, ledSinceMs, clearMs) <= DETECTION_MS) return undefined;
    const { replicas } = poolSpec(pool.object);
    return `pool ${pool.object.metadata.name} is still Ready with ${readyOf(pool, NOW)} Ready agents of ${replicas} for ${minutes(nowMs - sinceMs)}`;
  }

  return {
    name: "S12 (pool)",
    after(happening, scene) {
      sight.look(happening, scene);
      const nowMs = scene.nowMs();
      if (cluster.hasChanged) remember(nowMs);
      for (const { seen, before } of cluster.changedPools) {
        if (!seen.isThere || !isReadyNow(seen.object) || (before !== undefined && isReadyNow(before))) continue;
        const sentence = turnedTrue(seen, nowMs);
        if (sentence !== undefined) return sentence;
      }
      if (happening.kind !== "time" || nowMs - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = nowMs;
      for (const pool of cluster.pools.values()) {
        const sentence = pool.isThere && isReadyNow(pool.object) ? staleTrue(pool, scene) : undefined;
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

function counts({ isThere, object }: AgentSeen): boolean {
  return isThere && !isDeleting(object) && isReadyNow(object);
}

function isReadyNow(object: ClusterObject): boolean {
  return isReady(object) && conditionOf(object, "Ready")?.observedGeneration === object.metadata.generation;
}
