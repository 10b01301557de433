/** Creating, reading, listing. */
import { row, rowAlone, uidOf, versionOf } from "./row.ts";
import type { Row, Seen } from "./row.ts";
import { create, gadget, get, GADGET_PATH, LEASE_PATH, merge, put, remove, send } from "./steps.ts";

const PLAIN_PATH = GADGET_PATH.replace("gadgets", "plains");
const named = (name: string): object => gadget({}, { name });
const tokenOf = (seen: Seen, index: number): string => {
  const { metadata } = seen[index]?.body as { metadata: { continue?: string } };
  return encodeURIComponent(metadata.continue ?? "");
};

export const CREATE_ROWS: readonly Row[] = [
  row(
    "a new object has a uid, a version, generation 1 and its owners recorded",
    create(gadget()),
    get(`${GADGET_PATH}/{x}`),
  ),
  row("a status in a create is dropped where status is a subresource", create(gadget({ status: { phase: "New" } }))),
  row(
    "a status in a create is kept where it is not",
    create({ ...gadget({ status: { phase: "New" } }), kind: "Plain" }, PLAIN_PATH),
  ),
  row("the same name again is refused", create(gadget()), create(gadget())),
  row(
    "the same name of an object that is going is refused in other words",
    create(gadget({}, { finalizers: ["example.com/a"] })),
    remove(),
    create(gadget()),
    merge({ metadata: { finalizers: null } }),
  ),
  row("a body without a namespace gets the path's", create({ ...gadget(), metadata: { name: "{x}" } })),
  row("a body of another namespace is refused", create(gadget({}, { namespace: "default" }))),
  row(
    "a create in a namespace that is not there",
    create(gadget({}, { namespace: "absent" }), "/apis/conformance.example.com/v1/namespaces/absent/gadgets"),
  ),
  row("a name that is no DNS name", create(gadget({}, { name: "Not_A_Name" }))),
  row("a version in a create", create(gadget({}, { resourceVersion: "7" }))),
  row(
    "system fields of the body are the server's",
    create(
      gadget(
        {},
        {
          uid: "mine",
          generation: 9,
          creationTimestamp: "2020-01-01T00:00:00Z",
          deletionTimestamp: "2020-01-01T00:00:00Z",
        },
      ),
    ),
  ),
  row(
    "labels, annotations and finalizers are kept",
    create(
      gadget(
        {},
        {
          labels: { a: "b" },
          annotations: { c: "d" },
          finalizers: ["example.com/f", "example.com/g"],
        },
      ),
    ),
    merge({ metadata: { finalizers: null } }),
  ),
  row(
    "owners are kept",
    create(gadget({}, { name: "{x}-o" })),
    create((seen) =>
      gadget(
        {},
        {
          ownerReferences: [
            {
              apiVersion: "conformance.example.com/v1",
              kind: "Gadget",
              name: "{x}-o",
              uid: uidOf(seen, 0),
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
      ),
    ),
  ),
  row(
    "an owner reference without a uid",
    create(gadget({}, { ownerReferences: [{ apiVersion: "v1", kind: "Namespace", name: "n" }] })),
  ),
  row(
    "unknown members of metadata and empty ones go",
    create(gadget({}, { colour: "red", labels: {}, annotations: null, finalizers: [] })),
  ),
  row(
    "a field manager that the request names",
    send({ method: "POST", path: `${GADGET_PATH}?fieldManager=somebody`, body: gadget() }),
  ),
  row("an object that is not there", get(`${GADGET_PATH}/{x}`)),
  row("a status of an object that is not there", get(`${GADGET_PATH}/{x}/status`)),
  row("a kind that is not served", get("/apis/conformance.example.com/v1/namespaces/{ns}/unheard")),
  row("a group that is not served", get("/apis/unheard.example.com/v1/namespaces/{ns}/gadgets/{x}")),
  row("a version that is not served", get("/apis/conformance.example.com/v9/namespaces/{ns}/gadgets/{x}")),
  rowAlone("an empty list", get(GADGET_PATH)),
  rowAlone(
    "a list in the order of names",
    create(named("b")),
    create(named("a")),
    create(named("a-1")),
    get(`${GADGET_PATH}?limit=500`),
  ),
  rowAlone(
    "a list of a built-in kind",
    create({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "a" } }, LEASE_PATH),
    get(`${LEASE_PATH}?limit=500`),
  ),
  rowAlone(
    "pages of one version: what came, changed or went meanwhile is not seen",
    ...["a", "b", "c", "d"].map((name) => create(named(name))),
    get(`${GADGET_PATH}?limit=2`),
    create(named("aa")),
    merge({ spec: { size: 9 } }, `${GADGET_PATH}/c`),
    remove(undefined, `${GADGET_PATH}/d`),
    send((seen) => ({ method: "GET", path: `${GADGET_PATH}?limit=1&continue=${tokenOf(seen, 4)}` })),
    send((seen) => ({ method: "GET", path: `${GADGET_PATH}?limit=1&continue=${tokenOf(seen, 8)}` })),
    get(`${GADGET_PATH}?limit=500`),
  ),
  rowAlone("a limit that is just enough", create(named("a")), create(named("b")), get(`${GADGET_PATH}?limit=2`)),
];

export const REPLACE_ROWS: readonly Row[] = [
  row(
    "a replace with the version that was read",
    create(gadget()),
    put((seen) => gadget({ spec: { size: 2 } }, { resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "a replace with an old version is a conflict",
    create(gadget()),
    merge({ spec: { size: 2 } }),
    put((seen) => gadget({ spec: { size: 3 } }, { resourceVersion: versionOf(seen, 0) })),
  ),
  row("a replace without a version is refused", create(gadget()), put(gadget({ spec: { size: 2 } }))),
  row("a replace of what is not there", put(gadget({}, { resourceVersion: "1" }))),
  row(
    "a replace with another uid is a conflict",
    create(gadget()),
    put((seen) => gadget({}, { resourceVersion: versionOf(seen, 0), uid: "11111111-1111-4111-8111-111111111111" })),
  ),
  row(
    "a replace under another name is refused",
    create(gadget()),
    put((seen) => gadget({}, { name: "another", resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "a replace that changes nothing raises no version",
    create(gadget()),
    put((seen) => seen[0]?.body as object),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "a replace does not touch status, whatever it says",
    create(gadget()),
    put((seen) => gadget({ status: { phase: "Mine" } }, { resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "a replace of labels does not count as a generation",
    create(gadget()),
    put((seen) => gadget({}, { labels: { a: "b" }, resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "a replace that leaves a field out takes it away and brings its default",
    create(gadget({ spec: { size: 1, replicas: 9, mode: "Off" } })),
    put((seen) => gadget({ spec: { size: 1 } }, { resourceVersion: versionOf(seen, 0) })),
  ),
  row(
    "a replace of status touches nothing else",
    create(gadget()),
    put(
      (seen) =>
        gadget(
          { spec: { size: 50 }, status: { phase: "Good" } },
          { labels: { a: "b" }, resourceVersion: versionOf(seen, 0) },
        ),
      `${GADGET_PATH}/{x}/status`,
    ),
  ),
  row(
    "an empty list of managers forgets them",
    create(gadget()),
    merge({ metadata: { managedFields: [] } }),
    merge({ spec: { size: 4 } }),
  ),
];
