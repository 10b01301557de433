/** Server-side apply of the main resource. */
import { meta, row, uidOf, versionOf } from "./row.ts";
import type { Row, Seen } from "./row.ts";
import { apply, create, gadget, get, GADGET_PATH, merge, send } from "./steps.ts";

const bare = (spec?: object, metadata: object = {}): object => {
  const { spec: _, ...rest } = gadget({}, metadata) as { spec?: object };
  return spec === undefined ? rest : { ...rest, spec };
};
const owner = (seen: Seen, index: number): object => ({
  apiVersion: "conformance.example.com/v1",
  kind: "Gadget",
  name: String(meta(seen, index)["name"]),
  uid: uidOf(seen, index),
});
const two = { manager: "two" };
const forced = { manager: "two", force: true } as const;

export const APPLY_ROWS: readonly Row[] = [
  row("an apply creates what is not there", apply(bare({ size: 1 }))),
  row("an apply without a manager is refused", apply(bare({ size: 1 }), { manager: "" })),
  row(
    "the same apply again raises nothing",
    apply(bare({ size: 1 })),
    apply(bare({ size: 1 })),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "an apply of an equal value by another one shares it",
    apply(bare({ size: 1 })),
    apply(bare({ size: 1 }), two),
    apply(bare({ size: 1 }), two),
  ),
  row(
    "an apply of another value by another one conflicts",
    apply(bare({ size: 1 })),
    apply(bare({ size: 2 }), two),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "two conflicts are told together",
    apply(bare({ size: 1, name: "ab" })),
    apply(bare({ size: 2, name: "cd" }), two),
  ),
  row(
    "conflicts with two managers",
    apply(bare({ size: 1 })),
    apply(bare({ name: "ab" }), two),
    apply(bare({ size: 2, name: "cd" }), { manager: "three" }),
  ),
  row("force takes the field", apply(bare({ size: 1, name: "ab" })), apply(bare({ size: 2 }), forced)),
  row("force takes the last field of a manager", apply(bare({ size: 1 })), apply(bare({ size: 2 }), forced)),
  row("a field that is not applied any more goes", apply(bare({ size: 1, name: "ab" })), apply(bare({ size: 1 }))),
  row(
    "a field that another one applies too stays",
    apply(bare({ size: 1, name: "ab" })),
    apply(bare({ name: "ab" }), two),
    apply(bare({ size: 1 })),
  ),
  row(
    "a field that somebody updated is not the applier's any more",
    apply(bare({ size: 1, name: "ab" })),
    merge({ spec: { name: "cd" } }),
    apply(bare({ size: 1 })),
  ),
  row(
    "a field that an updater owns stays when an applier lets it go",
    create(gadget({ spec: { size: 1, name: "ab" } })),
    apply(bare({ name: "ab" })),
    apply(bare({ size: 1 })),
  ),
  row("a conflict with an updater names its version", create(gadget({ spec: { size: 1 } })), apply(bare({ size: 2 }))),
  row(
    "a default comes back for what is not applied any more",
    apply(bare({ size: 1, mode: "Off" })),
    apply(bare({ size: 1 })),
  ),
  row("defaults are nobody's by an apply", apply(bare({ size: 1, box: { width: 3 } }))),
  row("nothing left of spec", apply(bare({ name: "ab" })), apply(bare())),
  row(
    "labels of two",
    apply(bare({ size: 1 }, { labels: { a: "1" } })),
    apply(bare(undefined, { labels: { b: "2" } }), two),
    apply(bare(undefined, { labels: {} }), two),
    apply(bare(undefined), two),
  ),
  row(
    "annotations of an applier and an updater",
    apply(bare({ size: 1 }, { annotations: { a: "1" } })),
    merge({ metadata: { annotations: { b: "2" } } }),
    apply(bare({ size: 1 })),
  ),
  row(
    "finalizers are a set",
    apply(bare({ size: 1 }, { finalizers: ["example.com/a"] })),
    apply(bare(undefined, { finalizers: ["example.com/b"] }), two),
    apply(bare({ size: 1 })),
    apply(bare(undefined), two),
  ),
  row(
    "owners are a map by uid",
    create(gadget({}, { name: "{x}-a" })),
    create(gadget({}, { name: "{x}-b" })),
    apply((seen) => bare({ size: 1 }, { ownerReferences: [owner(seen, 0)] })),
    apply((seen) => bare(undefined, { ownerReferences: [owner(seen, 1)] }), two),
    apply(bare({ size: 1 })),
    apply(bare(undefined), two),
  ),
  row(
    "a set of scalars: everybody adds its own",
    apply(bare({ colours: ["red", "blue"] })),
    apply(bare({ colours: ["green", "red"] }), two),
    apply(bare({ colours: ["blue"] })),
    apply(bare({ colours: [] }), two),
  ),
  row(
    "an atomic list is one field",
    apply(bare({ steps: [{ say: "a" }, { say: "b" }] })),
    apply(bare({ steps: [{ say: "a" }] }), two),
    apply(bare({ steps: [{ say: "c" }] }), forced),
    apply(bare({ size: 1 })),
  ),
  row(
    "an atomic map is one field",
    apply(bare({ sealed: { a: "1" } })),
    apply(bare({ sealed: { b: "2" } }), two),
    apply(bare({ sealed: { b: "2" } }), forced),
  ),
  row(
    "a map list: items by key",
    apply(bare({ parts: [{ name: "a", weight: 1 }, { name: "b" }] })),
    apply(bare({ parts: [{ name: "b", colour: "red" }, { name: "c" }] }), two),
    apply(bare({ parts: [{ name: "b" }] })),
    apply(bare({ parts: [{ name: "c" }] }), two),
  ),
  row(
    "a map list keeps the live order around the applied one",
    create(gadget({ spec: { parts: [{ name: "a" }, { name: "b" }, { name: "c" }, { name: "d" }] } })),
    apply(bare({ parts: [{ name: "e" }, { name: "c" }, { name: "a" }, { name: "f" }] })),
  ),
  row(
    "a map list in another order is reordered",
    apply(bare({ parts: [{ name: "a" }, { name: "b" }, { name: "c" }] })),
    apply(bare({ parts: [{ name: "c" }, { name: "b" }, { name: "a" }] })),
  ),
  row(
    "a map list with a live item between",
    apply(bare({ parts: [{ name: "a" }, { name: "c" }] })),
    apply(bare({ parts: [{ name: "b" }] }), two),
    apply(bare({ parts: [{ name: "a" }, { name: "d" }, { name: "c" }] })),
  ),
  row(
    "keys with defaults",
    apply(bare({ ports: [{ port: 1 }, { port: 1, protocol: "UDP", label: "x" }] })),
    apply(bare({ ports: [{ port: 1, protocol: "TCP", label: "y" }] }), two),
    apply(bare({ ports: [{ port: 1, protocol: "UDP", label: "x" }] })),
  ),
  row(
    "a conflict in an item names its key",
    apply(bare({ parts: [{ name: "a", weight: 1 }] })),
    apply(bare({ parts: [{ name: "a", weight: 2 }] }), two),
  ),
  row(
    "an item that an updater added to is kept with what is its",
    apply(bare({ parts: [{ name: "a", weight: 1 }] })),
    merge({ spec: { parts: [{ name: "a", weight: 1, colour: "red" }] } }),
    apply(bare({ size: 1 })),
  ),
  row(
    "tags of a typed map",
    apply(bare({ tags: { a: "1", b: "2" } })),
    apply(bare({ tags: { b: "2", c: "3" } }), two),
    apply(bare({ tags: { a: "1" } })),
    apply(bare({ size: 1 })),
  ),
  row(
    "free form: maps merge, lists are one",
    apply(bare({ free: { a: { b: 1 }, list: [1, 2], n: 1 } })),
    apply(bare({ free: { a: { c: 2 } } }), two),
    apply(bare({ free: { a: { b: 1 } } })),
  ),
  row(
    "free form: a map becomes a scalar",
    apply(bare({ free: { a: { b: 1 } } })),
    apply(bare({ free: { a: 1 } })),
    apply(bare({ free: { a: [1] } })),
  ),
  row("an empty map is a field of its own", apply(bare({ box: {}, tags: {} })), apply(bare({ tags: {} }))),
  row("a null in an applied body", apply(bare({ size: 1, note: null })), apply(bare({ size: null }))),
  row("a field that the schema does not have is refused", apply(bare({ size: 1, unheard: { a: 1 } }))),
  row("a field of an item that the schema does not have", apply(bare({ parts: [{ name: "a", unheard: 1 }] }))),
  row("an invalid value is refused", apply(bare({ size: 500 }))),
  row("status in an apply of the main resource is nobody's", apply({ ...bare({ size: 1 }), status: { phase: "X" } })),
  row(
    "an apply with the version that was read, and with an old one",
    create(gadget()),
    apply((seen) => bare({ name: "ab" }, { resourceVersion: versionOf(seen, 0) })),
    apply((seen) => bare({ name: "cd" }, { resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "an apply under another name is refused",
    create(gadget()),
    apply({ ...bare({ size: 1 }), metadata: { name: "another" } }),
  ),
  row(
    "an apply with managers in it is refused",
    create(gadget()),
    apply(
      bare(
        { size: 1 },
        {
          managedFields: [
            {
              manager: "x",
              operation: "Apply",
              apiVersion: "conformance.example.com/v1",
              fieldsType: "FieldsV1",
              fieldsV1: {},
            },
          ],
        },
      ),
    ),
  ),
  row(
    "an apply with a uid of what is not there",
    apply(bare({ size: 1 }, { uid: "11111111-1111-4111-8111-111111111111" })),
  ),
  row(
    "an object whose managers were forgotten",
    create(gadget({ spec: { size: 1, name: "ab" } })),
    merge({ metadata: { managedFields: [{}] } }),
    apply(bare({ name: "cd" }), { force: true }),
  ),
  row(
    "more than ten updaters are brought together",
    create(gadget()),
    ...Array.from({ length: 12 }, (_, count) =>
      send({
        method: "PATCH",
        path: `${GADGET_PATH}/{x}?fieldManager=m${count}`,
        contentType: "application/merge-patch+json",
        body: { metadata: { labels: { [`l${count}`]: "x" } } },
      }),
    ),
  ),
];
