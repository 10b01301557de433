/**
 * A small API server in memory for tests of these loops: versions, generations, finalizers, status. Only tests import this file.
 * The real server's manners are the conformance suite's matter.
 */
import { canonicalJSON } from "../../../runtime/canonical-json.ts";
import {
  keyText,
  type KubeObject,
  type KubeOutcome,
  type KubePort,
  type ObjectCache,
  type ObjectKey,
  type ObjectMeta,
  type ResourceKind,
} from "../../../kube/port.ts";

export interface Stored extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Edit {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly metadata?: Partial<ObjectMeta>;
}

export interface KubeModel {
  readonly port: KubePort;
  readonly writes: string[];
  /** Called after each write took effect; may throw to end the process. */
  afterWrite: () => void;
  apply(object: object): Stored;
  /** Members of spec, status and metadata are replaced by those given. */
  edit(kind: string, key: ObjectKey, edit: Edit): void;
  remove(kind: string, key: ObjectKey): void;
  get(kind: string, key: ObjectKey): Stored | undefined;
  list(kind: string): readonly Stored[];
  cache(kind: string, indexOf?: (object: KubeObject) => readonly string[]): ObjectCache<KubeObject>;
  onChange(listener: (object: Stored) => void): void;
}

function isDeepEqual(one: unknown, other: unknown): boolean {
  return canonicalJSON(one ?? null) === canonicalJSON(other ?? null);
}

export function kubeModel(nowMs: () => number): KubeModel {
  const kinds = new Map<string, Map<string, Stored>>();
  const listeners: ((object: Stored) => void)[] = [];
  let version = 0;
  let uids = 0;
  const members = new Map<string, ReadonlySet<string>>(); // of status, by uid and manager
  const of = (kind: string): Map<string, Stored> => {
    const known = kinds.get(kind) ?? new Map<string, Stored>();
    kinds.set(kind, known);
    return known;
  };
  const keyOf = ({ metadata }: { readonly metadata: ObjectMeta }): string =>
    keyText({ namespace: metadata.namespace ?? "", name: metadata.name });
  const tell = (object: Stored): void => listeners.forEach((listener) => listener(object));

  function store(object: Stored, before: Stored | undefined): Stored {
    version += 1;
    const isNewSpec =
      before === undefined ||
      !isDeepEqual(object.spec, before.spec) ||
      object.metadata.deletionTimestamp !== before.metadata.deletionTimestamp;
    const generation = (before?.metadata.generation ?? 0) + (isNewSpec ? 1 : 0);
    // Through JSON, as on the wire: what is undefined is not there.
    const text = JSON.stringify({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(version), generation },
    });
    const next = freeze(JSON.parse(text) as Stored);
    const isGone = next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0;
    if (isGone) of(next.kind).delete(keyOf(next));
    else of(next.kind).set(keyOf(next), next);
    tell(next);
    return next;
  }

  function complete(manifest: object): Stored {
    const given = manifest as Omit<Stored, "metadata"> & { readonly metadata: Partial<ObjectMeta> };
    uids += 1;
    const uid = `${String(uids).padStart(8, "0")}-0000-4000-8000-000000000000`;
    const metadata = { uid, creationTimestamp: new Date(nowMs()).toISOString(), ...given.metadata };
    return { ...given, metadata: metadata as ObjectMeta };
  }

  // The type parameter is the caller's word for what it stored, as in the port.
  function ok<T>(object: Stored): KubeOutcome<T> {
    return { kind: "ok", object: object as unknown as T };
  }

  function wrote(verb: string, kind: ResourceKind, name: string): void {
    model.writes.push(`${verb} ${kind.kind} ${name}`);
    model.afterWrite();
  }

  function guarded<T>(
    verb: string,
    kind: ResourceKind,
    current: KubeObject,
    change: (live: Stored) => Stored,
  ): Promise<KubeOutcome<T>> {
    const live = of(kind.kind).get(keyOf(current));
    if (live === undefined) return Promise.resolve({ kind: "notFound" });
    if (live.metadata.resourceVersion !== current.metadata.resourceVersion)
      return Promise.resolve({ kind: "conflict" });
    const next = store(change(live), live);
    return attempt(() => {
      wrote(verb, kind, live.metadata.name);
      return ok<T>(next);
    });
  }

  const port: KubePort = {
    get: (kind, key) => {
      const object = of(kind.kind).get(keyText(key));
      return Promise.resolve(object === undefined ? { kind: "notFound" } : ok(object));
    },
    create: (kind, manifest) => {
      const object = complete(manifest);
      if (of(kind.kind).has(keyOf(object))) return Promise.resolve({ kind: "alreadyExists" });
      const made = store(object, undefined);
      return attempt(() => {
        wrote("create", kind, made.metadata.name);
        return ok(made);
      });
    },
    applyStatus: (kind, current, status, { fieldManager }) => {
      const before: unknown = "status" in current ? current.status : undefined;
      if (isDeepEqual(before, status)) return Promise.resolve({ kind: "ok", object: current });
      return guarded("status", kind, current, (live) => ({ ...live, status: applied(live, status, fieldManager) }));
    },
    setFinalizers: (kind, current, finalizers) =>
      guarded("finalizers", kind, current, (live) => ({ ...live, metadata: { ...live.metadata, finalizers } })),
    patch: (kind, current, mergePatch) =>
      guarded("patch", kind, current, (live) => ({
        ...live,
        data: { ...live.data, ...(mergePatch as Pick<Stored, "data">).data },
      })),
    delete: () => Promise.reject(new Error("these loops delete nothing")),
    requestServiceAccountToken: () => Promise.reject(new Error("these loops ask for no token")),
  };

  /** Server-side apply of whole members: those that its manager leaves out go, those of others stay. */
  function applied(
    { metadata, status: before = {} }: Stored,
    status: object,
    manager: string,
  ): Stored["status"] & object {
    const mine = `${metadata.uid} ${manager}`;
    const dropped = members.get(mine) ?? new Set();
    members.set(mine, new Set(Object.keys(status)));
    return { ...Object.fromEntries(Object.entries(before).filter(([member]) => !dropped.has(member))), ...status };
  }

  const model: KubeModel = {
    port,
    writes: [],
    afterWrite: () => undefined,
    apply: (object) => store(complete(object), undefined),
    edit(kind, key, { spec, status, metadata }) {
      const live = of(kind).get(keyText(key));
      if (live === undefined) throw new Error(`no ${kind} ${keyText(key)}`);
      store(
        {
          ...live,
          ...(spec === undefined ? {} : { spec: { ...live.spec, ...spec } }),
          ...(status === undefined ? {} : { status: { ...live.status, ...status } }),
          metadata: { ...live.metadata, ...metadata },
        },
        live,
      );
    },
    remove(kind, key) {
      const live = of(kind).get(keyText(key));
      if (live === undefined) return;
      if ((live.metadata.finalizers ?? []).length > 0) {
        model.edit(kind, key, { metadata: { deletionTimestamp: new Date(nowMs()).toISOString() } });
        return;
      }
      of(kind).delete(keyText(key));
      tell(live);
    },
    get: (kind, key) => of(kind).get(keyText(key)),
    list: (kind) => [...of(kind).values()],
    cache: (kind, indexOf = () => []) => ({
      get: (key) => of(kind).get(keyText(key)),
      list: () => [...of(kind).values()],
      byIndex: (_name, value) => [...of(kind).values()].filter((object) => indexOf(object).includes(value)),
    }),
    onChange: (listener) => void listeners.push(listener),
  };
  return model;
}

function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => resolve(act()));
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
