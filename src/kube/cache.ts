/**
 * The indexed copy of one kind, written by its reflectors and read by loops.
 * Guarantees: objects are deeply frozen; indexes and objects agree at every moment; a change is told after it is visible;
 * a listener that throws is reported and harms nobody else.
 * Never: hands out anything that a reader could change; forgets that a name now belongs to another uid.
 */
import { deepFreeze } from "./json.ts";
import { keyOf, keyText } from "./port.ts";
import type { KubeObject, ObjectCache, ObjectKey } from "./port.ts";
import type { IndexFunctions } from "./runtime-port.ts";

/** `replaced`: the same name with a new uid, so the former object is gone and another one is there. */
export type CacheChange<T extends KubeObject> =
  | { readonly kind: "added"; readonly object: T }
  | { readonly kind: "modified"; readonly object: T; readonly previous: T }
  | { readonly kind: "replaced"; readonly object: T; readonly previous: T }
  | { readonly kind: "deleted"; readonly previous: T };

export interface WritableCache<T extends KubeObject> extends ObjectCache<T> {
  /** Stores the object; a copy that is already there in this very version is no change. */
  put(object: T): void;
  remove(key: ObjectKey): void;
  readonly size: number;
  onChange(listener: (change: CacheChange<T>) => void): void;
}

export interface ObjectCacheOptions<T extends KubeObject> {
  readonly indexes: IndexFunctions<T>;
  /** A listener or index function threw: a bug, reported, never propagated. */
  readonly reportBug: (error: unknown) => void;
}

export function objectCache<T extends KubeObject>({ indexes, reportBug }: ObjectCacheOptions<T>): WritableCache<T> {
  const objects = new Map<string, T>();
  const indexed = new Map(Object.keys(indexes).map((name) => [name, new Map<string, Map<string, T>>()]));
  const listeners: ((change: CacheChange<T>) => void)[] = [];

  function valuesOf(name: string, object: T): readonly string[] {
    try {
      return indexes[name]?.(object) ?? [];
    } catch (error) {
      reportBug(error);
      return [];
    }
  }

  function index(object: T, text: string): void {
    for (const [name, byValue] of indexed) {
      for (const value of valuesOf(name, object)) {
        const bucket = byValue.get(value) ?? new Map<string, T>();
        byValue.set(value, bucket.set(text, object));
      }
    }
  }

  function unindex(object: T, text: string): void {
    for (const [name, byValue] of indexed) {
      for (const value of valuesOf(name, object)) {
        const bucket = byValue.get(value);
        bucket?.delete(text);
        if (bucket?.size === 0) byValue.delete(value);
      }
    }
  }

  function tell(change: CacheChange<T>): void {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        reportBug(error);
      }
    }
  }

  return {
    get: (key) => objects.get(keyText(key)),
    list: () => [...objects.values()],
    byIndex(indexName, value) {
      const byValue = indexed.get(indexName);
      if (byValue === undefined) throw new Error(`index ${indexName} was not declared for this cache`);
      return [...(byValue.get(value)?.values() ?? [])];
    },
    put(object) {
      const text = keyText(keyOf(object));
      const previous = objects.get(text);
      const isSameObject = previous?.metadata.uid === object.metadata.uid;
      if (isSameObject && previous.metadata.resourceVersion === object.metadata.resourceVersion) return;
      const frozen = deepFreeze(object);
      if (previous !== undefined) unindex(previous, text);
      objects.set(text, frozen);
      index(frozen, text);
      if (previous === undefined) tell({ kind: "added", object: frozen });
      else tell({ kind: isSameObject ? "modified" : "replaced", object: frozen, previous });
    },
    remove(key) {
      const text = keyText(key);
      const previous = objects.get(text);
      if (previous === undefined) return;
      objects.delete(text);
      unindex(previous, text);
      tell({ kind: "deleted", previous });
    },
    get size() {
      return objects.size;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

/** Whether more than status changed: what makes the object's own loop look again without hearing its own echo. */
export function touchesMoreThanStatus<T extends KubeObject>(change: CacheChange<T>): boolean {
  if (change.kind !== "modified") return true;
  return specMark(change.object) !== specMark(change.previous);
}

/** Generation counts spec changes (CRDs with a status subresource); kinds without one have their whole version here. */
function specMark({ metadata }: KubeObject): string {
  const { generation, deletionTimestamp, labels, annotations, finalizers, ownerReferences } = metadata;
  const spec = generation ?? metadata.resourceVersion;
  return JSON.stringify([spec, deletionTimestamp, labels, annotations, finalizers, ownerReferences]);
}
