/** Deleting, finalizers, preconditions, propagation; the garbage collector and the end of a namespace. */
import { row, rowAlone, uidOf, versionOf } from "./row.ts";
import type { Answer, Row, Seen } from "./row.ts";
import { create, gadget, get, GADGET_PATH, isGone, LEASE_PATH, merge, remove, send, settle } from "./steps.ts";

const HELD = { finalizers: ["example.com/a"] };
const release = (path = `${GADGET_PATH}/{x}`): ReturnType<typeof merge> =>
  merge({ metadata: { finalizers: null } }, path);
const propagation = (propagationPolicy: string): object => ({
  kind: "DeleteOptions",
  apiVersion: "v1",
  propagationPolicy,
});
const OTHER_UID = "11111111-1111-4111-8111-111111111111";
const path = (name: string): string => `${GADGET_PATH}/{x}-${name}`;
const ownedBy =
  (index: number, more: object = {}) =>
  (seen: Seen): object => ({
    apiVersion: "conformance.example.com/v1",
    kind: "Gadget",
    name: (seen[index]?.body as { metadata: { name: string } }).metadata.name,
    uid: uidOf(seen, index),
    ...more,
  });
const child = (
  name: string,
  owners: readonly ((seen: Seen) => object)[],
  metadata: object = {},
): ReturnType<typeof create> =>
  create((seen) =>
    gadget({}, { name: `{x}-${name}`, ownerReferences: owners.map((owner) => owner(seen)), ...metadata }),
  );
const isDeleting = ({ body }: Answer): boolean => JSON.stringify(body).includes('"deletionTimestamp"');
const isWithout =
  (text: string) =>
  ({ body }: Answer): boolean => {
    const { metadata } = body as { metadata?: { finalizers?: readonly string[] } };
    return !JSON.stringify(metadata?.finalizers ?? []).includes(text);
  };
const NAMESPACE = "/api/v1/namespaces/{ns}";
const namespace = (name: string): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

export const DELETE_ROWS: readonly Row[] = [
  row("a delete at once", create(gadget()), remove(), get(`${GADGET_PATH}/{x}`)),
  row(
    "a delete with the operator's body",
    create(gadget()),
    remove((seen) => ({ ...propagation("Background"), preconditions: { uid: uidOf(seen, 0) } })),
  ),
  row("a delete of what is not there", remove()),
  row(
    "a finalizer holds the object",
    create(gadget({}, HELD)),
    remove(),
    get(`${GADGET_PATH}/{x}`),
    release(),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a second delete changes nothing",
    create(gadget({}, HELD)),
    remove(),
    remove(),
    get(`${GADGET_PATH}/{x}`),
    release(),
  ),
  row(
    "one of two finalizers is not enough",
    create(gadget({}, { finalizers: ["example.com/a", "example.com/b"] })),
    remove(),
    merge({ metadata: { finalizers: ["example.com/b"] } }),
    release(),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "another uid is a conflict",
    create(gadget()),
    remove({ ...propagation("Background"), preconditions: { uid: OTHER_UID } }),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "another uid of a held object is a conflict",
    create(gadget({}, HELD)),
    remove({ preconditions: { uid: OTHER_UID } }),
    release(),
  ),
  row(
    "an old version is a conflict",
    create(gadget()),
    merge({ spec: { size: 2 } }),
    remove((seen) => ({ preconditions: { resourceVersion: versionOf(seen, 0) } })),
    remove((seen) => ({ preconditions: { resourceVersion: versionOf(seen, 1) } })),
  ),
  row(
    "made anew, it is another one",
    create(gadget()),
    remove(),
    create(gadget()),
    remove((seen) => ({ preconditions: { uid: uidOf(seen, 0) } })),
    remove((seen) => ({ preconditions: { uid: uidOf(seen, 2) } })),
  ),
  row(
    "foreground puts its finalizer on, and the collector takes it off",
    create(gadget({}, HELD)),
    remove(propagation("Foreground")),
    settle(`${GADGET_PATH}/{x}`, isWithout("foregroundDeletion")),
    release(),
  ),
  row(
    "orphan puts its finalizer on, and the collector takes it off",
    create(gadget({}, HELD)),
    remove(propagation("Orphan")),
    settle(`${GADGET_PATH}/{x}`, isWithout('"orphan"')),
    release(),
  ),
  row(
    "a later policy replaces an earlier one",
    create(gadget({}, HELD)),
    child("a", [ownedBy(0, { blockOwnerDeletion: true })], HELD),
    remove(propagation("Foreground")),
    settle(path("a"), isDeleting),
    remove(propagation("Background")),
    release(),
    release(path("a")),
  ),
  row(
    "no generation is counted twice",
    create(gadget({}, HELD)),
    remove(),
    merge({ spec: { size: 9 } }),
    remove(),
    release(),
  ),
];

