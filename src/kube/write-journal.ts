/**
 * Remembers what the pass of a key wrote, so that the key is not looked at again before the caches show it.
 * Guarantees: every successful write through the port counts for the pass it was made in, whatever kind and name it wrote;
 * loops do nothing for it (the pass is found by its asynchronous context).
 * Never: delays or changes a write.
 * Source: Kubernetes KEP-5647 (stale caches in controllers); Cluster API, util/controller/consistency.go, has the same idea.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { kindName } from "./paths.ts";
import { keyOf } from "./port.ts";
import type { KubeObject, KubeOutcome, KubePort, ObjectKey, ResourceKind } from "./port.ts";

/** What a cache has to show. `version`: this version or newer; `deleting`: this uid going or gone; `gone`: gone. */
export interface Expectation {
  readonly kind: ResourceKind;
  readonly key: ObjectKey;
  readonly uid: string;
  readonly wants: Wanted;
  readonly sinceMs: number;
}

export type Wanted =
  { readonly kind: "version"; readonly version: string } | { readonly kind: "deleting" } | { readonly kind: "gone" };

export interface WriteJournal {
  /** Runs a pass; the expectations of its writes are added to `expectations` as they happen. */
  run<T>(expectations: Expectation[], pass: () => Promise<T>): Promise<T>;
  /** The port whose writes are remembered. */
  readonly port: KubePort;
}

export function writeJournal(inner: KubePort, monotonicMs: () => number): WriteJournal {
  const passes = new AsyncLocalStorage<Expectation[]>();

  function wroteVersion<T extends KubeObject>(
    kind: ResourceKind,
    before: KubeObject | undefined,
    outcome: KubeOutcome<T>,
  ): KubeOutcome<T> {
    if (outcome.kind !== "ok") return outcome;
    const { uid, resourceVersion } = outcome.object.metadata;
    // A write that changed nothing has nothing to show.
    if (before?.metadata.resourceVersion === resourceVersion) return outcome;
    const wants: Wanted = isLastWrite(outcome.object)
      ? { kind: "gone" }
      : { kind: "version", version: resourceVersion };
    passes.getStore()?.push({ kind, key: keyOf(outcome.object), uid, wants, sinceMs: monotonicMs() });
    return outcome;
  }

  const port: KubePort = {
    get: (kind, key, signal) => inner.get(kind, key, signal),
    create: async <T extends KubeObject>(kind: ResourceKind, manifest: object, signal: AbortSignal) =>
      wroteVersion(kind, undefined, await inner.create<T>(kind, manifest, signal)),
    applyStatus: async (kind, current, status, options, signal) =>
      wroteVersion(kind, current, await inner.applyStatus(kind, current, status, options, signal)),
    setFinalizers: async (kind, current, finalizers, signal) =>
      wroteVersion(kind, current, await inner.setFinalizers(kind, current, finalizers, signal)),
    patch: async (kind, current, mergePatch, signal) =>
      wroteVersion(kind, current, await inner.patch(kind, current, mergePatch, signal)),
    async delete(kind, current, propagation, signal) {
      const outcome = await inner.delete(kind, current, propagation, signal);
      if (outcome.kind === "ok") {
        const { uid } = current.metadata;
        const isGoneAtOnce = (current.metadata.finalizers ?? []).length === 0 && propagation !== "Foreground";
        const wants: Wanted = { kind: isGoneAtOnce ? "gone" : "deleting" };
        passes.getStore()?.push({ kind, key: keyOf(current), uid, wants, sinceMs: monotonicMs() });
      }
      return outcome;
    },
    requestServiceAccountToken: (serviceAccount, audience, signal) =>
      inner.requestServiceAccountToken(serviceAccount, audience, signal),
  };
  return { run: (expectations, pass) => passes.run(expectations, pass), port };
}

/** A deleting object without finalizers: the write that took the last one away also removed it. */
function isLastWrite({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

/** What a watch has shown so far of one kind, where the key lies. */
export interface CacheView {
  readonly object: KubeObject | undefined;
  /** The cache shows every change up to this version. */
  readonly observedVersion: string | undefined;
}

/** Finds the cache that would show a write; undefined when nobody watches there, so nothing can be stale. */
export type FindView = (kind: ResourceKind, key: ObjectKey) => CacheView | undefined;

/** Whether the cache shows the write. Pure. */
export function isShown(expectation: Expectation, view: CacheView | undefined, isAtLeast: CompareVersions): boolean {
  if (view === undefined) return true;
  const { object, observedVersion } = view;
  const isSameObject = object?.metadata.uid === expectation.uid;
  if (expectation.wants.kind === "gone") return !isSameObject;
  if (expectation.wants.kind === "deleting") return !isSameObject || object.metadata.deletionTimestamp !== undefined;
  const { version } = expectation.wants;
  // Past this version the watch has also shown a deletion that followed.
  if (observedVersion !== undefined && isAtLeast(observedVersion, version) === true) return true;
  return isSameObject && isAtLeast(object.metadata.resourceVersion, version) !== false;
}

type CompareVersions = (version: string, wanted: string) => boolean | undefined;

export function describeExpectation(expectation: Expectation): string {
  const { kind, key, wants } = expectation;
  const what = wants.kind === "version" ? `version ${wants.version}` : wants.kind;
  return `${kindName(kind)} ${key.namespace}/${key.name}: ${what}`;
}
