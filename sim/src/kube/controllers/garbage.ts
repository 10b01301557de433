/**
 * The garbage collector: dependents of owners that are gone go, background, foreground or orphaned.
 * An owner is found by its kind, namespace and name, and is the same one only with the same uid.
 * Source: kubernetes, pkg/controller/garbagecollector/garbagecollector.go.
 */
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER, removeObject } from "../delete.ts";
import type { Propagation } from "../delete.ts";
import { updated } from "../fields/owners.ts";
import type { Json, JsonObject } from "../json.ts";
import { at, listAt, textAt, withMembers } from "../json.ts";
import { apiVersionOf, kindName } from "../kinds.ts";
import { Refusal } from "../refusal.ts";
import type { ServerState } from "../server-state.ts";
import { metadataOf } from "../store.ts";
import { timeText } from "../metadata.ts";
import { storeUpdate } from "../writes.ts";
import type { Step } from "./controllers.ts";
import type { Node, OwnerIndex } from "./owner-index.ts";

const MANAGER = "kube-controller-manager";

export function garbageSteps(state: ServerState, index: OwnerIndex): readonly Step[] {
  return [
    ...index.waiting().flatMap((node) => waitingSteps(state, index, node)),
    ...index.owned().flatMap((node) => dependentSteps(state, index, node)),
  ];
}

function step(node: Node, what: string, act: () => void): Step {
  const { namespace, name } = node.key;
  const text = `${what} ${kindName(node.kind)} ${namespace === "" ? name : `${namespace}/${name}`}`;
  return {
    id: `garbage-collector: ${text} ${uidOf(node)}`,
    controller: "garbage-collector",
    text,
    run: () => ignoringRefusals(act),
  };
}

/** The world may have moved on since the step was listed; the real collector tries again as well. */
function ignoringRefusals(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function uidOf({ object }: Node): string {
  return textAt(object, "metadata", "uid") ?? "";
}

/** An owner that waits: first its dependents are let go or deleted, then its finalizer goes. */
function waitingSteps(state: ServerState, index: OwnerIndex, owner: Node): readonly Step[] {
  const finalizers = listAt(owner.object, "metadata", "finalizers");
  const dependents = index.dependentsOf(uidOf(owner));
  if (finalizers.includes(ORPHAN_FINALIZER)) {
    if (dependents.length === 0) return [withoutFinalizer(state, owner, ORPHAN_FINALIZER)];
    return dependents.map((dependent) =>
      step(dependent, "orphan", () => dropOwners(state, dependent, new Set([uidOf(owner)]))),
    );
  }
  if (dependents.some((dependent) => isBlocking(dependent, owner))) return [];
  return [withoutFinalizer(state, owner, FOREGROUND_FINALIZER)];
}

function isBlocking(dependent: Node, owner: Node): boolean {
  return listAt(dependent.object, "metadata", "ownerReferences").some(
    (reference) => textAt(reference, "uid") === uidOf(owner) && at(reference, "blockOwnerDeletion") === true,
  );
}

function withoutFinalizer(state: ServerState, node: Node, finalizer: string): Step {
  return step(node, `take ${finalizer} off`, () => {
    const rest = listAt(node.object, "metadata", "finalizers").filter((other) => other !== finalizer);
    change(state, node, { finalizers: rest.length === 0 ? undefined : rest });
  });
}

type OwnerState = "solid" | "dangling" | "waiting";

function dependentSteps(state: ServerState, index: OwnerIndex, node: Node): readonly Step[] {
  const metadata = metadataOf(node.object);
  if (metadata["deletionTimestamp"] !== undefined) return [];
  const owners = listAt(metadata, "ownerReferences").map((reference) => ({
    uid: textAt(reference, "uid") ?? "",
    is: ownerState(state, node, reference),
  }));
  const lost = owners.filter(({ is }) => is !== "solid");
  if (lost.length === 0) return [];
  if (lost.length < owners.length) {
    return [step(node, "drop lost owners of", () => dropOwners(state, node, new Set(lost.map(({ uid }) => uid))))];
  }
  const hasDependents = index.dependentsOf(uidOf(node)).length > 0;
  const isForeground = hasDependents && owners.some(({ is }) => is === "waiting");
  return [step(node, "collect", () => collect(state, node, isForeground ? "Foreground" : policyOf(node)))];
}

function policyOf({ object }: Node): Propagation {
  const finalizers = listAt(object, "metadata", "finalizers");
  if (finalizers.includes(ORPHAN_FINALIZER)) return "Orphan";
  return finalizers.includes(FOREGROUND_FINALIZER) ? "Foreground" : "Background";
}

function ownerState(state: ServerState, node: Node, reference: Json): OwnerState {
  const kind = state.kinds.find(
    (candidate) =>
      candidate.kind === textAt(reference, "kind") && apiVersionOf(candidate) === textAt(reference, "apiVersion"),
  );
  // The real collector cannot look up an unknown kind either and leaves the dependent alone.
  if (kind === undefined) return "solid";
  const namespace = kind.isNamespaced ? node.key.namespace : "";
  const owner = state.store.get(kind, { namespace, name: textAt(reference, "name") ?? "" });
  if (owner === undefined || textAt(owner, "metadata", "uid") !== textAt(reference, "uid")) return "dangling";
  const isWaiting =
    metadataOf(owner)["deletionTimestamp"] !== undefined &&
    listAt(owner, "metadata", "finalizers").includes(FOREGROUND_FINALIZER);
  return isWaiting ? "waiting" : "solid";
}

function collect(state: ServerState, node: Node, propagation: Propagation): void {
  const { uid, resourceVersion } = metadataOf(node.object) as { uid: string; resourceVersion: string };
  removeObject(state, node.kind, node.key, { propagation, uid, resourceVersion });
}

function dropOwners(state: ServerState, node: Node, uids: ReadonlySet<string>): void {
  const references = listAt(node.object, "metadata", "ownerReferences");
  const rest = references.filter((reference) => !uids.has(textAt(reference, "uid") ?? ""));
  change(state, node, { ownerReferences: rest.length === 0 ? undefined : rest });
}

/** Writes on top of the version that the step was listed for: another one, or another object, is a conflict. */
function change(state: ServerState, node: Node, members: Readonly<Record<string, readonly Json[] | undefined>>): void {
  const { kind, key, object } = node;
  const live = state.store.get(kind, key);
  if (live === undefined) return;
  const changed: JsonObject = withMembers(object, { metadata: withMembers(metadataOf(object), members) });
  const writer = {
    manager: MANAGER,
    apiVersion: apiVersionOf(kind),
    subresource: undefined,
    time: timeText(state.nowMs()),
  };
  const rules = { type: kind.type, empty: kind.empty, reset: kind.reset.main };
  const written = updated({ live, written: changed, writer, ...rules });
  storeUpdate(state, { kind, key, part: "main", live, written });
}
