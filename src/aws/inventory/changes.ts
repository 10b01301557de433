/** Which agents and pools a new list concerns. Pure. Guarantees: equal lists in another order give no change. */
import { isDeepStrictEqual } from "node:util";
import type { Instance, InstanceId } from "../instances/port.ts";
import { OWNERSHIP_TAGS } from "../instances/port.ts";
import type { InventoryChange } from "./port.ts";

/** Ids whose entry came, went or differs. */
export function changedIDs<Item extends { readonly instanceID: InstanceId }>(
  before: readonly Item[] | undefined,
  after: readonly Item[],
): ReadonlySet<InstanceId> {
  const earlier = new Map((before ?? []).map((item) => [item.instanceID, item]));
  const changed = new Set<InstanceId>();
  for (const item of after) {
    if (!isDeepStrictEqual(earlier.get(item.instanceID), item)) changed.add(item.instanceID);
    earlier.delete(item.instanceID);
  }
  for (const gone of earlier.keys()) changed.add(gone);
  return changed;
}

/** The agents and pools of those instances; tags of a terminated instance may be gone, so both lists are asked. */
export function changeOf(ids: ReadonlySet<InstanceId>, ...lists: readonly (readonly Instance[])[]): InventoryChange {
  const concerned = lists.flat().filter((instance) => ids.has(instance.instanceID));
  const tagged = (tag: string): ReadonlySet<string> => new Set(concerned.flatMap(({ tags }) => tags[tag] ?? []));
  return { agentUIDs: tagged(OWNERSHIP_TAGS.agentUID), poolUIDs: tagged(OWNERSHIP_TAGS.poolUID) };
}
