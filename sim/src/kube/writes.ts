/**
 * The last steps of every write, in the real server's order: version check, what the server itself sets, validation, storing.
 * Guarantees: a write that changes nothing is not stored and raises no version; the write that takes the last finalizer off a
 * deleting object takes the object away; generation counts changes of everything but metadata and status.
 * Source: apiserver, pkg/registry/generic/registry/store.go; apiextensions-apiserver, pkg/registry/customresource.
 */
import { isEqualButForTimes } from "./fields/owners.ts";
import type { JsonObject } from "./json.ts";
import { isEqual, listAt, textAt, withMembers } from "./json.ts";
import type { Kind, Part } from "./kinds.ts";
import { metadataErrors, metadataUpdateErrors, timeText, withoutRepeatedOwners } from "./metadata.ts";
import {
  alreadyExists,
  conflict,
  forbiddenCreation,
  internalError,
  invalidObject,
  notFound,
  OPTIMISTIC_LOCK,
} from "./refusal.ts";
import { invalid } from "./schema/field-error.ts";
import { NAMESPACES } from "./built-in-kinds.ts";
import { namespaceObject } from "./server-state.ts";
import type { ServerState } from "./server-state.ts";
import { metadataOf } from "./store.ts";
import type { Key } from "./store.ts";

/** Content needs a namespace that stays. */
export function requireNamespace(state: ServerState, kind: Kind, { namespace, name }: Key): void {
  if (!kind.isNamespaced) return;
  const found = namespaceObject(state, namespace);
  if (found === undefined) throw notFound(NAMESPACES, namespace);
  if (metadataOf(found)["deletionTimestamp"] !== undefined) throw forbiddenCreation(kind, name, namespace);
}

/** What the server sets on an object that comes to be, before its owners are recorded. */
export function withSystemMetadata(state: ServerState, object: JsonObject): JsonObject {
  const metadata = withMembers(metadataOf(object), {
    uid: state.newUID(),
    creationTimestamp: timeText(state.nowMs()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  });
  return withMembers(object, { metadata });
}

export function storeNew(state: ServerState, kind: Kind, key: Key, object: JsonObject): JsonObject {
  if (textAt(object, "metadata", "resourceVersion") !== undefined) {
    throw internalError("resourceVersion should not be set on objects to be created");
  }
  const bare = kind.hasStatus ? withMembers(object, { status: undefined }) : object;
  const metadata = withMembers(withoutRepeatedOwners(metadataOf(bare)), {
    generation: kind.hasGeneration ? 1 : undefined,
  });
  const made = kind.initial(withMembers(bare, { metadata }));
  const errors = [...metadataErrors(metadata), ...kind.validate(made, undefined, "main")];
  if (errors.length > 0) throw invalidObject({ group: kind.invalidGroup, kind: kind.kind }, key.name, errors);
  const existing = state.store.get(kind, key);
  if (existing !== undefined)
    throw alreadyExists(kind, key.name, metadataOf(existing)["deletionTimestamp"] !== undefined);
  return state.store.put(kind, key, made);
}

export interface Update {
  readonly kind: Kind;
  readonly key: Key;
  readonly part: Part;
  readonly live: JsonObject;
  /** The whole object as the request wants it, with its owners recorded. */
  readonly written: JsonObject;
}

export function storeUpdate(state: ServerState, { kind, key, part, live, written }: Update): JsonObject {
  requireVersion(kind, key, live, written);
  const prepared = prepare({ kind, part, live, written });
  const common = metadataUpdateErrors(metadataOf(prepared), metadataOf(live));
  // The real server asks twice, for all kinds and for this one, and tells both.
  const errors = [...common, ...common, ...kind.validate(prepared, live, part)];
  if (errors.length > 0) throw invalidObject({ group: kind.invalidGroup, kind: kind.kind }, key.name, errors);
  if (isEqualButForTimes(live, prepared)) return live;
  if (isLastWrite(kind, prepared, live)) {
    state.store.remove(kind, key);
    return prepared;
  }
  return state.store.put(kind, key, prepared);
}

function requireVersion(kind: Kind, key: Key, live: JsonObject, written: JsonObject): void {
  const version = textAt(written, "metadata", "resourceVersion");
  if (version === undefined) {
    if (kind.allowsUnconditionalUpdate) return;
    const error = invalid("metadata.resourceVersion", 0, "must be specified for an update");
    // The real server says the resource here, not the kind.
    throw invalidObject({ group: kind.group, kind: kind.plural }, key.name, [error]);
  }
  if (version !== textAt(live, "metadata", "resourceVersion")) throw conflict(kind, key.name, OPTIMISTIC_LOCK);
}

type Parts = Pick<Update, "kind" | "part" | "live" | "written">;

function prepare({ kind, part, live, written }: Parts): JsonObject {
  const before = metadataOf(live);
  if (part === "status" && !kind.isBuiltIn) {
    const metadata = withMembers(before, { managedFields: metadataOf(written)["managedFields"] });
    return withMembers(live, { metadata, status: written["status"] });
  }
  const kept = keptMembers({ kind, part, live, written });
  const own = withMembers(written, kept);
  const isChanged =
    kind.hasGeneration && !isEqual(withMembers(own, { metadata: {} }), withMembers(live, { metadata: {} }));
  const generation = before["generation"];
  const metadata = withMembers(withoutRepeatedOwners(metadataOf(own)), {
    generation: isChanged && typeof generation === "number" ? generation + 1 : generation,
    uid: metadataOf(own)["uid"] ?? before["uid"],
    creationTimestamp: before["creationTimestamp"],
    deletionTimestamp: before["deletionTimestamp"] ?? metadataOf(own)["deletionTimestamp"],
    deletionGracePeriodSeconds: before["deletionGracePeriodSeconds"],
    resourceVersion: before["resourceVersion"],
  });
  return withMembers(own, { metadata });
}

/** Members that this way of writing cannot change. */
function keptMembers({ kind, part, live }: Parts): Readonly<Record<string, JsonObject[string] | undefined>> {
  if (part === "status") return { spec: live["spec"] };
  const spec = kind === NAMESPACES && part === "main" ? { spec: live["spec"] } : {};
  return kind.hasStatus ? { ...spec, status: live["status"] } : spec;
}

function isLastWrite(kind: Kind, written: JsonObject, live: JsonObject): boolean {
  if (metadataOf(live)["deletionTimestamp"] === undefined) return false;
  if (listAt(written, "metadata", "finalizers").length > 0) return false;
  return kind !== NAMESPACES || listAt(written, "spec", "finalizers").length === 0;
}
