/**
 * S12 for agents: Ready=True is of the present generation and true in the world, or was within the age that evidence may have.
 * Guarantees: when Ready turns True, the host truly served at some instant of the last evidenceMaxAge; while an operator has led without a break
 * for longer than that and what it takes to notice, no agent is Ready=True whose host has been bad for as long.
 * Never: blames an operator for a status that the API server refused to take: troubles of that way start the time anew.
 */
import { conditionOf, isReady } from "../run/rest.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import type { HostSeen } from "./sight/hosts.ts";
import { DETECTION_MS, clearSinceMs } from "./sight/patience.ts";
import { agentStatus, minutes, SECOND_MS } from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

const LOOK_EVERY_MS = 5 * SECOND_MS;

export function honestReady(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  let lookedMs = 0;

  function hostOf(agent: AgentSeen): HostSeen | undefined {
    return hosts.hostOf(agent.uid, agentStatus(agent.object).instanceID);
  }

  function turnedTrue(agent: AgentSeen, nowMs: number): string | undefined {
    const { name, generation } = agent.object.metadata;
    const observed = conditionOf(agent.object, "Ready")?.observedGeneration;
    if (observed !== generation)
      return `${name} turned Ready for generation ${String(observed)}, its present one is ${String(generation)}`;
    const host = hostOf(agent);
    if (host === undefined) return `${name} turned Ready without a host`;
    const mostMs = agent.facts.evidenceMaxAgeMs + sight.patience.inFlightMs;
    if (host.fault === undefined || (host.lastServedMs !== undefined && nowMs - host.lastServedMs <= mostMs))
      return undefined;
    return `${name} turned Ready although ${host.instanceID} ${lastServed(host, nowMs)}: ${host.fault}`;
  }

  function staleTrue(agent: AgentSeen, scene: Scene): string | undefined {
    const nowMs = scene.nowMs();
    const ledSinceMs = scene.ledSinceMs();
    const clearMs = clearSinceMs(scene.plan, nowMs, "kube");
    if (ledSinceMs === undefined || clearMs === undefined) return undefined;
    const host = hostOf(agent);
    const badSinceMs = host === undefined ? 0 : host.badSinceMs;
    if (badSinceMs === undefined) return undefined;
    const mostMs = agent.facts.evidenceMaxAgeMs + DETECTION_MS;
    if (nowMs - Math.max(badSinceMs, ledSinceMs, clearMs) <= mostMs) return undefined;
    const { name } = agent.object.metadata;
    if (host === undefined) return `${name} is Ready, and its host does not exist`;
    return `${name} is still Ready, led for ${minutes(nowMs - ledSinceMs)}, although ${host.instanceID} ${lastServed(host, nowMs)}: ${String(host.fault)}`;
  }

  return {
    name: "S12",
    after(happening, scene) {
      sight.look(happening, scene);
      const nowMs = scene.nowMs();
      for (const { seen, before } of cluster.changedAgents) {
        if (!seen.isThere || !isReady(seen.object) || (before !== undefined && isReady(before))) continue;
        const sentence = turnedTrue(seen, nowMs);
        if (sentence !== undefined) return sentence;
      }
      if (happening.kind !== "time" || nowMs - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = nowMs;
      for (const agent of cluster.agents.values()) {
        const sentence = agent.isThere && isReady(agent.object) ? staleTrue(agent, scene) : undefined;
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

function lastServed({ lastServedMs }: HostSeen, nowMs: number): string {
  return lastServedMs === undefined ? "has never served" : `last served ${minutes(nowMs - lastServedMs)} ago`;
}
