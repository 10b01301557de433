/** Watches: what they see, bookmarks, and versions that are forgotten. */
import { rowAlone, versionOf } from "./row.ts";
import type { Row, Seen } from "./row.ts";
import {
  apply,
  compact,
  create,
  events,
  gadget,
  get,
  GADGET_PATH,
  LEASE_PATH,
  merge,
  put,
  remove,
  watch,
} from "./steps.ts";

const named = (name: string, metadata: object = {}): object => gadget({}, { name, ...metadata });
const HELD = { finalizers: ["example.com/a"] };
const from =
  (index: number, more = "", path = GADGET_PATH) =>
  (seen: Seen): string =>
    `${path}?watch=true&allowWatchBookmarks=true&resourceVersion=${versionOf(seen, index)}&timeoutSeconds=300${more}`;
/** A bookmark comes two seconds before the end (kube-apiserver, watch cache): long after the change, however busy the machine is. */
const ENDS_SOON = "timeoutSeconds=12";
const status = (phase: string): object => {
  const { spec: _, ...rest } = named("a") as { spec?: object };
  return { ...rest, status: { phase } };
};
const lease = (holder: string, metadata: object = {}): object => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "a", namespace: "{ns}", ...metadata },
  spec: { holderIdentity: holder },
});

export const WATCH_ROWS: readonly Row[] = [
  rowAlone(
    "a watch from a list sees what came after it",
    create(named("a")),
    get(`${GADGET_PATH}?limit=500`),
    watch(from(1)),
    create(named("b")),
    merge({ spec: { size: 4 } }, `${GADGET_PATH}/a`),
    remove(undefined, `${GADGET_PATH}/b`),
    events(3),
  ),
  rowAlone(
    "a watch from an earlier version is told what it missed",
    create(named("a")),
    merge({ spec: { size: 4 } }, `${GADGET_PATH}/a`),
    remove(undefined, `${GADGET_PATH}/a`),
    watch(from(0)),
    create(named("b")),
    events(3),
  ),
  rowAlone(
    "writes that change nothing are not seen",
    create(named("a")),
    watch(from(0)),
    merge({ spec: { size: 1 } }, `${GADGET_PATH}/a`),
    merge({ spec: { size: 2 } }, `${GADGET_PATH}/a`),
    events(1),
  ),
  rowAlone(
    "a status is a change",
    create(named("a")),
    watch(from(0)),
    apply(status("A"), { path: `${GADGET_PATH}/a/status`, force: true }),
    apply(status("A"), { path: `${GADGET_PATH}/a/status`, force: true }),
    apply(status("B"), { path: `${GADGET_PATH}/a/status`, force: true }),
    events(2),
  ),
  rowAlone(
    "the way of an object with a finalizer",
    create(named("a", HELD)),
    watch(from(0)),
    remove(undefined, `${GADGET_PATH}/a`),
    merge({ metadata: { finalizers: null } }, `${GADGET_PATH}/a`),
    create(named("a")),
    events(3),
  ),
  rowAlone(
    "the write that takes the last finalizer off is told as it was stored",
    create(named("a", HELD)),
    remove(undefined, `${GADGET_PATH}/a`),
    watch(from(1)),
    merge({ metadata: { finalizers: null, labels: { late: "yes" } } }, `${GADGET_PATH}/a`),
    events(1),
  ),
  rowAlone(
    "a watch of a built-in kind",
    create(lease("one"), LEASE_PATH),
    watch(from(0, "", LEASE_PATH)),
    put((seen) => lease("two", { resourceVersion: versionOf(seen, 0) }), `${LEASE_PATH}/a`),
    remove(undefined, `${LEASE_PATH}/a`),
    events(2),
  ),
  rowAlone(
    "a watch of another namespace's changes sees none of them",
    create(named("a")),
    watch((seen) => from(0)(seen).replace("{ns}", "default")),
    create(named("b")),
    watch(from(0)),
    events(1),
  ),
  rowAlone(
    "a bookmark comes to who asks",
    create(named("a")),
    watch((seen) => from(0)(seen).replace("timeoutSeconds=300", ENDS_SOON)),
    merge({ spec: { size: 2 } }, `${GADGET_PATH}/a`),
    events(2),
  ),
  rowAlone(
    "a bookmark of a built-in kind",
    create(lease("one"), LEASE_PATH),
    watch((seen) => from(0, "", LEASE_PATH)(seen).replace("timeoutSeconds=300", ENDS_SOON)),
    merge({ spec: { holderIdentity: "two" } }, `${LEASE_PATH}/a`),
    events(2),
  ),
  rowAlone(
    "a version that is forgotten: the watch says so and ends",
    create(named("a")),
    compact,
    watch(`${GADGET_PATH}?watch=true&allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=300`),
    events(2),
  ),
  rowAlone(
    "a page of a version that is forgotten",
    create(named("a")),
    create(named("b")),
    compact,
    get(
      `${GADGET_PATH}?limit=1&continue=${Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: 1, start: "a\u0000" })).toString("base64url")}`,
    ),
  ),
];
