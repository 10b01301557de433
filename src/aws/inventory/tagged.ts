/** Instances looked up by their tags instead of searched through; made once for a list. Pure. */
import { OWNERSHIP_TAGS, type Instance } from "../instances/port.ts";
import type { TaggedInstances } from "./port.ts";

export function taggedInstances(instances: readonly Instance[]): TaggedInstances {
  const byAgentUID = Map.groupBy(instances, ({ tags }) => tags[OWNERSHIP_TAGS.agentUID]);
  const byPool = Map.groupBy(instances, ({ tags }) =>
    poolKey(tags[OWNERSHIP_TAGS.namespace] ?? "", tags[OWNERSHIP_TAGS.pool] ?? ""),
  );
  return {
    ofAgent: (agentUID) => byAgentUID.get(agentUID) ?? [],
    ofPoolNamed: (namespace, name) => byPool.get(poolKey(namespace, name)) ?? [],
  };
}

function poolKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
