/**
 * The namespace controller: empties a namespace that is being deleted, then lets it go.
 * Never: waits for content to vanish: an object with a finalizer is deleted once and holds the namespace until it is gone.
 * The real controller also writes conditions into the namespace's status; nobody reads them here.
 * Source: kubernetes, pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
 */
import { NAMESPACE_FINALIZER, NAMESPACES } from "../built-in-kinds.ts";
import { removeObject } from "../delete.ts";
import type { JsonObject } from "../json.ts";
import { listAt, textAt, withMembers } from "../json.ts";
import { kindName } from "../kinds.ts";
import type { ServerState } from "../server-state.ts";
import { keyOf, metadataOf } from "../store.ts";
import { storeUpdate } from "../writes.ts";
import type { Step } from "./controllers.ts";

export function namespaceSteps(state: ServerState): readonly Step[] {
  return state.store
    .list(NAMESPACES)
    .filter((namespace) => metadataOf(namespace)["deletionTimestamp"] !== undefined)
    .flatMap((namespace) => stepsOf(state, namespace));
}

function stepsOf(state: ServerState, namespace: JsonObject): readonly Step[] {
  const { name } = keyOf(namespace);
  const content = state.kinds
    .filter((kind) => kind.isNamespaced)
    .flatMap((kind) => state.store.list(kind, name).map((object) => ({ kind, object })));
  if (content.length > 0) {
    return content
      .filter(({ object }) => metadataOf(object)["deletionTimestamp"] === undefined)
      .map(({ kind, object }) => {
        const key = keyOf(object);
        const uid = textAt(object, "metadata", "uid") ?? "";
        const text = `delete ${kindName(kind)} ${key.namespace}/${key.name}`;
        return named(text, uid, () => {
          const live = state.store.get(kind, key);
          if (live === undefined || textAt(live, "metadata", "uid") !== uid) return;
          removeObject(state, kind, key, { propagation: "Background", uid, resourceVersion: undefined });
        });
      });
  }
  if (!listAt(namespace, "spec", "finalizers").includes(NAMESPACE_FINALIZER)) return [];
  return [
    named(`let namespace ${name} go`, textAt(namespace, "metadata", "uid") ?? "", () => finalize(state, namespace)),
  ];
}

function named(text: string, uid: string, run: () => void): Step {
  return { id: `namespace-controller: ${text} ${uid}`, controller: "namespace-controller", text, run };
}

/** Through the finalize subresource; the last finalizer takes the namespace with it. */
function finalize(state: ServerState, namespace: JsonObject): void {
  const key = keyOf(namespace);
  const live = state.store.get(NAMESPACES, key);
  if (live !== namespace) return;
  const finalizers = listAt(live, "spec", "finalizers").filter((finalizer) => finalizer !== NAMESPACE_FINALIZER);
  const written = withMembers(live, { spec: finalizers.length === 0 ? {} : { finalizers } });
  storeUpdate(state, { kind: NAMESPACES, key, part: "finalizers", live, written });
}
