import fc from "fast-check";
import { frozenObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { decodeManaged } from "./managed.ts";
import { LEAF, mapType } from "./merge-type.ts";
import type { MergeType } from "./merge-type.ts";
import { applied } from "./owners.ts";
import { toFieldSet } from "./to-set.ts";
import { intersection, membersOf } from "./field-set.ts";

const item = mapType(
  new Map([
    ["name", LEAF],
    ["weight", LEAF],
  ]),
  undefined,
);
const spec = mapType(
  new Map<string, MergeType>([
    ["a", LEAF],
    ["b", LEAF],
    ["set", { kind: "list", element: LEAF, keys: [], keyDefaults: new Map() }],
    ["parts", { kind: "list", element: item, keys: ["name"], keyDefaults: new Map() }],
  ]),
  undefined,
);
const type = mapType(
  new Map<string, MergeType>([
    ["metadata", mapType(new Map([["managedFields", LEAF]]), undefined)],
    ["spec", spec],
  ]),
  undefined,
);

const specs = fc.record(
  {
    a: fc.nat(2),
    b: fc.nat(2),
    set: fc.uniqueArray(fc.constantFrom("x", "y", "z"), { minLength: 1 }),
    parts: fc.uniqueArray(fc.record({ name: fc.constantFrom("p", "q", "r"), weight: fc.nat(1) }), {
      minLength: 1,
      selector: ({ name }) => name,
    }),
  },
  { requiredKeys: ["a"] },
);

function apply(live: JsonObject, manager: string, configured: object): JsonObject {
  const writer = { manager, apiVersion: "v1", subresource: undefined, time: "t" };
  const object = applied({
    live,
    applied: frozenObject({ spec: configured }),
    writer,
    isForced: true,
    type,
    empty: {},
    reset: {},
  });
  return object;
}

const owned = ({ spec: held = null }: JsonObject): JsonObject => ({ spec: held });
const START = frozenObject({ metadata: {} });

test("after a forced apply the object holds what was applied, and the same apply again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("one", "two"), specs), { minLength: 1, maxLength: 6 }), (writes) => {
      let live = START;
      for (const [manager, configured] of writes) {
        live = apply(live, manager, configured);
        const wanted = toFieldSet(frozenObject({ spec: configured }), type);
        expect(membersCount(intersection(toFieldSet(owned(live), type), wanted))).toBe(membersCount(wanted));
        expect(apply(live, manager, configured)).toEqual(live);
      }
    }),
  );
});

test("one manager alone: the object is what it applied last", () => {
  fc.assert(
    fc.property(specs, specs, (first, second) => {
      const live = apply(apply(START, "one", first), "one", second);
      expect(sortedLists(live["spec"])).toEqual(sortedLists(frozenObject(second)));
    }),
  );
});

test("nobody owns a field that the object does not have, and no applied field is without an owner", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("one", "two", "three"), specs), { minLength: 1, maxLength: 6 }),
      (writes) => {
        const live = writes.reduce((object, [manager, configured]) => apply(object, manager, configured), START);
        const present = new Set([...membersOf(toFieldSet(owned(live), type))].map(String));
        const { managedFields } = live["metadata"] as JsonObject;
        const all = new Set(
          [...decodeManaged(managedFields).values()].flatMap(({ fields }) => [...membersOf(fields)].map(String)),
        );
        expect([...all].filter((path) => !present.has(path))).toEqual([]);
        expect([...present].filter((path) => !all.has(path))).toEqual([]);
      },
    ),
  );
});

function membersCount(set: Parameters<typeof membersOf>[0]): number {
  return [...membersOf(set)].length;
}

/** Order among items is not what these tests are about. */
function sortedLists(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sortedLists).sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sortedLists(member)]));
}
