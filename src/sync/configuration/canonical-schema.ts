/**
 * The form in which two schemas are compared and hashed.
 * Guarantees: what the backend changes by itself (version, order of attribute mappings, absent against null, discovery) makes no difference;
 * every rule, filter and mapping does.
 * Source: entra-graph reference, 2.7: the version changes on every save, the order of attributeMappings is irrelevant.
 */
import type { JsonObject, JsonValue } from "../../entra/schema/port.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { canonicalExpression } from "./expression.ts";
import { isJsonObject, objectsIn, textIn } from "./json.ts";

export function canonicalSchema(schema: JsonObject): string {
  return canonicalJSON(canonical(schema["synchronizationRules"] ?? [], "synchronizationRules") ?? []);
}

/** What a gate passes for: `sha256:` over the canonical form. */
export function schemaHash(schema: JsonObject): string {
  return `sha256:${sha256Hex(canonicalSchema(schema))}`;
}

export function canonicalPart(value: JsonValue | undefined): string {
  return canonicalJSON(canonical(value ?? null, "") ?? null);
}

/** Two sources mean the same when their trees do: the text of a function is a spelling of its parameters. */
export function isSameSource(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return canonicalJSON(sourceOf(left)) === canonicalJSON(sourceOf(right));
}

function sourceOf(value: JsonValue | undefined): unknown {
  if (!isJsonObject(value)) return null;
  const type = textIn(value, "type");
  const parameters = objectsIn(value["parameters"]);
  if (type !== "Function") return [type, canonicalExpression(textIn(value, "expression") || textIn(value, "name"))];
  // A function without parameters in its tree is only told by its text.
  if (parameters.length === 0) return [type, canonicalExpression(textIn(value, "expression"))];
  return [type, textIn(value, "name"), parameters.map((one) => [textIn(one, "key"), sourceOf(one["value"])])];
}

/** `undefined`: says nothing (null, an empty list, an annotation), and is the same as absent. */
function canonical(value: JsonValue, key: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => canonical(item, key) ?? null);
    if (items.length === 0) return undefined;
    return key === "attributeMappings" ? sortedByTarget(items) : items;
  }
  if (!isJsonObject(value)) return value ?? undefined;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const form = name.startsWith("@") ? undefined : canonical(member, name);
    return form === undefined ? [] : [[name, form] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function sortedByTarget(items: readonly unknown[]): readonly unknown[] {
  return [...items].sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
}

function sortKey(item: unknown): string {
  const isNamed = typeof item === "object" && item !== null && "targetAttributeName" in item;
  return `${isNamed ? String(item.targetAttributeName).toLowerCase() : ""}|${canonicalJSON(item)}`;
}
