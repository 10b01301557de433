/**
 * S5: unknown is not unhealthy, empty is not gone: no host that truly serves is taken away unless a person or the spec asked for it, and no
 * record lets go of a host that still lives unless it was let go on record.
 * Guarantees: judged by the world's truth just before the effect. A host that did not serve when its pool permitted its end, or so shortly before
 * that the operator's list may have been older, may have come back since: that is no error. Nor is the end of one that is back beside a successor
 * that serves, nor belief in an absence that complete lists have shown for as long as the documents ask for, whoever made them lie.
 */
import type { ClusterObject } from "../run/person.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import { isOrdered, tookServing, type Departure } from "./sight/departures.ts";
import { AGENT_FINALIZER, agentStatus, isReleaseAsked, minutes, releasedInstances } from "./sight/reading.ts";
import { isServing } from "./sight/hosts.ts";
import { isAbsenceFeigned } from "./sight/patience.ts";
import type { Sight } from "./sight/sight.ts";

const LET_GO: ReadonlySet<string> = new Set(["Released", "Retained"]);

export function unknownIsNotUnhealthy(sight: Sight): Oracle {
  const { cluster, hosts, departures } = sight;

  function unasked(departure: Departure, nowMs: number): string | undefined {
    const { agent, host, how, permission } = departure;
    if (!tookServing(departure) || agent.isPersonsDeletion || isOrdered(departure, cluster)) return undefined;
    if (permission !== undefined && permission.servedForMs <= sight.patience.cloudViewMs) return undefined;
    if (isSucceeded(agent)) return undefined;
    const servedMs = nowMs - (host.servingSinceMs ?? host.lastServedMs ?? nowMs);
    const { retirement } = agentStatus(agent.object);
    return `${agent.object.metadata.name} (${host.instanceID}) was ${how} (${retirement?.reason ?? "no permission"}) although it had served for ${minutes(servedMs)} and nobody asked for it`;
  }

  /** A host that came back beside its successor is one more than the spec asks for: as long as the successor serves, one of them goes. */
  function isSucceeded(agent: AgentSeen): boolean {
    const { slot, incarnation } = placeOf(agent);
    return [...cluster.agents.values()].some((other) => {
      const place = placeOf(other);
      const isLater =
        place.slot === slot && place.incarnation > incarnation && other.facts.poolUID === agent.facts.poolUID;
      return isLater && other.isThere && hosts.liveOf(other.uid).some(isServing);
    });
  }

  function leftBehind(agent: AgentSeen, before: ClusterObject | undefined, scene: Scene): string | undefined {
    if (before === undefined || !isHeld(before) || (agent.isThere && isHeld(agent.object))) return undefined;
    const { name } = before.metadata;
    const { retirement } = agentStatus(before);
    const [live] = hosts.liveOf(agent.uid);
    if (live === undefined) return undefined;
    const isLetGo = isReleaseAsked(before) || LET_GO.has(retirement?.reason ?? "");
    if (!isLetGo && isAbsenceFeigned(scene.plan, scene.nowMs())) return undefined;
    if (!isLetGo) return `the record of ${name} let go of ${live.instanceID}, which is ${live.instance.state}`;
    const pool = cluster.poolOf(agent);
    if (pool === undefined || releasedInstances(pool).includes(live.instanceID)) return undefined;
    return `the record of ${name} is gone before its pool listed ${live.instanceID} as released`;
  }

  return {
    name: "S5",
    after(happening, scene) {
      sight.look(happening, scene);
      for (const departure of departures.now) {
        const sentence = unasked(departure, scene.nowMs());
        if (sentence !== undefined) return sentence;
      }
      if (!isOperatorsWrite(happening)) return undefined;
      for (const { seen, before } of cluster.changedAgents) {
        const sentence = leftBehind(seen, before, scene);
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

function placeOf({ object }: AgentSeen): { readonly slot: unknown; readonly incarnation: number } {
  return { slot: object.spec?.["slot"], incarnation: Number(object.spec?.["incarnation"]) };
}

/** A person may force finalizers off, and lives with what that leaves. */
function isOperatorsWrite(happening: Happening): boolean {
  return happening.kind === "call" && happening.call.side === "kube";
}

function isHeld({ metadata }: ClusterObject): boolean {
  return metadata.finalizers?.includes(AGENT_FINALIZER) === true;
}
