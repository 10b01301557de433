/**
 * Which objects have owners, which wait for the garbage collector, and who depends on whom.
 * Guarantees: kept by the changes alone, so that asking what is pending costs only what could be.
 */
import { listAt, textAt } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { kindName } from "../kinds.ts";
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from "../delete.ts";
import { metadataOf } from "../store.ts";
import type { Change, Key, Store } from "../store.ts";

export interface Node {
  readonly kind: Kind;
  readonly key: Key;
  readonly object: JsonObject;
}

export class OwnerIndex {
  readonly #owned = new Map<string, Node>();
  readonly #waiting = new Map<string, Node>();

  constructor(store: Store) {
    store.onChange((change) => this.#follow(change));
  }

  /** Objects with owner references. */
  owned(): readonly Node[] {
    return [...this.#owned.values()];
  }

  /** Deleting objects that the garbage collector has to finish. */
  waiting(): readonly Node[] {
    return [...this.#waiting.values()];
  }

  dependentsOf(uid: string): readonly Node[] {
    return this.owned().filter(({ object }) =>
      listAt(object, "metadata", "ownerReferences").some((reference) => textAt(reference, "uid") === uid),
    );
  }

  #follow({ kind, key, type, object }: Change): void {
    const id = idOf(kind, key);
    this.#owned.delete(id);
    this.#waiting.delete(id);
    if (type !== "DELETED") this.#add({ kind, key, object });
  }

  #add(node: Node): void {
    const metadata = metadataOf(node.object);
    const id = idOf(node.kind, node.key);
    if (listAt(metadata, "ownerReferences").length > 0) this.#owned.set(id, node);
    const finalizers = listAt(metadata, "finalizers");
    const isForCollector = finalizers.includes(ORPHAN_FINALIZER) || finalizers.includes(FOREGROUND_FINALIZER);
    if (metadata["deletionTimestamp"] !== undefined && isForCollector) this.#waiting.set(id, node);
  }
}

function idOf(kind: Kind, { namespace, name }: Key): string {
  return `${kindName(kind)} ${namespace}/${name}`;
}
