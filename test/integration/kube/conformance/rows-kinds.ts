/** The built-in kinds, and the product's own. */
import { agent, pool } from "../../api/specimens.ts";
import { row, uidOf, versionOf } from "./row.ts";
import type { Row, Seen } from "./row.ts";
import {
  ACCOUNT_PATH,
  apply,
  create,
  EVENT_PATH,
  get,
  isGone,
  LEASE_PATH,
  merge,
  put,
  remove,
  send,
  settle,
} from "./steps.ts";

const LEASE = `${LEASE_PATH}/{x}`;
const lease = (spec: object | undefined, metadata: object = {}): object => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "{x}", namespace: "{ns}", ...metadata },
  ...(spec === undefined ? {} : { spec }),
});
const HELD_LEASE = {
  holderIdentity: "one",
  leaseDurationSeconds: 15,
  acquireTime: "2026-01-01T00:00:00.123000Z",
  renewTime: "2026-01-01T00:00:00.123000Z",
  leaseTransitions: 0,
};
const event = (members: object = {}, metadata: object = {}): object => ({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "{x}", namespace: "{ns}", ...metadata },
  eventTime: "2026-01-01T00:00:00.123000Z",
  type: "Normal",
  reason: "Seen",
  action: "Look",
  note: "Looked at.",
  regarding: { apiVersion: "v1", kind: "Namespace", name: "{ns}", namespace: "{ns}", uid: "u", resourceVersion: "1" },
  reportingController: "example.com/suite",
  reportingInstance: "one",
  ...members,
});
const ACCOUNT = `${ACCOUNT_PATH}/{x}`;
const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "{x}", namespace: "{ns}" } };
const PRODUCT = "/apis/cloudsync.dev/v1alpha1/namespaces/{ns}";
const POOL = `${PRODUCT}/cloudsyncagentpools/{x}`;
const AGENT = `${PRODUCT}/cloudsyncagents/{x}`;
const inRow = (manifest: object): object => {
  const { metadata, ...rest } = manifest as { metadata?: object };
  return { ...rest, metadata: { ...metadata, name: "{x}", namespace: "{ns}" } };
};
const statusOf = (manifest: object, status: object, metadata: object = {}): object => {
  const { apiVersion, kind } = manifest as { apiVersion?: string; kind?: string };
  return { apiVersion, kind, metadata: { name: "{x}", namespace: "{ns}", ...metadata }, status };
};
const condition = (type: string, status: string): object => ({
  type,
  status,
  reason: "Because",
  message: "It is so.",
  observedGeneration: 1,
  lastTransitionTime: "2026-01-01T00:00:00Z",
});

export const LEASE_ROWS: readonly Row[] = [
  row(
    "a lease is taken, renewed and released",
    create(lease(HELD_LEASE), LEASE_PATH),
    put(
      (seen) =>
        lease({ ...HELD_LEASE, renewTime: "2026-01-01T00:00:02.500000Z" }, { resourceVersion: versionOf(seen, 0) }),
      LEASE,
    ),
    put(
      (seen) =>
        lease({ ...HELD_LEASE, holderIdentity: "", leaseDurationSeconds: 1 }, { resourceVersion: versionOf(seen, 1) }),
      LEASE,
    ),
    get(LEASE),
  ),
  row(
    "a renewal on an old version is a conflict",
    create(lease(HELD_LEASE), LEASE_PATH),
    merge({ spec: { holderIdentity: "two" } }, LEASE),
    put((seen) => lease(HELD_LEASE, { resourceVersion: versionOf(seen, 0) }), LEASE),
  ),
  row(
    "a renewal without a version",
    create(lease(HELD_LEASE), LEASE_PATH),
    put(lease({ ...HELD_LEASE, holderIdentity: "two" }), LEASE),
  ),
  row("a replace makes a lease that is not there", put(lease(HELD_LEASE), LEASE)),
  row(
    "the registration slot's cleared holder",
    create(lease(HELD_LEASE, { labels: { a: "true" }, annotations: { h: "x/y", d: "corp" } }), LEASE_PATH),
    merge(
      (seen) => ({
        metadata: { annotations: { h: null }, resourceVersion: versionOf(seen, 0) },
        spec: { holderIdentity: null },
      }),
      LEASE,
    ),
  ),
  row(
    "times have six digits",
    create(
      lease({ ...HELD_LEASE, renewTime: "2026-01-01T00:00:00Z", acquireTime: "2026-01-01T00:00:00.5Z" }),
      LEASE_PATH,
    ),
  ),
  row(
    "a lease without a spec, and with unknown members",
    create(lease(undefined), LEASE_PATH),
    merge({ spec: { unheard: 1 } }, LEASE),
  ),
  row("an invalid lease", create(lease({ ...HELD_LEASE, leaseDurationSeconds: 0, leaseTransitions: -1 }), LEASE_PATH)),
  row("a lease is deleted", create(lease(HELD_LEASE), LEASE_PATH), remove(undefined, LEASE), get(LEASE)),
  row(
    "a lease is applied",
    apply(lease({ holderIdentity: "one" }), { path: LEASE }),
    apply(lease({ leaseDurationSeconds: 5 }), { path: LEASE }),
  ),
];

