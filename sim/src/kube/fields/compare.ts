/**
 * Which fields differ between two values.
 * Guarantees: parts that are the same reference cost nothing.
 * Source: structured-merge-diff, typed/compare.go.
 */
import type { Json } from "../json.ts";
import { isEmpty, isEqual } from "../json.ts";
import { insert, isMember, MEMBER, NO_FIELDS } from "./field-set.ts";
import type { FieldSet, OpenFieldSet } from "./field-set.ts";
import { deduce, fieldElement, itemElements, itemsOf, mapOf, memberType } from "./merge-type.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export const SAME: Comparison = { added: NO_FIELDS, modified: NO_FIELDS, removed: NO_FIELDS };

/** What a place adds to each set: undefined = nothing. A node as in a FieldSet. */
interface Verdict {
  readonly added?: FieldSet;
  readonly modified?: FieldSet;
  readonly removed?: FieldSet;
}

const NOTHING: Verdict = {};
const ADDED_LEAF: Verdict = { added: MEMBER };
const REMOVED_LEAF: Verdict = { removed: MEMBER };
const MODIFIED_LEAF: Verdict = { modified: MEMBER };

export function compare(before: Json, after: Json, type: MergeType): Comparison {
  const { added = NO_FIELDS, modified = NO_FIELDS, removed = NO_FIELDS } = verdict(before, after, type);
  return { added, modified, removed };
}

function verdict(before: Json | undefined, after: Json | undefined, type: MergeType): Verdict {
  if (before === after) return NOTHING;
  const old = before === undefined || before === null ? undefined : deduce(type, before);
  const now = after === undefined || after === null ? old : deduce(type, after);
  const actual = now ?? deduce(type, null);
  if (old !== undefined && old.kind !== actual.kind) return { ...verdict(before, undefined, type), ...MODIFIED_LEAF };
  switch (actual.kind) {
    case "leaf":
      return leafVerdict(before, after);
    case "map":
      return branchVerdict(before, after, isNothing(before) && isNothing(after), () =>
        mapMembers(before, after, actual),
      );
    case "list":
      return branchVerdict(before, after, isNothing(before) && isNothing(after), () =>
        listItems(before, after, actual),
      );
  }
}

/** Null, absent or without content: two of them are told apart as leaves are. */
function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value !== "object" || isEmpty(value);
}

function leafVerdict(before: Json | undefined, after: Json | undefined): Verdict {
  if (before === undefined) return ADDED_LEAF;
  if (after === undefined) return REMOVED_LEAF;
  return isEqual(before, after) ? NOTHING : MODIFIED_LEAF;
}

function branchVerdict(
  before: Json | undefined,
  after: Json | undefined,
  isLeaf: boolean,
  below: () => Comparison,
): Verdict {
  if (isLeaf) return leafVerdict(before, after);
  const { added, modified, removed } = below();
  return {
    ...place("added", added, before === undefined),
    ...place("modified", modified, false),
    ...place("removed", removed, after === undefined),
  };
}

function place(name: keyof Verdict, children: FieldSet, isMemberToo: boolean): Verdict {
  if (isEmpty(children)) return isMemberToo ? { [name]: MEMBER } : NOTHING;
  return { [name]: isMemberToo && !isMember(children) ? { ".": MEMBER, ...children } : children };
}

interface OpenComparison {
  readonly added: OpenFieldSet;
  readonly modified: OpenFieldSet;
  readonly removed: OpenFieldSet;
}

function mapMembers(before: Json | undefined, after: Json | undefined, type: MapType): Comparison {
  const result: OpenComparison = { added: {}, modified: {}, removed: {} };
  const left = mapOf(before) ?? {};
  const right = mapOf(after) ?? {};
  for (const name in left) {
    if (left[name] === right[name]) continue;
    record(result, fieldElement(type, name), verdict(left[name], right[name], memberType(type, name)));
  }
  for (const name in right) {
    if (name in left) continue;
    record(result, fieldElement(type, name), verdict(undefined, right[name], memberType(type, name)));
  }
  return result;
}

function record(result: OpenComparison, element: string, { added, modified, removed }: Verdict): void {
  if (added !== undefined) result.added[element] = added;
  if (modified !== undefined) result.modified[element] = modified;
  if (removed !== undefined) result.removed[element] = removed;
}

function listItems(before: Json | undefined, after: Json | undefined, type: ListType): Comparison {
  const result: OpenComparison = { added: {}, modified: {}, removed: {} };
  const left = grouped(itemsOf(before), type);
  const right = grouped(itemsOf(after), type);
  for (const [element, olds] of left) {
    const news = right.get(element) ?? [];
    if (olds.length < 2 && news.length < 2) record(result, element, verdict(olds[0], news[0], type.element));
    else recordDuplicates(result, element, { olds, news }, type);
  }
  for (const [element, news] of right) {
    if (left.has(element)) continue;
    if (news.length < 2) record(result, element, verdict(undefined, news[0], type.element));
    else result.added[element] = MEMBER;
  }
  return result;
}

function recordDuplicates(
  result: OpenComparison,
  element: string,
  { olds, news }: { readonly olds: readonly Json[]; readonly news: readonly Json[] },
  type: ListType,
): void {
  if (olds.length > 1 && news.length > 1) {
    if (!isEqual(olds, news)) result.modified[element] = MEMBER;
  } else if (olds.length > 1) {
    if (news.length > 0) record(result, element, verdict(undefined, news[0], type.element));
    insert(result.removed, element, true, NO_FIELDS);
  } else {
    record(result, element, verdict(olds[0], undefined, type.element));
    insert(result.added, element, true, NO_FIELDS);
  }
}

function grouped(items: readonly Json[] | undefined, type: ListType): ReadonlyMap<string, readonly Json[]> {
  const groups = new Map<string, Json[]>();
  if (items === undefined) return groups;
  itemElements(type, items).forEach((element, position) => {
    const item = items[position] ?? null;
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  });
  return groups;
}
