/**
 * A live value with an applied one laid over it.
 * Guarantees: what did not change is the same reference; list items keep their order as the real server orders them.
 * Source: structured-merge-diff, typed/merge.go.
 */
import type { Json, JsonObject } from "../json.ts";
import { isEqual } from "../json.ts";
import { deduce, itemElements, itemsOf, mapOf, memberType } from "./merge-type.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";

export function merge(live: JsonObject, applied: JsonObject, type: MergeType): JsonObject {
  const merged = mergeValue(live, applied, type);
  return mapOf(merged) ?? live;
}

function mergeValue(live: Json | undefined, applied: Json | undefined, type: MergeType): Json | undefined {
  if (live === applied || applied === undefined) return live;
  const actual = deduce(type, applied);
  if (applied === null || actual.kind === "leaf" || live === undefined || live === null) {
    return isEqual(live, applied) ? live : applied;
  }
  return actual.kind === "map" ? mergeMaps(live, applied, actual) : mergeLists(live, applied, actual);
}

function mergeMaps(live: Json, applied: Json, type: MapType): Json {
  const left = mapOf(live);
  const right = mapOf(applied);
  if (left === undefined || right === undefined) return applied;
  let result: Record<string, Json> | undefined;
  for (const name in right) {
    const merged = mergeValue(left[name], right[name], memberType(type, name));
    if (merged !== left[name] && merged !== undefined) (result ??= { ...left })[name] = merged;
  }
  return result === undefined ? live : Object.freeze(result);
}

/**
 * Items of both in the order of the applied list; those that only the live list has stay where they were among their neighbours.
 * The walk is the real server's, index for index, because the order of a list is visible.
 */
function mergeLists(live: Json, applied: Json, type: ListType): Json {
  const left = itemsOf(live) ?? [];
  const right = itemsOf(applied) ?? [];
  const leftKeys = itemElements(type, left);
  const rightKeys = itemElements(type, right);
  const inLeft = firstOfEach(left, leftKeys);
  const inRight = firstOfEach(right, rightKeys);
  const shared = rightKeys.filter((key) => inLeft.has(key));
  const merged: Json[] = [];
  const done = new Set<string>();
  let wanted = shared.shift();
  let l = 0;
  let r = 0;
  const take = (key: string): void => {
    done.add(key);
    const item = mergeValue(inLeft.get(key), inRight.get(key), type.element);
    if (item !== undefined) merged.push(item);
  };
  while (l < left.length || r < right.length) {
    const leftKey = leftKeys[l];
    const rightKey = rightKeys[r];
    if (leftKey !== undefined && leftKey === rightKey) {
      take(leftKey);
      l += 1;
      r += 1;
      wanted = shared.shift();
      continue;
    }
    if (leftKey !== undefined && rightKey !== undefined && inRight.has(leftKey) && wanted !== undefined) {
      if (wanted !== leftKey) {
        l += 1;
        continue;
      }
    }
    if (leftKey !== undefined) {
      if (!inRight.has(leftKey)) {
        const item = left[l];
        if (item !== undefined) merged.push(item);
        l += 1;
        continue;
      }
      if (done.has(leftKey)) l += 1;
    }
    if (rightKey !== undefined) {
      take(rightKey);
      r += 1;
      if (wanted === rightKey) wanted = shared.shift();
    }
  }
  const isSame = merged.length === left.length && merged.every((item, position) => item === left[position]);
  return isSame ? live : Object.freeze(merged);
}

function firstOfEach(items: readonly Json[], keys: readonly string[]): ReadonlyMap<string, Json> {
  const byKey = new Map<string, Json>();
  items.forEach((item, position) => {
    const key = keys[position];
    if (key !== undefined && !byKey.has(key)) byKey.set(key, item);
  });
  return byKey;
}
