/** Defaults, pruning and validation by the CRD's schema. */
import { row } from "./row.ts";
import type { Row } from "./row.ts";
import { create, gadget, get, GADGET_PATH, merge } from "./steps.ts";

const wrong = (name: string, spec: object): Row => row(name, create(gadget({ spec })));
const right = (name: string, spec: object): Row => row(name, create(gadget({ spec })), get(`${GADGET_PATH}/{x}`));

export const SCHEMA_ROWS: readonly Row[] = [
  right("defaults at every depth", {}),
  right("a default below a given object", { box: { width: 1 } }),
  right("a given value is not defaulted", { replicas: 0, mode: "Off", box: { depth: 1 } }),
  right("a default in an item's key", { ports: [{ port: 1 }] }),
  right("a null gives way to the default", { mode: null, box: null }),
  right("a null that may not be is dropped", { size: null, colours: null, tags: null }),
  right("unknown members are dropped at every depth", {
    unheard: 1,
    box: { unheard: 1 },
    parts: [{ name: "a", unheard: 1 }],
    free: { kept: { deep: [1, { x: null }] } },
  }),
  row("an object without spec", create(gadget({ spec: undefined }))),
  row("unknown members of the object are dropped", create(gadget({ other: 1 }))),
  wrong("text for a number", { size: "one" }),
  wrong("a number for text", { name: 1 }),
  wrong("a fraction for an integer", { size: 1.5 }),
  wrong("a list for an object", { box: [] }),
  wrong("an object for a list", { colours: {} }),
  wrong("text for a flag", { isLoud: "yes" }),
  wrong("a number below the minimum", { size: -1 }),
  wrong("a number above the maximum", { size: 101 }),
  wrong("a word that is not in the enumeration", { mode: "Half" }),
  wrong("text against its pattern", { name: "ABC" }),
  wrong("text that is too short", { name: "a" }),
  wrong("text that is too long", { name: "abcdefghi" }),
  wrong("a list that is too long", { colours: ["a", "b", "c", "d", "e"] }),
  wrong("a list that is too short", { steps: [] }),
  wrong("too many members", { tags: { a: "1", b: "2", c: "3", d: "4" } }),
  wrong("a member's value that is too long", { tags: { a: "123456" } }),
  wrong("a time that is none", { since: "yesterday" }),
  wrong("a required member that is missing", { parts: [{ weight: 1 }] }),
  wrong("a scalar twice in a set", { colours: ["a", "b", "a"] }),
  wrong("a key twice in a map", { parts: [{ name: "a" }, { name: "b" }, { name: "a" }] }),
  wrong("two keys twice in a map", { ports: [{ port: 1 }, { port: 2 }, { port: 1, protocol: "TCP" }] }),
  wrong("several errors", { size: -1, name: "A", mode: "Half" }),
  wrong("an error in an item", { parts: [{ name: "a" }, { name: "b", weight: "heavy" }] }),
  row(
    "an update may leave an item of a map alone and change another",
    create(gadget({ spec: { parts: [{ name: "a", weight: 1 }] } })),
    merge({
      spec: {
        parts: [
          { name: "a", weight: 1 },
          { name: "b", weight: 2 },
        ],
      },
    }),
  ),
  row(
    "an invalid update names the field",
    create(gadget()),
    merge({ spec: { parts: [{ name: "a" }, { name: "a" }] } }),
    merge({ spec: { box: 1 } }),
  ),
];
