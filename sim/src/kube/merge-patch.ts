/** JSON merge patch (RFC 7386). Untouched parts stay the same reference. */
import type { Json, JsonObject } from "./json.ts";
import { isEqual, isObject, withMembers } from "./json.ts";

export function mergePatched(target: JsonObject, patch: JsonObject): JsonObject {
  const changes: Record<string, Json | undefined> = {};
  let isSame = true;
  for (const name in patch) {
    const change = patch[name] ?? null;
    const before = target[name];
    const after = patchedMember(before, change);
    if (isEqual(before, after)) continue;
    changes[name] = after;
    isSame = false;
  }
  return isSame ? target : withMembers(target, changes);
}

/** Null takes a member away. */
function patchedMember(before: Json | undefined, change: Json): Json | undefined {
  if (change === null) return undefined;
  return isObject(change) ? mergePatched(isObject(before) ? before : {}, change) : change;
}
