/**
 * A loop's surroundings in memory, for unit tests: caches with the true indexes, a Kubernetes port that counts writes, a clock by hand. Only tests import
 * this file.
 * Guarantees: an equal status is no write (L1); a write with another resourceVersion than the stored one is a conflict.
 */
import { fakeClock, type FakeClock } from "../../../test/support/fake-clock.ts";
import type {
  KubeObject,
  KubeOutcome,
  ObjectCache,
  ObjectKey,
  PersonEvent,
  ReconcileResult,
  Reconcile,
  ResourceKind,
} from "../../kube/port.ts";
import { keyText } from "../../kube/port.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import type { Caches, LoopPorts } from "../loop-ports.ts";
import * as wake from "../wake.ts";

export interface LoopBench {
  readonly clock: FakeClock;
  readonly ports: LoopPorts;
  readonly caches: Caches;
  /** "applyStatus", "setFinalizers": writes to the API server in order. */
  readonly writes: string[];
  readonly events: PersonEvent[];
  put(object: object): void;
  remove(kind: string, key: ObjectKey): void;
  /** The object as stored now. */
  at(kind: string, key: ObjectKey): KubeObject & { readonly spec: unknown; readonly status?: unknown };
  /** Every status write fails from now on, as a killed process would never make it. */
  isSevered: boolean;
}

type Stored = KubeObject & { readonly spec: unknown; readonly status?: unknown };
type Index = (object: never) => readonly string[];

const CACHES: Readonly<Record<string, readonly [name: keyof Caches, indexes: Readonly<Record<string, Index>>]>> = {
  EntraTenant: ["tenants", wake.TENANT_INDEXES],
  ADDomain: ["domains", wake.DOMAIN_INDEXES],
  CloudSyncAgentPool: ["pools", wake.POOL_INDEXES],
  CloudSyncAgent: ["agents", wake.AGENT_INDEXES],
  SyncConfiguration: ["configurations", wake.CONFIGURATION_INDEXES],
  GroupScope: ["groupScopes", wake.GROUP_SCOPE_INDEXES],
  ProvisioningTest: ["provisioningTests", wake.PROVISIONING_TEST_INDEXES],
  Namespace: ["namespaces", {}],
  Lease: ["slots", {}],
};

export function loopBench(): LoopBench {
  const clock = fakeClock(Date.parse("2026-11-22T08:00:00Z"));
  const stores = new Map(Object.keys(CACHES).map((kind) => [kind, new Map<string, Stored>()]));
  const writes: string[] = [];
  const events: PersonEvent[] = [];
  let version = 100;
  const storeOf = (kind: string): Map<string, Stored> => {
    const store = stores.get(kind);
    if (store === undefined) throw new Error(`no store of ${kind}`);
    return store;
  };
  const caches = Object.fromEntries(
    Object.entries(CACHES).map(([kind, [name, indexes]]) => [name, cacheOf(storeOf(kind), indexes)]),
  ) as unknown as Caches;

  function store(kind: ResourceKind, current: KubeObject, change: object): KubeOutcome<never> {
    const key = keyText({ namespace: current.metadata.namespace ?? "", name: current.metadata.name });
    const before = storeOf(kind.kind).get(key);
    if (before === undefined) return { kind: "notFound" };
    if (before.metadata.resourceVersion !== current.metadata.resourceVersion) return { kind: "conflict" };
    version += 1;
    const changed = { ...before, ...change } as Stored;
    const after = deepFrozen({ ...changed, metadata: { ...changed.metadata, resourceVersion: String(version) } });
    storeOf(kind.kind).set(key, after);
    return { kind: "ok", object: after as never };
  }

  const bench: LoopBench = {
    clock,
    caches,
    writes,
    events,
    isSevered: false,
    put(object) {
      const stored = deepFrozen(structuredClone(object)) as Stored;
      const { namespace = "", name } = stored.metadata;
      storeOf(stored.kind).set(keyText({ namespace, name }), stored);
    },
    remove: (kind, key) => void storeOf(kind).delete(keyText(key)),
    at(kind, key) {
      const found = storeOf(kind).get(keyText(key));
      if (found === undefined) throw new Error(`no ${kind} ${keyText(key)}`);
      return found;
    },
    ports: {
      clock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined } as never,
      caches,
      events: { emit: (_about, event) => void events.push(event) },
      figures: {} as never,
      operatorNamespace: "cloudsync-system",
      ownerID: "test",
      mayAct: () => true,
      kube: {
        applyStatus: (kind: ResourceKind, current: KubeObject & { status?: unknown }, status: object) => {
          if (bench.isSevered) return Promise.resolve({ kind: "failed", failure: SEVERED });
          if (canonicalJSON(current.status ?? {}) === canonicalJSON(status))
            return Promise.resolve({ kind: "ok", object: current });
          const outcome = store(kind, current, { status });
          if (outcome.kind === "ok") writes.push("applyStatus");
          return Promise.resolve(outcome);
        },
        setFinalizers: (kind: ResourceKind, current: KubeObject, finalizers: readonly string[]) => {
          writes.push("setFinalizers");
          return Promise.resolve(store(kind, current, { metadata: { ...current.metadata, finalizers } }));
        },
      } as never,
    },
  };
  return bench;
}

const SEVERED = { class: "Transient", reason: "Severed", message: "The process is gone.", fix: "None: a test." };

/** Runs passes as the worker would until the loop asks for a wait longer than `untilMs`, and tells what it asked for last. */
export async function settle(
  reconcile: Reconcile,
  key: ObjectKey,
  { clock }: LoopBench,
  untilMs = 1_000,
): Promise<ReconcileResult> {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const result = await reconcile(key, new AbortController().signal);
    const waitMs =
      result.kind === "requeue" ? result.afterMs : result.kind === "retry" ? (result.retryAfterMs ?? 1_000) : Infinity;
    if (waitMs > untilMs) return result;
    await clock.advance(waitMs);
  }
  throw new Error(`the loop did not come to rest in ${PASSES_MAX} passes`);
}
const PASSES_MAX = 100;

function cacheOf(store: Map<string, Stored>, indexes: Readonly<Record<string, Index>>): ObjectCache<KubeObject> {
  return {
    get: (key) => store.get(keyText(key)),
    list: () => [...store.values()],
    byIndex(name, value) {
      const index = indexes[name];
      if (index === undefined) throw new Error(`no index ${name}`);
      return [...store.values()].filter((object) => index(object as never).includes(value));
    },
  };
}

function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const member of Object.values(value)) deepFrozen(member);
  return Object.freeze(value);
}
