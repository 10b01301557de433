/** Names the first difference between the clean run's end and another's. Pure. */
import type { EndState } from "../run/end-state.ts";

export function differenceOf(clean: EndState, seen: EndState): string | undefined {
  const [left, right] = [leaves(clean), leaves(seen)];
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    const [before, after] = [left.get(path), right.get(path)];
    if (before !== after) return `${path} is ${after ?? "absent"}; in the clean run ${before ?? "absent"}`;
  }
  return undefined;
}

/** Path to value, both as text. */
function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
    for (const [name, member] of Object.entries(value)) leaves(member, path === "" ? name : `${path} > ${name}`, found);
  else found.set(path, JSON.stringify(value));
  return found;
}
