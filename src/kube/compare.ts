/**
 * Finds events that a watch lost, by comparing a fresh list with the cache.
 * The list is taken while the watch runs on. Once the watch has shown a version at least as new as the list, the cache must hold
 * everything that the list holds, in that version or a newer one, unless the watch said it was deleted; and nothing else that is
 * older than the list.
 * Never: judges before the watch has caught up with the list.
 */
import { keyOf, keyText } from "./port.ts";
import type { KubeObject } from "./port.ts";
import { isAtLeast } from "./versions.ts";

export interface ComparedList {
  readonly version: string;
  readonly items: ReadonlyMap<string, KubeObject>;
}

export function comparedList(version: string, items: readonly KubeObject[]): ComparedList {
  return { version, items: new Map(items.map((item) => [keyText(keyOf(item)), item])) };
}

export interface CompareInput {
  readonly list: ComparedList;
  readonly cached: readonly KubeObject[];
  /** Keys that the watch deleted since the list was asked for. */
  readonly deletedSince: ReadonlySet<string>;
}

/** Keys whose last change never arrived. */
export function missedKeys({ list, cached, deletedSince }: CompareInput): readonly string[] {
  const byKey = new Map(cached.map((object) => [keyText(keyOf(object)), object]));
  const missed: string[] = [];
  for (const [key, listed] of list.items) {
    const copy = byKey.get(key);
    const isKnown =
      copy === undefined
        ? deletedSince.has(key)
        : isAtLeast(copy.metadata.resourceVersion, listed.metadata.resourceVersion) !== false;
    if (!isKnown) missed.push(key);
  }
  for (const [key, copy] of byKey) {
    const isOlderThanList = isAtLeast(list.version, copy.metadata.resourceVersion) === true;
    if (!list.items.has(key) && isOlderThanList) missed.push(key);
  }
  return missed;
}
