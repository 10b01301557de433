/**
 * S9, "only while they need them": an agent that says SecretsReleased=True has a host that truly cannot read a secret of its set-up.
 * Guarantees: judged by what the world's host could read with any credentials that it still has, the former profile's among them; the secrets are
 * those that the agent's own spec names.
 * Never: waits for an agent to say it: that a fleet gets there is what its rest is judged by.
 */
import { conditionOf } from "../run/rest.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import { agentStatus, SECOND_MS } from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

const LOOK_EVERY_MS = 5 * SECOND_MS;

export function secretsReleased(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  let lookedMs = 0;

  function readable({ uid, object }: AgentSeen, { world }: Scene): string | undefined {
    if (conditionOf(object, "SecretsReleased")?.status !== "True") return undefined;
    const host = hosts.hostOf(uid, agentStatus(object).instanceID);
    if (host === undefined) return undefined;
    const spec = JSON.stringify(object.spec);
    const open = world.guests.truth(host.instanceID)?.readableSecrets.find((arn) => spec.includes(JSON.stringify(arn)));
    if (open === undefined) return undefined;
    return `${object.metadata.name} says SecretsReleased, and ${host.instanceID} can read ${open}`;
  }

  return {
    name: "S9 only while needed",
    after(happening, scene) {
      sight.look(happening, scene);
      for (const { seen } of cluster.changedAgents) {
        const sentence = seen.isThere ? readable(seen, scene) : undefined;
        if (sentence !== undefined) return sentence;
      }
      if (happening.kind !== "time" || scene.nowMs() - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = scene.nowMs();
      for (const agent of cluster.agents.values()) {
        const sentence = agent.isThere ? readable(agent, scene) : undefined;
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}
