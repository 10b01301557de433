/** The first member of an applied object that its schema does not have: server-side apply refuses it. */
import type { MergeType } from "../fields/merge-type.ts";
import { deduce, itemElements, itemsOf, mapOf } from "../fields/merge-type.ts";
import { pathText } from "../fields/conflicts.ts";
import type { Json } from "../json.ts";

/** As the server writes it, such as `.spec.colour`; undefined when all is declared. */
export function undeclaredField(value: Json, type: MergeType, path: readonly string[] = []): string | undefined {
  const actual = deduce(type, value);
  if (actual.kind === "leaf") return undefined;
  if (actual.kind === "list") {
    const items = itemsOf(value) ?? [];
    for (const [position, element] of itemElements(actual, items).entries()) {
      const found = undeclaredField(items[position] ?? null, actual.element, [...path, element]);
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
