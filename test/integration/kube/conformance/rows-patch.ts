/** Merge patches and JSON patches. */
import { row, uidOf, versionOf } from "./row.ts";
import type { Row } from "./row.ts";
import { create, gadget, get, GADGET_PATH, jsonPatch, merge, remove, send } from "./steps.ts";

export const PATCH_ROWS: readonly Row[] = [
  row("a patch of spec raises version and generation", create(gadget()), merge({ spec: { size: 5 } })),
  row("a patch of metadata raises only the version", create(gadget()), merge({ metadata: { labels: { a: "b" } } })),
  row("a patch that changes nothing raises nothing", create(gadget()), merge({ spec: { size: 1 } }), merge({})),
  row(
    "a patch with the version that was read, and with an old one",
    create(gadget()),
    merge((seen) => ({ metadata: { resourceVersion: versionOf(seen, 0) }, spec: { size: 2 } })),
    merge((seen) => ({ metadata: { resourceVersion: versionOf(seen, 0) }, spec: { size: 3 } })),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "an old version is a conflict even when nothing would change",
    create(gadget()),
    merge({ spec: { size: 2 } }),
    merge((seen) => ({ metadata: { resourceVersion: versionOf(seen, 0) }, spec: { size: 2 } })),
  ),
  row("a patch of what is not there", merge({ spec: { size: 5 } })),
  row(
    "a patch with another uid",
    create(gadget()),
    merge({ metadata: { uid: "11111111-1111-4111-8111-111111111111" } }),
  ),
  row(
    "a patch with its own uid",
    create(gadget()),
    merge((seen) => ({ metadata: { uid: uidOf(seen, 0) }, spec: { size: 8 } })),
  ),
  row(
    "a null takes a member away, and its default comes back",
    create(gadget({ spec: { size: 1, mode: "Off", note: "x" } })),
    merge({ spec: { size: null, mode: null } }),
  ),
  row("a null is kept where it may stand", create(gadget({ spec: { note: null } })), merge({ spec: { size: 2 } })),
  row(
    "a patch replaces lists whole",
    create(gadget({ spec: { parts: [{ name: "a" }, { name: "b" }] } })),
    merge({ spec: { parts: [{ name: "c" }] } }),
  ),
  row("unknown members of a patch go", create(gadget()), merge({ spec: { unheard: 1 }, other: { a: 1 } })),
  row(
    "a patch of status through the main resource does nothing",
    create(gadget()),
    merge({ status: { phase: "X" } }),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a patch of spec through status does nothing",
    create(gadget()),
    merge({ spec: { size: 77 }, metadata: { labels: { a: "b" } } }, `${GADGET_PATH}/{x}/status`),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a patch of status through status",
    create(gadget()),
    merge({ status: { phase: "X", counts: { ready: 1 } } }, `${GADGET_PATH}/{x}/status`),
    merge({ status: { phase: null } }, `${GADGET_PATH}/{x}/status`),
  ),
  row(
    "a status survives changes of spec",
    create(gadget()),
    merge({ status: { phase: "X" } }, `${GADGET_PATH}/{x}/status`),
    merge({ spec: { size: 3 } }),
  ),
  row(
    "an invalid patch is refused and changes nothing",
    create(gadget()),
    merge({ spec: { size: 1_000 } }),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a field of a former writer goes over to who changes it",
    create(gadget()),
    send({
      method: "PATCH",
      path: `${GADGET_PATH}/{x}?fieldManager=other`,
      contentType: "application/merge-patch+json",
      body: { spec: { size: 2, name: "ab" } },
    }),
  ),
  row(
    "two writers of one field: the second takes it",
    create(gadget()),
    send({
      method: "PATCH",
      path: `${GADGET_PATH}/{x}`,
      contentType: "application/merge-patch+json",
      body: { spec: { size: 2 } },
      userAgent: "second/2 (x)",
    }),
    merge({ spec: { size: 3 } }),
  ),
  row(
    "a removed field is nobody's",
    create(gadget({ spec: { size: 1, name: "ab" } })),
    merge({ spec: { name: null } }),
  ),
  row(
    "finalizers are put on and taken off",
    create(gadget()),
    merge({ metadata: { finalizers: ["example.com/a"] } }),
    merge({ metadata: { finalizers: ["example.com/a", "example.com/b"] } }),
    merge({ metadata: { finalizers: null } }),
  ),
  row(
    "a finalizer on an object that is going is refused",
    create(gadget({}, { finalizers: ["example.com/a"] })),
    remove(),
    merge({ metadata: { finalizers: ["example.com/a", "example.com/b"] } }),
    merge({ metadata: { finalizers: null } }),
  ),
  row(
    "a spec can change while the object is going",
    create(gadget({}, { finalizers: ["example.com/a"] })),
    remove(),
    merge({ spec: { size: 2 } }),
    merge({ metadata: { finalizers: [] } }),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a JSON patch with its tests",
    create(gadget({}, { finalizers: ["example.com/a", "example.com/b"] })),
    jsonPatch([
      { op: "test", path: "/metadata/finalizers/0", value: "example.com/a" },
      { op: "remove", path: "/metadata/finalizers/0" },
      { op: "add", path: "/metadata/labels", value: { "a/b": "c" } },
      { op: "replace", path: "/spec/size", value: 12 },
    ]),
    jsonPatch([
      { op: "remove", path: "/metadata/labels/a~1b" },
      { op: "remove", path: "/metadata/finalizers" },
    ]),
  ),
  row(
    "a JSON patch whose test fails",
    create(gadget()),
    jsonPatch([
      { op: "test", path: "/spec/size", value: 2 },
      { op: "replace", path: "/spec/size", value: 3 },
    ]),
    get(`${GADGET_PATH}/{x}`),
  ),
];
