/**
 * How values of a schema merge: what is one leaf, what is merged member by member, and by which key list items are the same.
 * Source: structured-merge-diff, schema/elements.go; kube-openapi, schemaconv/openapi.go.
 */
import type { Json } from "../json.ts";
import { isList, isObject } from "../json.ts";

export type MergeType = LeafType | MapType | ListType | DeducedType;

/** Scalars, atomic maps and lists, and values of unknown type inside atomic ones: owned as one. */
export interface LeafType {
  readonly kind: "leaf";
}
export interface MapType {
  readonly kind: "map";
  readonly fields: ReadonlyMap<string, MergeType>;
  /** The path element of each declared field, made once. */
  readonly elements: ReadonlyMap<string, string>;
  /** Of members that are not declared; undefined: there must be none. */
  readonly element: MergeType | undefined;
}
export interface ListType {
  readonly kind: "list";
  readonly element: MergeType;
  /** Empty: a set of scalars. */
  readonly keys: readonly string[];
  readonly keyDefaults: ReadonlyMap<string, Json>;
}
/** Free form: maps merge, everything else is a leaf. */
export interface DeducedType {
  readonly kind: "deduced";
}

export const LEAF: LeafType = { kind: "leaf" };
export const DEDUCED: DeducedType = { kind: "deduced" };
export const FREE_FORM: MapType = mapType(new Map(), DEDUCED);
export const TEXT_MAP: MapType = mapType(new Map(), LEAF);

export function mapType(fields: ReadonlyMap<string, MergeType>, element: MergeType | undefined): MapType {
  const elements = new Map([...fields.keys()].map((name) => [name, `f:${name}`] as const));
  return { kind: "map", fields, elements, element };
}

export function fieldElement(type: MapType, name: string): string {
  return type.elements.get(name) ?? `f:${name}`;
}

/** A type that a value of unknown type takes; others stay what they are. */
export function deduce(type: MergeType, value: Json | undefined): LeafType | MapType | ListType {
  if (type.kind !== "deduced") return type;
  return isObject(value) ? FREE_FORM : LEAF;
}

export function memberType(type: MapType, name: string): MergeType {
  return type.fields.get(name) ?? type.element ?? DEDUCED;
}

/** The path elements of a list's items. Lists are frozen, so a list that is looked at again has them already. */
export function itemElements(type: ListType, items: readonly Json[]): readonly string[] {
  const known = ELEMENTS.get(items);
  if (known?.type === type) return known.elements;
  const elements = items.map((item) => itemElement(type, item));
  ELEMENTS.set(items, { type, elements });
  return elements;
}

const ELEMENTS = new WeakMap<readonly Json[], { readonly type: ListType; readonly elements: readonly string[] }>();

/** A key that the item lacks counts with its default. */
function itemElement(type: ListType, item: Json): string {
  if (type.keys.length === 0 || !isObject(item)) return `v:${JSON.stringify(item)}`;
  let text = "";
  for (const key of type.keys) {
    const value = item[key] ?? type.keyDefaults.get(key);
    if (value !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return `k:{${text}}`;
}

/** A null or another form than the type says counts as nothing to walk. */
export function mapOf(value: Json | undefined): { readonly [name: string]: Json } | undefined {
  return isObject(value) ? value : undefined;
}

export function itemsOf(value: Json | undefined): readonly Json[] | undefined {
  return isList(value) ? value : undefined;
}