export const BUILT_IN_ROWS: readonly Row[] = [
  row("an event as the operator makes it", create(event(), EVENT_PATH), get(`${EVENT_PATH}/{x}`)),
  row("the same event again", create(event(), EVENT_PATH), create(event(), EVENT_PATH)),
  row("an event with a note that is too long", create(event({ note: "x".repeat(1_025) }), EVENT_PATH)),
  row(
    "an event without what it must have",
    create(event({ action: "", reason: "", reportingInstance: "" }), EVENT_PATH),
  ),
  row("an event of an unheard type", create(event({ type: "Bad" }), EVENT_PATH)),
  row("an event about what has no namespace", create(event({ regarding: { kind: "Node", name: "n" } }), EVENT_PATH)),
  row("an event is deleted", create(event(), EVENT_PATH), remove(undefined, `${EVENT_PATH}/{x}`)),
  row(
    "a service account",
    create(account, ACCOUNT_PATH),
    merge({ metadata: { annotations: { role: "arn" } } }, ACCOUNT),
    get(ACCOUNT),
    remove(undefined, ACCOUNT),
  ),
  row(
    "a service account that is not there",
    get(ACCOUNT),
    send({ method: "POST", path: `${ACCOUNT}/token`, body: { spec: { audiences: ["a"], expirationSeconds: 3_600 } } }),
  ),
  row("a CRD that is not there", get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/unheard.example.com")),
  row("a namespace that is not there", get("/api/v1/namespaces/{x}")),
];

const CONFIG_MAP_PATH = "/api/v1/namespaces/{ns}/configmaps";
const CONFIG_MAP = `${CONFIG_MAP_PATH}/{x}`;
const configMap = (members: object, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "{x}", namespace: "{ns}", ...metadata },
  ...members,
});
const ownedBy = (seen: Seen, index: number): object => ({
  ownerReferences: [
    { apiVersion: "v1", kind: "ServiceAccount", name: "{x}", uid: uidOf(seen, index), controller: true },
  ],
});

