/** The first member of an applied object that its schema does not have: server-side apply refuses it. */
import type { MergeType } from "../fields/merge-type.ts";
import { deduce, itemElement, itemsOf, mapOf } from "../fields/merge-type.ts";
import { pathText } from "../fields/conflicts.ts";
import type { Json } from "../json.ts";

/** As the server writes it, such as `.spec.colour`; undefined when all is declared. */
export function undeclaredField(value: Json, type: MergeType, path: readonly string[] = []): string | undefined {
  const actual = deduce(type, value);
  if (actual.kind === "leaf") return undefined;
  if (actual.kind === "list") {
    for (const item of itemsOf(value) ?? []) {
      const found = undeclaredField(item, actual.element, [...path, itemElement(actual, item)]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const members = mapOf(value) ?? {};
  for (const name in members) {
    const member = actual.fields.get(name) ?? actual.element;
    const here = [...path, `f:${name}`];
    if (member === undefined) return pathText(here);
    const found = undeclaredField(members[name] ?? null, member, here);
    if (found !== undefined) return found;
  }
  return undefined;
}
