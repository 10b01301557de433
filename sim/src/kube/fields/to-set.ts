/**
 * The set of fields that a value holds.
 * Source: structured-merge-diff, typed/tofieldset.go; fieldpath/set.go, EnsureNamedFieldsAreMembers.
 */
import type { Json } from "../json.ts";
import { isEmpty, isObject } from "../json.ts";
import { insert, isMember, MEMBER, NO_FIELDS } from "./field-set.ts";
import type { FieldSet, OpenFieldSet } from "./field-set.ts";
import { deduce, fieldElement, itemElements, itemsOf, mapOf, memberType as typeOfMember } from "./merge-type.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";

/** What a value says about its own place: whether it is a member, and what lies below. */
interface Held {
  readonly isMember: boolean;
  readonly children: FieldSet;
}

/** The value has a member that its type does not know. */
export class UndeclaredField extends Error {}

const LEAF_HELD: Held = { isMember: true, children: NO_FIELDS };

export function toFieldSet(value: Json, type: MergeType): FieldSet {
  return held(value, type).children;
}

function held(value: Json, type: MergeType): Held {
  const actual = deduce(type, value);
  switch (actual.kind) {
    case "leaf":
      return LEAF_HELD;
    case "map":
      return { isMember: false, children: mapFields(value, actual) };
    case "list":
      return { isMember: false, children: listFields(value, actual) };
  }
}

function mapFields(value: Json, type: MapType): FieldSet {
  const members = mapOf(value);
  if (members === undefined) return NO_FIELDS;
  const set: OpenFieldSet = {};
  for (const name in members) {
    const member = members[name] ?? null;
    const declared = type.fields.get(name);
    const memberType = declared ?? type.element;
    if (memberType === undefined) throw new UndeclaredField();
    if (memberType.kind === "leaf") {
      set[fieldElement(type, name)] = MEMBER;
      continue;
    }
    const { isMember: isLeaf, children } = held(member, memberType);
    const isNothing = member === null || (isObject(member) && isEmpty(member));
    insert(set, fieldElement(type, name), isLeaf || isNothing || declared === undefined, children);
  }
  return set;
}

function listFields(value: Json, type: ListType): FieldSet {
  const items = itemsOf(value);
  if (items === undefined) return NO_FIELDS;
  const set: OpenFieldSet = {};
  itemElements(type, items).forEach((element, position) => {
    // Items that share a key are owned as one.
    if (element in set) set[element] = MEMBER;
    else insert(set, element, true, held(items[position] ?? null, type.element).children);
  });
  return set;
}

/** The set with every declared field on the way to a member as a member too. */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  let result: OpenFieldSet | undefined;
  for (const element in set) {
    const node = set[element] ?? MEMBER;
    if (element === "." || isEmpty(node)) continue;
    const below = withNamedFields(node, elementType(type, element));
    const isNamed = type?.kind === "map" && element.startsWith("f:") && type.fields.has(element.slice(2));
    const full = isNamed && !isMember(below) ? { ".": MEMBER, ...below } : below;
    if (full !== node) (result ??= { ...set })[element] = full;
  }
  return result ?? set;
}

function elementType(type: MergeType | undefined, element: string): MergeType | undefined {
  if (type?.kind === "map" && element.startsWith("f:")) return typeOfMember(type, element.slice(2));
  if (type?.kind === "list" && element.startsWith("k:")) return type.element;
  return type?.kind === "deduced" ? type : undefined;
}
