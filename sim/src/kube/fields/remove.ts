/**
 * A value without some of its fields.
 * Guarantees: a map or list that loses its last content is gone too; untouched parts are the same reference.
 * Source: structured-merge-diff, typed/remove.go.
 */
import type { Json, JsonObject } from "../json.ts";
import { isEmpty, isObject } from "../json.ts";
import { isMember } from "./field-set.ts";
import type { FieldSet } from "./field-set.ts";
import { deduce, itemElements, itemsOf, mapOf, memberType } from "./merge-type.ts";
import type { MergeType } from "./merge-type.ts";

export function removeFields(object: JsonObject, fields: FieldSet, type: MergeType): JsonObject {
  const rest = without(object, fields, type);
  return isObject(rest) ? rest : {};
}

/** Undefined where nothing is left. */
function without(value: Json, fields: FieldSet, type: MergeType): Json | undefined {
  if (isEmpty(fields)) return value;
  const actual = deduce(type, value);
  if (actual.kind === "leaf") return actual === type ? value : leafRest(value);
  if (actual.kind === "map") {
    const members = mapOf(value);
    if (members === undefined || isEmpty(members)) return null;
    const rest: Record<string, Json> = {};
    for (const name in members) {
      const node = fields[`f:${name}`];
      const member = members[name] ?? null;
      if (node === undefined) rest[name] = member;
      else if (!isMember(node)) rest[name] = without(member, node, memberType(actual, name)) ?? null;
    }
    return isEmpty(rest) ? undefined : frozenIfChanged(members, rest);
  }
  const items = itemsOf(value);
  if (items === undefined || items.length === 0) return null;
  const rest: Json[] = [];
  itemElements(actual, items).forEach((element, position) => {
    const item = items[position] ?? null;
    const node = fields[element];
    if (node === undefined) rest.push(item);
    else if (!isMember(node)) rest.push(without(item, node, actual.element) ?? null);
  });
  if (rest.length === 0) return undefined;
  return rest.length === items.length && rest.every((item, at) => item === items[at]) ? value : Object.freeze(rest);
}

function leafRest(value: Json): Json | undefined {
  return typeof value === "object" ? undefined : value;
}

function frozenIfChanged(before: JsonObject, after: Record<string, Json>): JsonObject {
  for (const name in before) if (before[name] !== after[name]) return Object.freeze(after);
  return before;
}
