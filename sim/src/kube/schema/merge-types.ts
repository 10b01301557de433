/** The merge type of a schema, and of the metadata that every object has. */
import type { MapType, MergeType } from "../fields/merge-type.ts";
import { DEDUCED, FREE_FORM, LEAF, mapType, TEXT_MAP } from "../fields/merge-type.ts";
import type { Json } from "../json.ts";
import type { Schema } from "./schema.ts";

export const METADATA_TYPE: MapType = mapType(
  new Map<string, MergeType>([
    ...[
      "name",
      "generateName",
      "namespace",
      "uid",
      "resourceVersion",
      "generation",
      "creationTimestamp",
      "selfLink",
    ].map((name) => [name, LEAF] as const),
    ...["deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"].map((name) => [name, LEAF] as const),
    ["labels", TEXT_MAP],
    ["annotations", TEXT_MAP],
    ["finalizers", { kind: "list", element: LEAF, keys: [], keyDefaults: new Map() }],
    ["ownerReferences", { kind: "list", element: LEAF, keys: ["uid"], keyDefaults: new Map() }],
  ]),
  undefined,
);

/** The type of a whole object: its own members, with the standard ones in place. */
export function objectType(members: ReadonlyMap<string, MergeType>): MapType {
  const fields = new Map<string, MergeType>([...members, ["apiVersion", LEAF], ["kind", LEAF]]);
  return mapType(fields.set("metadata", METADATA_TYPE), undefined);
}

export function mergeTypeOf(schema: Schema): MergeType {
  switch (schema.type) {
    case "object":
      return mapTypeOf(schema);
    case "array":
      return listTypeOf(schema);
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return LEAF;
    case undefined:
      return DEDUCED;
  }
}

function mapTypeOf(schema: Schema): MergeType {
  if (schema.mapType === "atomic") return LEAF;
  const fields = new Map([...schema.properties].map(([name, member]) => [name, mergeTypeOf(member)]));
  const isFree = schema.preservesUnknown || fields.size === 0;
  if (isFree && fields.size === 0 && schema.additional === undefined) return FREE_FORM;
  const element = schema.additional === undefined ? (isFree ? DEDUCED : undefined) : mergeTypeOf(schema.additional);
  return mapType(fields, element);
}

function listTypeOf(schema: Schema): MergeType {
  const { items, listType, listMapKeys } = schema;
  if (listType === "atomic" || items === undefined) return LEAF;
  if (listType === "set") return { kind: "list", element: mergeTypeOf(items), keys: [], keyDefaults: new Map() };
  const keys = [...listMapKeys].sort();
  const keyDefaults = new Map<string, Json>();
  for (const key of keys) {
    const fallback = items.properties.get(key)?.default;
    if (fallback !== undefined) keyDefaults.set(key, fallback);
  }
  return { kind: "list", element: mergeTypeOf(items), keys, keyDefaults };
}
