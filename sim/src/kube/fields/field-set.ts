/**
 * Sets of fields in the form in which `managedFields` stores them (FieldsV1), and the operations on them.
 * A key is a path element (`f:name`, `k:{...}`, `v:...`); an empty node is a member; a node with children is a member only with ".".
 * Guarantees: results share what did not change; nothing is changed in place; no node is left that says nothing.
 * Source: structured-merge-diff, fieldpath/set.go and serialize.go.
 */
import { isEmpty } from "../json.ts";

export interface FieldSet {
  readonly [element: string]: FieldSet;
}
/** While it is built; the builder gives it away afterwards. */
export interface OpenFieldSet {
  [element: string]: FieldSet;
}

export const NO_FIELDS: FieldSet = Object.freeze({});
/** A member without children. */
export const MEMBER: FieldSet = NO_FIELDS;
const SELF = ".";

export function isMember(node: FieldSet): boolean {
  return SELF in node || isEmpty(node);
}

/** A node from its parts; undefined when it would say nothing. */
function node(isMemberToo: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmpty(children)) return isMemberToo ? MEMBER : undefined;
  if (!isMemberToo) return SELF in children ? childrenOf(children) : children;
  return SELF in children ? children : { [SELF]: MEMBER, ...children };
}

function childrenOf(set: FieldSet): FieldSet {
  if (!(SELF in set)) return set;
  const { [SELF]: _, ...children } = set;
  return children;
}

/** Adds one element to a set that is being built. */
export function insert(into: OpenFieldSet, element: string, isMemberToo: boolean, children: FieldSet): void {
  const added = node(isMemberToo, children);
  if (added === undefined) return;
  const before = into[element];
  into[element] = before === undefined ? added : unionOfNodes(before, added);
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmpty(right)) return left;
  if (isEmpty(left)) return right;
  let result: OpenFieldSet | undefined;
  for (const element in right) {
    const theirs = right[element] ?? MEMBER;
    const ours = left[element];
    const merged = ours === undefined ? theirs : unionOfNodes(ours, theirs);
    if (merged !== ours) (result ??= { ...left })[element] = merged;
  }
  return result ?? left;
}

function unionOfNodes(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left;
  const isMemberToo = isMember(left) || isMember(right);
  if (isMemberToo === isMember(left) && isEmpty(childrenOf(right))) return left;
  const children = union(childrenOf(left), childrenOf(right));
  if (children === left && !isMemberToo) return left;
  return node(isMemberToo, children) ?? MEMBER;
}

type NodeOperation = (left: FieldSet, right: FieldSet) => FieldSet | undefined;

/** Walks the elements of `left`; those that `right` lacks are kept or dropped as a whole. */
function combine(left: FieldSet, right: FieldSet, isKeptAlone: boolean, operation: NodeOperation): FieldSet {
  if (isKeptAlone && isEmpty(right)) return left;
  let isSame = true;
  const result: OpenFieldSet = {};
  for (const element in left) {
    if (element === SELF) continue;
    const ours = left[element] ?? MEMBER;
    const theirs = right[element];
    const kept = theirs === undefined ? (isKeptAlone ? ours : undefined) : operation(ours, theirs);
    if (kept !== ours) isSame = false;
    if (kept !== undefined) result[element] = kept;
  }
  return isSame ? left : result;
}

/** Members of `left` that are not members of `right`. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, true, (ours, theirs) => {
    const isMemberStill = isMember(ours) && !isMember(theirs);
    const before = childrenOf(ours);
    const children = difference(before, childrenOf(theirs));
    if (children === before && isMemberStill === isMember(ours)) return ours;
    return node(isMemberStill, children);
  });
}

/** As `difference`, but a member of `right` takes everything below it away too. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, true, (ours, theirs) => {
    if (isMember(theirs)) return undefined;
    const before = childrenOf(ours);
    const children = recursiveDifference(before, childrenOf(theirs));
    return children === before ? ours : node(isMember(ours), children);
  });
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, false, (ours, theirs) => {
    if (ours === theirs) return ours;
    return node(isMember(ours) && isMember(theirs), intersection(childrenOf(ours), childrenOf(theirs)));
  });
}

/** Every member, as the path elements that lead to it, in the order in which the server tells them. */
export function* membersOf(set: FieldSet, path: readonly string[] = []): Generator<readonly string[]> {
  const elements = Object.keys(set).filter((element) => element !== SELF);
  elements.sort(byKindThenName);
  for (const element of elements) if (isMember(set[element] ?? MEMBER)) yield [...path, element];
  for (const element of elements) yield* membersOf(set[element] ?? MEMBER, [...path, element]);
}

const ORDER = "fkvi";

function byKindThenName(left: string, right: string): number {
  const kinds = ORDER.indexOf(left.charAt(0)) - ORDER.indexOf(right.charAt(0));
  return kinds !== 0 ? kinds : left < right ? -1 : 1;
}
