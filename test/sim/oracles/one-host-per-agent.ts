/**
 * S1: at most one live instance carries an agent's identity, and its launch was stored before EC2 was called.
 * Guarantees: judged by true tags and the world's own states at every birth and every change of tags, so over the whole history;
 * `shutting-down` counts as going. A person who takes the tags off a host takes the identity off it.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import type { HostSeen } from "./sight/hosts.ts";
import { agentStatus, ATTEMPT_TAG, isDeleting, isLive, minutes } from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

interface Intent {
  readonly agentUID: string;
  readonly attempt: number;
  readonly subnetID: string;
}

export function oneHostPerAgent(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  /** By token: every launch that was ever stored in the API server. */
  const intents = new Map<string, Intent>();
  /** Since when an agent may have no new host, by UID. */
  const endedSinceMs = new Map<string, number>();
  let reused: string | undefined;

  function remember(nowMs: number): void {
    for (const { seen } of cluster.changedAgents) {
      const { launch } = agentStatus(seen.object);
      if (launch !== undefined) {
        const { attempt, subnetID, token } = launch;
        const earlier = intents.get(token);
        // Asked with the token of an attempt that is over, EC2 answers with what became of that one (EC2 Developer Guide, idempotency).
        if (earlier !== undefined && (earlier.attempt !== attempt || earlier.subnetID !== subnetID))
          reused ??= `${seen.object.metadata.name} stored attempt ${attempt} with the token of attempt ${earlier.attempt}`;
        intents.set(token, { agentUID: seen.uid, attempt, subnetID });
      }
      const isEnding = !seen.isThere || isDeleting(seen.object);
      if (isEnding && !endedSinceMs.has(seen.uid)) endedSinceMs.set(seen.uid, nowMs);
    }
  }

  function twins(): string | undefined {
    const first = new Map<string, string>();
    for (const { instance, instanceID, agentUID } of hosts.all.values()) {
      if (agentUID === undefined || !isLive(instance)) continue;
      const other = first.get(agentUID);
      if (other !== undefined) return `${other} and ${instanceID} are live at once for ${nameOf(agentUID)}`;
      first.set(agentUID, instanceID);
    }
    return undefined;
  }

  function nameOf(agentUID: string): string {
    const name = cluster.agents.get(agentUID)?.object.metadata.name;
    return name === undefined ? `agent UID ${agentUID}` : `agent ${name} (${agentUID})`;
  }

  function unintended({ instance, instanceID, agentUID }: HostSeen, scene: Scene): string | undefined {
    const { clientToken, subnetID } = instance.launchedAs;
    if (clientToken === undefined) return `${instanceID} was launched without a client token`;
    const intent = intents.get(clientToken);
    if (intent === undefined) return `${instanceID} was launched by a token that no agent's status.launch ever had`;
    const facts: readonly (readonly [fact: string, is: unknown, wanted: unknown])[] = [
      ["agent UID tag", agentUID, intent.agentUID],
      ["attempt tag", instance.tags[ATTEMPT_TAG], String(intent.attempt)],
      ["subnet", subnetID, intent.subnetID],
    ];
    const wrong = facts.find(([, is, wanted]) => is !== wanted);
    if (wrong !== undefined) {
      const [fact, is, wanted] = wrong;
      return `${instanceID} was launched with ${fact} ${String(is)}, stored was ${String(wanted)}`;
    }
    return lateFor(cluster.agents.get(intent.agentUID), instanceID, scene.nowMs());
  }

  /** Nothing is launched for an agent that goes, or has gone, beyond what was on its way. */
  function lateFor(agent: AgentSeen | undefined, instanceID: string, nowMs: number): string | undefined {
    const sinceMs = agent === undefined ? undefined : endedSinceMs.get(agent.uid);
    if (agent === undefined || sinceMs === undefined) return undefined;
    const lateMs = nowMs - sinceMs;
    if (lateMs <= sight.patience.clusterViewMs) return undefined;
    return `${instanceID} was launched for ${agent.object.metadata.name}, which was deleted ${minutes(lateMs)} before`;
  }

  return {
    name: "S1",
    after(happening, scene) {
      sight.look(happening, scene);
      if (cluster.changedAgents.length > 0) remember(scene.nowMs());
      if (reused !== undefined) return reused;
      if (hosts.born.length === 0 && !hosts.isRetagged) return undefined;
      for (const host of hosts.born) {
        const sentence = unintended(host, scene);
        if (sentence !== undefined) return sentence;
      }
      return twins();
    },
  };
}
