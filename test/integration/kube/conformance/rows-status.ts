/** Server-side apply of status, as the operator's loops do it, and scale. */
import { row, versionOf } from "./row.ts";
import type { Row } from "./row.ts";
import { apply, applyStatus, create, gadget, get, GADGET_PATH, merge, put, remove, send } from "./steps.ts";

const status = (members: object, metadata: object = {}): object => {
  const { spec: _, ...rest } = gadget({}, metadata) as { spec?: object };
  return { ...rest, status: members };
};
const two = { manager: "two", force: true } as const;
const one = { manager: "one", force: true } as const;
const condition = (type: string, word: string, more: object = {}): object => ({ type, status: word, ...more });
const STATUS = `${GADGET_PATH}/{x}/status`;
const SCALE = `${GADGET_PATH}/{x}/scale`;
const scale = (replicas: number, metadata: object = {}): object => ({
  apiVersion: "autoscaling/v1",
  kind: "Scale",
  metadata: { name: "{x}", namespace: "{ns}", ...metadata },
  spec: { replicas },
});

export const STATUS_ROWS: readonly Row[] = [
  row(
    "a first status",
    create(gadget()),
    applyStatus(status({ phase: "New", counts: { ready: 0, all: 3 } }), one),
    get(`${GADGET_PATH}/{x}`),
    get(STATUS),
  ),
  row(
    "the same status again raises nothing",
    create(gadget()),
    applyStatus(status({ phase: "New" }), one),
    applyStatus(status({ phase: "New" }), one),
  ),
  row(
    "a changed status raises the version, not the generation",
    create(gadget()),
    applyStatus(status({ phase: "New" }), one),
    applyStatus(status({ phase: "Old" }), one),
  ),
  row(
    "a member that is not applied any more goes",
    create(gadget()),
    applyStatus(status({ phase: "New", counts: { ready: 1, all: 2 } }), one),
    applyStatus(status({ counts: { all: 2 } }), one),
    applyStatus(status({}), one),
  ),
  row(
    "two loops keep their own parts",
    create(gadget()),
    applyStatus(status({ phase: "A" }), one),
    applyStatus(status({ counts: { ready: 1 } }), two),
    applyStatus(status({}), one),
    applyStatus(status({}), two),
  ),
  row(
    "conditions of two loops",
    create(gadget()),
    applyStatus(status({ conditions: [condition("A", "True"), condition("B", "False")] }), one),
    applyStatus(status({ conditions: [condition("C", "Unknown")] }), two),
    applyStatus(status({ conditions: [condition("B", "True")] }), one),
  ),
  row(
    "a condition of another one is taken by force",
    create(gadget()),
    applyStatus(status({ conditions: [condition("A", "True", { message: "one" })] }), one),
    applyStatus(status({ conditions: [condition("A", "False")] }), two),
    applyStatus(status({ conditions: [condition("A", "False")] }), one),
  ),
  row(
    "without force it conflicts",
    create(gadget()),
    applyStatus(status({ phase: "A" }), one),
    applyStatus(status({ phase: "B" }), { manager: "two" }),
  ),
  row(
    "a status of an old version is a conflict",
    create(gadget()),
    merge({ spec: { size: 2 } }),
    applyStatus((seen) => status({ phase: "A" }, { resourceVersion: versionOf(seen, 0) }), one),
    get(STATUS),
  ),
  row(
    "a status of the version that was read",
    create(gadget()),
    applyStatus((seen) => status({ phase: "A" }, { resourceVersion: versionOf(seen, 0) }), one),
    applyStatus((seen) => status({ phase: "B" }, { resourceVersion: versionOf(seen, 1) }), one),
  ),
  row(
    "an unchanged status of an old version is a conflict",
    create(gadget()),
    applyStatus(status({ phase: "A" }), one),
    applyStatus((seen) => status({ phase: "A" }, { resourceVersion: versionOf(seen, 0) }), one),
  ),
  row("a status cannot make an object", applyStatus(status({ phase: "A" }), one)),
  row(
    "a uid in a status is not looked at",
    create(gadget()),
    applyStatus(status({ phase: "A" }, { uid: "11111111-1111-4111-8111-111111111111" }), one),
  ),
  row(
    "spec and labels in a status are ignored",
    create(gadget()),
    applyStatus(
      { ...status({ phase: "A" }, { labels: { a: "b" }, finalizers: ["example.com/a"] }), spec: { size: 99 } },
      one,
    ),
  ),
  row(
    "a status with a member that the schema does not have",
    create(gadget()),
    applyStatus(status({ phase: "A", unheard: 1 }), one),
  ),
  row(
    "an invalid status",
    create(gadget()),
    applyStatus(status({ conditions: [condition("A", "Perhaps")] }), one),
    get(STATUS),
  ),
  row("a condition without its status", create(gadget()), applyStatus(status({ conditions: [{ type: "A" }] }), one)),
  row(
    "an atomic list in a status",
    create(gadget()),
    applyStatus(status({ hosts: ["a", "b"] }), one),
    applyStatus(status({ hosts: ["b"] }), one),
  ),
  row(
    "a status of an object that is going",
    create(gadget({}, { finalizers: ["example.com/a"] })),
    remove(),
    applyStatus(status({ phase: "Going" }), one),
    merge({ metadata: { finalizers: null } }),
  ),
  row(
    "a status written by an update and then by an apply",
    create(gadget()),
    merge({ status: { phase: "A", hosts: ["x"] } }, STATUS),
    applyStatus(status({ phase: "B" }), one),
    applyStatus(status({ hosts: ["y"] }), one),
  ),
  row(
    "the same manager in spec and status is two",
    create(gadget()),
    apply({ ...status({}), status: undefined, spec: { name: "ab" } }),
    applyStatus(status({ phase: "A" }), one),
    applyStatus(status({}), one),
  ),
];

export const SCALE_ROWS: readonly Row[] = [
  row("scale is read", create(gadget()), applyStatus(status({ replicas: 3, selector: "a=b" }), one), get(SCALE)),
  row("scale of an object that is not there", get(SCALE)),
  row(
    "scale is replaced",
    create(gadget()),
    put((seen) => scale(5, { resourceVersion: versionOf(seen, 0) }), SCALE),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "scale is replaced without a version",
    create(gadget()),
    put(scale(5), SCALE),
    put(scale(5), SCALE),
    get(`${GADGET_PATH}/{x}`),
  ),
  row(
    "scale with an old version is a conflict",
    create(gadget()),
    merge({ spec: { size: 2 } }),
    put((seen) => scale(5, { resourceVersion: versionOf(seen, 0) }), SCALE),
  ),
  row(
    "scale is patched, as kubectl does it",
    create(gadget()),
    merge({ spec: { replicas: 4 } }, SCALE),
    get(`${GADGET_PATH}/{x}`),
    merge({ spec: { replicas: 0 } }, SCALE),
    get(SCALE),
  ),
  row(
    "an applier's replicas are taken by scale",
    apply({ ...gadget({ spec: { replicas: 1, size: 1 } }) }),
    merge({ spec: { replicas: 6 } }, SCALE),
    get(`${GADGET_PATH}/{x}`),
    apply({ ...gadget({ spec: { replicas: 1, size: 1 } }) }),
  ),
  row("a scale below the bound is refused", create(gadget()), merge({ spec: { replicas: -1 } }, SCALE)),
  row(
    "a scale by JSON patch",
    create(gadget()),
    send({
      method: "PATCH",
      path: SCALE,
      contentType: "application/json-patch+json",
      body: [{ op: "replace", path: "/spec/replicas", value: 7 }],
    }),
  ),
];
