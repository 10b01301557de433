/**
 * What etcd and the watch cache are to the real server: every object at its last version, and the changes that led there.
 * Guarantees: one counter for all kinds; an object is frozen, and every reader sees the same one; a change is turned into a
 * line of text once, whoever watches; old versions can be listed until they are forgotten; a list is put in order once, until its kind changes.
 * Never: decides whether a write may happen.
 */
import type { Json, JsonObject } from "./json.ts";
import { isObject, textAt, withMembers } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { apiVersionOf, kindName } from "./kinds.ts";

/** Namespace ("" for the cluster's own kinds) and name. */
export interface Key {
  readonly namespace: string;
  readonly name: string;
}

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

export interface Change {
  readonly kind: Kind;
  readonly type: ChangeType;
  readonly key: Key;
  readonly revision: number;
  /** After the change; of a deletion: the last state, at the version of the deletion. */
  readonly object: JsonObject;
  /** As stored before; undefined when it was added. */
  readonly previous: JsonObject | undefined;
  /** The event as a watch sends it, with its line feed. */
  line(): string;
}

interface Table {
  readonly objects: Map<string, JsonObject>;
  /** By namespace; undefined: of all. Emptied by every change of the kind. */
  readonly lists: Map<string | undefined, readonly JsonObject[]>;
  log: Change[];
}

/** An order in which "a-b/x" comes before "a/x", as in etcd. */
function keyText({ namespace, name }: Key): string {
  return `${namespace}/${name}`;
}

export class Store {
  readonly #tables: ReadonlyMap<Kind, Table>;
  readonly #listeners: ((change: Change) => void)[] = [];
  #revision: number;
  /** Changes up to this version are forgotten. */
  #floor: number;

  constructor(kinds: readonly Kind[], firstRevision: number) {
    this.#tables = new Map(kinds.map((kind) => [kind, { objects: new Map(), lists: new Map(), log: [] }]));
    this.#revision = firstRevision;
    this.#floor = firstRevision;
  }

  get revision(): number {
    return this.#revision;
  }

  get floor(): number {
    return this.#floor;
  }

  get(kind: Kind, key: Key): JsonObject | undefined {
    return this.#table(kind).objects.get(keyText(key));
  }

  /** Calls the listener after every change, in the order of the changes. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Stores a new version and returns it with its resourceVersion. */
  put(kind: Kind, key: Key, object: JsonObject): JsonObject {
    const { objects } = this.#table(kind);
    const text = keyText(key);
    const previous = objects.get(text);
    const revision = (this.#revision += 1);
    const stored = atVersion(object, revision);
    objects.set(text, stored);
    this.#tell({ kind, type: previous === undefined ? "ADDED" : "MODIFIED", key, revision, object: stored, previous });
    return stored;
  }

  /** Takes the object away and returns its last state, at the version of the deletion. */
  remove(kind: Kind, key: Key): JsonObject {
    const { objects } = this.#table(kind);
    const previous = objects.get(keyText(key));
    if (previous === undefined) throw new Error(`${kindName(kind)} ${keyText(key)} is not stored`);
    objects.delete(keyText(key));
    const revision = (this.#revision += 1);
    const object = atVersion(previous, revision);
    this.#tell({ kind, type: "DELETED", key, revision, object, previous });
    return object;
  }

  /** Of one namespace, or of all when `namespace` is undefined; in the order of their keys, as of now. */
  list(kind: Kind, namespace?: string): readonly JsonObject[] {
    const { objects, lists } = this.#table(kind);
    const known = lists.get(namespace);
    if (known !== undefined) return known;
    const sorted = this.#sorted(objects, namespace);
    lists.set(namespace, sorted);
    return sorted;
  }

  /** As of an older version; undefined when that is forgotten. */
  listAt(kind: Kind, namespace: string | undefined, revision: number): readonly JsonObject[] | undefined {
    if (revision < this.#floor) return undefined;
    const { objects, log } = this.#table(kind);
    const then = new Map(objects);
    for (let last = log.length - 1; last >= 0; last -= 1) {
      const change = log[last];
      if (change === undefined || change.revision <= revision) break;
      if (change.previous === undefined) then.delete(keyText(change.key));
      else then.set(keyText(change.key), change.previous);
    }
    return this.#sorted(then, namespace);
  }

  /** Changes of a kind after a version, oldest first; undefined when some of them are forgotten. */
  changesSince(kind: Kind, revision: number): readonly Change[] | undefined {
    if (revision < this.#floor) return undefined;
    const { log } = this.#table(kind);
    let first = log.length;
    while (first > 0 && (log[first - 1]?.revision ?? 0) > revision) first -= 1;
    return log.slice(first);
  }

  /** Forgets how things were before now. */
  compact(): void {
    this.#floor = this.#revision;
    for (const table of this.#tables.values()) table.log = [];
  }

  #table(kind: Kind): Table {
    const table = this.#tables.get(kind);
    if (table === undefined) throw new Error(`no kind ${kindName(kind)}`);
    return table;
  }

  #sorted(objects: ReadonlyMap<string, JsonObject>, namespace: string | undefined): readonly JsonObject[] {
    const prefix = namespace === undefined ? "" : `${namespace}/`;
    const keys = [...objects.keys()].filter((text) => text.startsWith(prefix)).sort();
    return keys.map((text) => objects.get(text)).filter((object) => object !== undefined);
  }

  #tell(given: Omit<Change, "line">): void {
    let line: string | undefined;
    const change: Change = {
      ...given,
      line: () => (line ??= `${JSON.stringify({ type: given.type, object: given.object })}\n`),
    };
    const { log, lists } = this.#table(given.kind);
    log.push(change);
    lists.clear();
    for (const listener of this.#listeners) listener(change);
  }
}

export function keyOf(object: JsonObject): Key {
  return {
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
  };
}

export function metadataOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  return isObject(metadata) ? metadata : {};
}

function atVersion(object: JsonObject, revision: number): JsonObject {
  const metadata = withMembers(metadataOf(object), { resourceVersion: String(revision) });
  return withMembers(object, { metadata });
}

export function typeMembers(kind: Kind): { readonly apiVersion: Json; readonly kind: Json } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}
