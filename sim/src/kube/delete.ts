/**
 * DELETE of one object.
 * Guarantees: preconditions hold or nothing happens; an object with finalizers, or one whose dependents matter, waits for them.
 * Source: apiserver, pkg/registry/generic/registry/store.go, Delete; kubernetes, pkg/registry/core/namespace/storage.
 */
import type { Json, JsonObject } from "./json.ts";
import { frozenObject, isEqual, listAt, textAt, withMembers } from "./json.ts";
import { NAMESPACES } from "./built-in-kinds.ts";
import type { Kind } from "./kinds.ts";
import { timeText } from "./metadata.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { conflict, notFound } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { metadataOf } from "./store.ts";
import type { Key } from "./store.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { keyOfTarget, uidMismatch } from "./update.ts";

export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  /** Undefined: as the finalizers of the object say, else Background. */
  readonly propagation: Propagation | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

export function remove(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { propagationPolicy } = readQuery(target, ["propagationPolicy"]);
  const body = request.body === undefined ? {} : frozenObject(request.body);
  const unknown = Object.keys(body).find((member) => !OPTIONS.has(member));
  if (unknown !== undefined || target.subresource !== undefined) throw new UnsupportedRequest("this delete", request);
  const options = {
    propagation: propagationOf(textAt(body, "propagationPolicy") ?? propagationPolicy),
    uid: textAt(body, "preconditions", "uid"),
    resourceVersion: textAt(body, "preconditions", "resourceVersion"),
  };
  return { status: 200, body: removeObject(state, target.kind, keyOfTarget(target), options) };
}

const OPTIONS: ReadonlySet<string> = new Set(["apiVersion", "kind", "propagationPolicy", "preconditions"]);

function propagationOf(text: string | undefined): Propagation | undefined {
  if (text === undefined || text === "Background" || text === "Foreground" || text === "Orphan") return text;
  throw new UnsupportedRequest("this propagation policy", text);
}

/** The object while something holds it, else a Status of success. */
export function removeObject(state: ServerState, kind: Kind, key: Key, options: DeleteOptions): JsonObject {
  const live = state.store.get(kind, key);
  if (live === undefined) throw notFound(kind, key.name);
  requirePreconditions(kind, key, live, options);
  if (kind === NAMESPACES) return terminateNamespace(state, key, live, options);
  const finalizers = finalizersFor(live, options.propagation);
  if (finalizers.length === 0) {
    return gone(kind, state.store.remove(kind, key));
  }
  const metadata = metadataOf(live);
  const deleting = withMembers(metadata, { ...deletionMarks(state, metadata), finalizers });
  if (isEqual(deleting, metadata)) return live;
  return state.store.put(kind, key, withMembers(live, { metadata: deleting }));
}

function requirePreconditions(kind: Kind, key: Key, live: JsonObject, options: DeleteOptions): void {
  const { uid = "", resourceVersion = "" } = metadataOf(live) as { uid?: string; resourceVersion?: string };
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw kind === NAMESPACES ? conflict(kind, key.name, uidMismatch(options.uid, uid)) : refused(kind, key, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw refused(kind, key, why);
  }
}

/** The real server says the kind here, where it says the resource elsewhere. */
function refused({ group, kind }: Kind, { name }: Key, why: string): Refusal {
  return conflict({ group, plural: kind, kind }, name, why);
}

function finalizersFor(live: JsonObject, propagation: Propagation | undefined): readonly Json[] {
  const before = listAt(live, "metadata", "finalizers");
  if (propagation === undefined) return before;
  const others = before.filter((finalizer) => finalizer !== ORPHAN_FINALIZER && finalizer !== FOREGROUND_FINALIZER);
  const own = { Background: [], Foreground: [FOREGROUND_FINALIZER], Orphan: [ORPHAN_FINALIZER] }[propagation];
  const after = [...others, ...own];
  const isSameSet = after.length === before.length && after.every((finalizer) => before.includes(finalizer));
  return isSameSet ? before : after;
}

/** The first delete counts as a change of generation. */
function deletionMarks(state: ServerState, metadata: JsonObject): Readonly<Record<string, Json | undefined>> {
  if (metadata["deletionTimestamp"] !== undefined) return { deletionGracePeriodSeconds: 0 };
  const { generation } = metadata;
  return {
    deletionTimestamp: timeText(state.nowMs()),
    deletionGracePeriodSeconds: 0,
    generation: typeof generation === "number" ? generation + 1 : undefined,
  };
}

function terminateNamespace(state: ServerState, key: Key, live: JsonObject, options: DeleteOptions): JsonObject {
  const metadata = metadataOf(live);
  if (metadata["deletionTimestamp"] !== undefined) {
    if (listAt(live, "spec", "finalizers").length > 0 || listAt(metadata, "finalizers").length > 0) return live;
    return gone(NAMESPACES, state.store.remove(NAMESPACES, key));
  }
  const finalizers = finalizersFor(live, options.propagation);
  const deleting = withMembers(metadata, {
    deletionTimestamp: timeText(state.nowMs()),
    finalizers: finalizers.length === 0 ? undefined : finalizers,
  });
  const terminating = withMembers(live, { metadata: deleting, status: { phase: "Terminating" } });
  return state.store.put(NAMESPACES, key, terminating);
}

function gone({ group, plural, returnsDeleted }: Kind, last: JsonObject): JsonObject {
  if (returnsDeleted) return last;
  const { name = "", uid = "" } = metadataOf(last);
  const details = { name, ...(group === "" ? {} : { group }), kind: plural, uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}