export const GARBAGE_ROWS: readonly Row[] = [
  row(
    "background: the owner goes, then its dependents",
    create(gadget()),
    child("a", [ownedBy(0)]),
    child("b", [ownedBy(0)]),
    remove(propagation("Background")),
    settle(path("a"), isGone),
    settle(path("b"), isGone),
  ),
  row(
    "a dependent with a finalizer waits for it",
    create(gadget()),
    child("a", [ownedBy(0)], HELD),
    remove(),
    settle(path("a"), isDeleting),
    release(path("a")),
    get(path("a")),
  ),
  row(
    "foreground: the owner waits for dependents that block",
    create(gadget()),
    child("a", [ownedBy(0, { blockOwnerDeletion: true })], HELD),
    remove(propagation("Foreground")),
    settle(path("a"), isDeleting),
    get(`${GADGET_PATH}/{x}`),
    release(path("a")),
    settle(`${GADGET_PATH}/{x}`, isGone),
  ),
  row(
    "foreground: a dependent that does not block is not waited for",
    create(gadget()),
    child("a", [ownedBy(0)], HELD),
    remove(propagation("Foreground")),
    settle(`${GADGET_PATH}/{x}`, isGone),
    settle(path("a"), isDeleting),
    release(path("a")),
  ),
  row(
    "foreground without dependents",
    create(gadget()),
    remove(propagation("Foreground")),
    settle(`${GADGET_PATH}/{x}`, isGone),
  ),
  row(
    "orphan: dependents stay and lose the owner",
    create(gadget()),
    child("a", [ownedBy(0)]),
    remove(propagation("Orphan")),
    settle(`${GADGET_PATH}/{x}`, isGone),
    settle(path("a"), ({ body }) => !JSON.stringify(body).includes('"ownerReferences":')),
    remove(undefined, path("a")),
  ),
  row(
    "a dependent with another owner left stays and loses the lost one",
    create(gadget()),
    create(gadget({}, { name: "{x}-o" })),
    child("a", [ownedBy(0), ownedBy(1)]),
    remove(),
    settle(
      path("a"),
      ({ body }) =>
        (body as { metadata: { ownerReferences?: readonly unknown[] } }).metadata.ownerReferences?.length === 1,
    ),
    remove(undefined, path("o")),
    settle(path("a"), isGone),
  ),
  row(
    "an owner with the name but another uid is none",
    child("a", [() => ({ apiVersion: "conformance.example.com/v1", kind: "Gadget", name: "{x}", uid: OTHER_UID })]),
    settle(path("a"), isGone),
  ),
  row(
    "an owner that was made anew is none",
    create(gadget()),
    remove(),
    create(gadget()),
    child("a", [ownedBy(0)], HELD),
    settle(path("a"), isDeleting),
    release(path("a")),
    remove(),
  ),
  row(
    "grandchildren go too",
    create(gadget()),
    child("a", [ownedBy(0)]),
    child("b", [ownedBy(1)]),
    remove(),
    settle(path("b"), isGone),
    settle(path("a"), isGone),
  ),
  row(
    "foreground goes down the generations",
    create(gadget()),
    child("a", [ownedBy(0, { blockOwnerDeletion: true })]),
    child("b", [ownedBy(1, { blockOwnerDeletion: true })], HELD),
    remove(propagation("Foreground")),
    settle(path("b"), isDeleting),
    get(path("a")),
    release(path("b")),
    settle(`${GADGET_PATH}/{x}`, isGone),
    get(path("a")),
  ),
];

export const NAMESPACE_ROWS: readonly Row[] = [
  row(
    "a namespace is made with its label and its finalizer",
    send({ method: "POST", path: "/api/v1/namespaces", body: namespace("{ns}-{x}") }),
    remove(undefined, "/api/v1/namespaces/{ns}-{x}"),
    settle("/api/v1/namespaces/{ns}-{x}", isGone),
  ),
  rowAlone("a namespace is labelled by a person", merge({ metadata: { labels: { team: "a" } } }, NAMESPACE)),
  rowAlone(
    "a namespace that is going empties itself and refuses what is new",
    create(gadget({}, { name: "held", ...HELD })),
    create(gadget({}, { name: "free" })),
    create({ metadata: { name: "lease" }, spec: { holderIdentity: "a" } }, LEASE_PATH),
    send({ method: "DELETE", path: NAMESPACE }),
    settle(`${GADGET_PATH}/free`, isGone),
    settle(`${GADGET_PATH}/held`, isDeleting),
    settle(`${LEASE_PATH}/lease`, isGone),
    create(gadget({}, { name: "late" })),
    create({ metadata: { name: "late" } }, LEASE_PATH),
    merge({ spec: { size: 3 } }, `${GADGET_PATH}/held`),
    release(`${GADGET_PATH}/held`),
    settle(NAMESPACE, isGone),
    create(gadget({}, { name: "late" })),
  ),
  rowAlone(
    "a namespace's delete with another uid is a conflict",
    remove({ preconditions: { uid: OTHER_UID } }, NAMESPACE),
  ),
];
