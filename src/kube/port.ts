/**
 * What loops see of the Kubernetes API: plain JSON objects, caches, and writes whose expected failures are values.
 * Never: an SDK type, an exception for an expected failure, a write without a precondition where a decision stood on a read.
 */
import type { Failure } from "../runtime/failure.ts";

/** How a kind is reached. `isNamespaced` false means cluster scoped. */
export interface ResourceKind {
  readonly group: string; // "" for the core group
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Namespace and name; `keyText` is "namespace/name", the form of logs, maps and the work queue. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}
export function keyText(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}
export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** Every expected answer to a read or a write. `failed` carries a classified failure (Transient, Denied, Permanent = invalid, ...). */
export type KubeOutcome<T> =
  | { readonly kind: "ok"; readonly object: T }
  | { readonly kind: "notFound" }
  | { readonly kind: "conflict" } // resourceVersion or uid precondition failed
  | { readonly kind: "alreadyExists" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The frozen, indexed copy of one kind that a reflector keeps. Reads are synchronous and never fail. */
export interface ObjectCache<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  list(): readonly T[];
  /** Objects whose index `indexName` (declared when the cache is made) contains `value`. */
  byIndex(indexName: string, value: string): readonly T[];
}

export type DeletePropagation = "Background" | "Foreground" | "Orphan";

/** Writes and live reads. All methods reject only on a bug or on the abort of `signal`. */
export interface KubePort {
  /** A live read, past the cache: before every destructive act. */
  get<T extends KubeObject>(kind: ResourceKind, key: ObjectKey, signal: AbortSignal): Promise<KubeOutcome<T>>;
  /** Creates from a plain manifest; `alreadyExists` is idempotency for deterministic names. */
  create<T extends KubeObject>(kind: ResourceKind, manifest: object, signal: AbortSignal): Promise<KubeOutcome<T>>;
  /**
   * Server-side apply of the whole `status` this field manager owns. With `resourceVersion` a stale decision is a `conflict`.
   * Not sent at all when `current.status` already equals `status` deeply (L1); then `ok` with `current`.
   */
  applyStatus<T extends KubeObject>(
    kind: ResourceKind,
    current: T,
    status: object,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<KubeOutcome<T>>;
  /** Replaces the finalizer list, guarded by `current`'s resourceVersion; no write when nothing changes. */
  setFinalizers<T extends KubeObject>(
    kind: ResourceKind,
    current: T,
    finalizers: readonly string[],
    signal: AbortSignal,
  ): Promise<KubeOutcome<T>>;
  /** JSON merge patch of the main resource, guarded by `current`'s resourceVersion. */
  patch<T extends KubeObject>(
    kind: ResourceKind,
    current: T,
    mergePatch: object,
    signal: AbortSignal,
  ): Promise<KubeOutcome<T>>;
  /** Deletes exactly this uid; `ok` when deletion was accepted. */
  delete<T extends KubeObject>(
    kind: ResourceKind,
    current: T,
    propagation: DeletePropagation,
    signal: AbortSignal,
  ): Promise<KubeOutcome<T>>;
  /** A short-lived token of a service account (TokenRequest); `object` is the token and its expiry in wall-clock milliseconds. */
  requestServiceAccountToken(
    serviceAccount: ObjectKey,
    audience: string,
    signal: AbortSignal,
  ): Promise<KubeOutcome<ServiceAccountToken>>;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /**
   * Put into the body when the decision depended on exactly this version. Without it the write can hit an object that was
   * deleted and made anew under the same name (told afterwards, as `conflict`): always give it for intent.
   */
  readonly resourceVersion?: string;
}

export interface ServiceAccountToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Events for people: on change only, de-duplicated, bounded by object; never rejects, never blocks a loop. */
export interface EventPort {
  emit(about: KubeObject, event: PersonEvent): void;
}
export interface PersonEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string; // CamelCase
  readonly action: string; // CamelCase verb: what was done or withheld
  readonly message: string; // cause and next action, at most 1,024 characters
}

/** What a loop answers to the worker that runs it. Errors thrown are bugs: counted, logged, backed off. */
export type ReconcileResult =
  | { readonly kind: "done" } // nothing more until an event or the resync
  | { readonly kind: "requeue"; readonly afterMs: number } // visit again then; forgets the back-off
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs?: number }; // per-key exponential back-off

/** Reconciles one key. `signal` aborts at the deadline of the pass or at shutdown. */
export type Reconcile = (key: ObjectKey, signal: AbortSignal) => Promise<ReconcileResult>;
