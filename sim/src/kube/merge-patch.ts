/** JSON merge patch (RFC 7386). Untouched parts stay the same reference. */
import type { Json, JsonObject } from "./json.ts";
import { isEqual, isObject } from "./json.ts";

export function mergePatched(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...target };
  let isSame = true;
  for (const name in patch) {
    const change = patch[name] ?? null;
    const before = target[name];
    if (change === null) {
      if (before === undefined) continue;
      delete result[name];
      isSame = false;
      continue;
    }
    const after = isObject(change) ? mergePatched(isObject(before) ? before : {}, change) : change;
    if (isEqual(before, after)) continue;
    result[name] = after;
    isSame = false;
  }
  return isSame ? target : Object.freeze(result);
}
