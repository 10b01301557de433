/** What changes outside Kubernetes enqueues the keys that it concerns; the handlers do nothing else. */
import type { Loops, LoopsPorts } from "../controllers.ts";
import { INDEX, type Caches } from "../controllers/loop-ports.ts";
import { keyOf, type KubeObject } from "../kube/port.ts";
import type { SampledCondition } from "../runtime/metrics-sampled.ts";

export function wakeFromOutside(
  { inventory, commands, probes, directory }: LoopsPorts,
  loops: Loops,
  caches: Caches,
): void {
  const wakeAgents = (objects: readonly KubeObject[]): void => {
    for (const object of objects) loops.agent.enqueue(keyOf(object), "change");
  };
  inventory.onChange(({ agentUIDs, poolUIDs }) => {
    for (const uid of agentUIDs) wakeAgents(caches.agents.byIndex(INDEX.agentsByUID, uid));
    for (const uid of poolUIDs) {
      for (const pool of caches.pools.byIndex(INDEX.poolsByUID, uid)) loops.pool.enqueue(keyOf(pool), "change");
    }
  });
  const wakeHost = (instanceID: string): void =>
    wakeAgents(caches.agents.byIndex(INDEX.agentsByInstanceID, instanceID));
  // A command's id is recorded late or never: its host tells whose it is.
  commands.onChange(({ instanceID }) => wakeHost(instanceID));
  probes.onChange(wakeHost);
  directory.onChange((operationID) => {
    for (const test of caches.provisioningTests.byIndex(INDEX.provisioningTestsByRead, operationID))
      loops.test.enqueue(keyOf(test), "change");
  });
}

type WithConditions = KubeObject & { readonly status?: { readonly conditions?: readonly SampledCondition[] } };

/** Conditions of the fleet's kinds, for the figures that count them. */
export function conditionsOf({
  pools,
  agents,
}: Caches): Readonly<Record<string, Iterable<readonly SampledCondition[]>>> {
  return { CloudSyncAgentPool: listed(pools.list()), CloudSyncAgent: listed(agents.list()) };
}

function* listed(objects: readonly WithConditions[]): Iterable<readonly SampledCondition[]> {
  for (const object of objects) yield object.status?.conditions ?? [];
}
