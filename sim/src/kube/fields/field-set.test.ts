import fc from "fast-check";
import { difference, insert, intersection, membersOf, NO_FIELDS, recursiveDifference, union } from "./field-set.ts";
import type { FieldSet, OpenFieldSet } from "./field-set.ts";

/** The model: a set of paths, each a text of elements. */
type Paths = ReadonlySet<string>;

const element = fc.constantFrom("f:a", "f:b", 'k:{"n":"x"}', 'v:"s"');
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 6 });

function setOf(list: readonly (readonly string[])[]): FieldSet {
  const set: OpenFieldSet = {};
  for (const path of list) add(set, path);
  return set;
}

function add(into: OpenFieldSet, [first, ...rest]: readonly string[]): void {
  if (first === undefined) return;
  const below: OpenFieldSet = {};
  add(below, rest);
  insert(into, first, rest.length === 0, below);
}

const modelOf = (set: FieldSet): Paths => new Set([...membersOf(set)].map((path) => path.join(" ")));
const given = (list: readonly (readonly string[])[]): Paths => new Set(list.map((path) => path.join(" ")));
const isBelow = (path: string, all: Paths): boolean =>
  [...all].some((other) => path === other || path.startsWith(`${other} `));

test("a set holds the paths that it was made of", () => {
  fc.assert(fc.property(paths, (list) => expect(modelOf(setOf(list))).toEqual(given(list))));
});

const LAWS: readonly (readonly [
  name: string,
  ours: (a: FieldSet, b: FieldSet) => FieldSet,
  model: (a: Paths, b: Paths) => Paths,
])[] = [
  ["union", union, (a, b) => new Set([...a, ...b])],
  ["difference", difference, (a, b) => new Set([...a].filter((path) => !b.has(path)))],
  ["intersection", intersection, (a, b) => new Set([...a].filter((path) => b.has(path)))],
  ["recursiveDifference", recursiveDifference, (a, b) => new Set([...a].filter((path) => !isBelow(path, b)))],
];

test.each(LAWS)("%s is that of the sets of paths, and leaves its operands alone", (_, ours, model) => {
  fc.assert(
    fc.property(paths, paths, (left, right) => {
      const [a, b] = [setOf(left), setOf(right)];
      const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)];
      expect(modelOf(ours(a, b))).toEqual(model(given(left), given(right)));
      expect([JSON.stringify(a), JSON.stringify(b)]).toEqual([textA, textB]);
    }),
    { numRuns: 500 },
  );
});

test("an operation that changes nothing gives its left operand back", () => {
  fc.assert(
    fc.property(paths, (list) => {
      const set = setOf(list);
      expect(union(set, set)).toBe(set);
      expect(union(set, NO_FIELDS)).toBe(set);
      expect(difference(set, NO_FIELDS)).toBe(set);
      expect(recursiveDifference(set, NO_FIELDS)).toBe(set);
    }),
  );
});