export const CONFIG_MAP_ROWS: readonly Row[] = [
  row(
    "a ledger is made, written on its version, and read",
    create(configMap({ data: { ledger: "{}" } }, { labels: { a: "b" }, annotations: { c: "d" } }), CONFIG_MAP_PATH),
    merge((seen) => ({ data: { ledger: "[1]" }, metadata: { resourceVersion: versionOf(seen, 0) } }), CONFIG_MAP),
    get(CONFIG_MAP),
  ),
  row(
    "a write on an old version is a conflict and changes nothing",
    create(configMap({ data: { ledger: "1" } }), CONFIG_MAP_PATH),
    merge({ data: { ledger: "2" } }, CONFIG_MAP),
    merge((seen) => ({ data: { ledger: "3" }, metadata: { resourceVersion: versionOf(seen, 0) } }), CONFIG_MAP),
    get(CONFIG_MAP),
  ),
  row(
    "the same name again",
    create(configMap({ data: { ledger: "1" } }), CONFIG_MAP_PATH),
    create(configMap({ data: { ledger: "2" } }), CONFIG_MAP_PATH),
  ),
  row(
    "a write that changes nothing keeps the version",
    create(configMap({ data: { ledger: "1" } }), CONFIG_MAP_PATH),
    merge({ data: { ledger: "1" } }, CONFIG_MAP),
  ),
  row("a config map without data", create(configMap({}), CONFIG_MAP_PATH), merge({ data: { a: "b" } }, CONFIG_MAP)),
  row(
    "a key goes",
    create(configMap({ data: { a: "1", b: "2" } }), CONFIG_MAP_PATH),
    merge({ data: { a: null } }, CONFIG_MAP),
  ),
  row("a key that is none", create(configMap({ data: { "a b": "1" } }), CONFIG_MAP_PATH)),
  row("more than fits", create(configMap({ data: { a: "x".repeat(1_048_577) } }), CONFIG_MAP_PATH)),
  row(
    "a config map is deleted",
    create(configMap({ data: { a: "1" } }), CONFIG_MAP_PATH),
    remove((seen) => ({ preconditions: { uid: uidOf(seen, 0) } }), CONFIG_MAP),
    get(CONFIG_MAP),
    merge({ data: { a: "2" } }, CONFIG_MAP),
  ),
  row(
    "a config map goes with its owner",
    create(account, ACCOUNT_PATH),
    create((seen) => configMap({ data: { a: "1" } }, ownedBy(seen, 0)), CONFIG_MAP_PATH),
    remove({ propagationPolicy: "Background" }, ACCOUNT),
    settle(CONFIG_MAP, isGone),
  ),
  row(
    "an admission policy and a binding that are not there",
    get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/{x}"),
    get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/{x}"),
  ),
];

export const PRODUCT_ROWS: readonly Row[] = [
  row("a pool with its defaults", create(inRow(pool), `${PRODUCT}/cloudsyncagentpools`), get(POOL)),
  row(
    "a pool is scaled",
    create(inRow(pool), `${PRODUCT}/cloudsyncagentpools`),
    get(`${POOL}/scale`),
    merge({ spec: { replicas: 5 } }, `${POOL}/scale`),
    get(POOL),
  ),
  row(
    "a pool's status",
    create(inRow(pool), `${PRODUCT}/cloudsyncagentpools`),
    apply(
      statusOf(pool, {
        observedGeneration: 1,
        replicas: 2,
        conditions: [condition("Ready", "False")],
        slots: [
          { slot: 0, incarnation: 1 },
          { slot: 1, incarnation: 1 },
        ],
      }),
      { path: `${POOL}/status`, force: true },
    ),
    apply(
      statusOf(pool, {
        observedGeneration: 1,
        replicas: 3,
        conditions: [condition("Available", "True"), condition("Ready", "True")],
        slots: [{ slot: 0, incarnation: 2 }],
      }),
      { path: `${POOL}/status`, force: true },
    ),
  ),
  row("an agent with its defaults", create(inRow(agent), `${PRODUCT}/cloudsyncagents`), get(AGENT)),
  row(
    "an agent's status of two loops",
    create(inRow(agent), `${PRODUCT}/cloudsyncagents`),
    apply(
      (seen) =>
        statusOf(agent, { conditions: [condition("Ready", "Unknown")] }, { resourceVersion: versionOf(seen, 0) }),
      { path: `${AGENT}/status`, force: true, manager: "agent" },
    ),
    apply(statusOf(agent, { retirement: { reason: "ScaleDown" } }), {
      path: `${AGENT}/status`,
      force: true,
      manager: "pool",
    }),
    apply(statusOf(agent, {}), { path: `${AGENT}/status`, force: true, manager: "pool" }),
  ),
  row(
    "an agent's finalizer",
    create(inRow(agent), `${PRODUCT}/cloudsyncagents`),
    merge((seen) => ({ metadata: { finalizers: ["cloudsync.dev/host"], resourceVersion: versionOf(seen, 0) } }), AGENT),
    remove(undefined, AGENT),
    merge((seen) => ({ metadata: { finalizers: [], resourceVersion: versionOf(seen, 2) } }), AGENT),
    get(AGENT),
  ),
  row("an invalid pool", create({ ...inRow(pool), spec: { replicas: 1 } }, `${PRODUCT}/cloudsyncagentpools`)),
];
