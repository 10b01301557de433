/**
 * Figures of the fleet: how many agents are wanted and Ready, how long stages take, what was replaced or withheld.
 * Guarantees: a pool's series end with the pool.
 */
import type { Registry } from "prom-client";
import { makers } from "./metrics-makers.ts";
import { STAGE_BUCKETS_SECONDS, secondsOf } from "./metrics-names.ts";

export interface PoolName {
  readonly namespace: string;
  readonly name: string;
}

export interface FleetFigures {
  /** Set on each pass of the pool. */
  pool(pool: PoolName, agents: { readonly desired: number; readonly ready: number }): void;
  /** The pool is gone: its series go with it. */
  poolGone(pool: PoolName): void;
  /** A stage of an agent's life ended (phase names of CloudSyncAgent). */
  stageEnded(stage: string, durationMs: number): void;
  replaced(reason: string): void;
  remediationBlocked(why: string): void;
  /** Live instances under the pool's tags that no agent has: the newest count; goes with the pool. */
  orphans(pool: PoolName, count: number): void;
}

export function fleetFigures(registry: Registry): FleetFigures {
  const { counter, gauge, histogram } = makers(registry);
  const poolLabels = ["namespace", "pool"];
  const desired = gauge("agents_desired", "Agents that the pool asks for.", poolLabels);
  const ready = gauge("agents_ready", "Agents of the pool that are Ready.", poolLabels);
  const stages = histogram(
    "agent_stage_seconds",
    "Time an agent spent in a stage of its life.",
    ["stage"],
    STAGE_BUCKETS_SECONDS,
  );
  const replacements = counter("replacements_total", "Agents replaced, by reason.", ["reason"]);
  const blocked = counter("remediation_blocked_total", "Repairs that were withheld, by why.", ["why"]);
  const orphans = gauge("orphans", "Live instances under the pool's tags without a record here.", poolLabels);
  const labelsOf = ({ namespace, name }: PoolName) => ({ namespace, pool: name });
  return {
    pool(pool, agents) {
      desired.set(labelsOf(pool), agents.desired);
      ready.set(labelsOf(pool), agents.ready);
    },
    poolGone(pool) {
      desired.remove(labelsOf(pool));
      ready.remove(labelsOf(pool));
      orphans.remove(labelsOf(pool));
    },
    stageEnded: (stage, durationMs) => stages.observe({ stage }, secondsOf(durationMs)),
    replaced: (reason) => replacements.inc({ reason }),
    remediationBlocked: (why) => blocked.inc({ why }),
    orphans: (pool, count) => orphans.set(labelsOf(pool), count),
  };
}
