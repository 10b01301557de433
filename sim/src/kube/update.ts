/** PUT and PATCH of an object, its status or (for namespaces) its finalizers. */
import { applied, updated } from "./fields/owners.ts";
import type { Rules } from "./fields/owners.ts";
import { ApplyConflict } from "./fields/conflicts.ts";
import { UndeclaredField } from "./fields/to-set.ts";
import type { JsonObject } from "./json.ts";
import { frozenObject, isObject, textAt, withMembers } from "./json.ts";
import { jsonPatched } from "./json-patch.ts";
import type { Kind, Part } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import { decode, inNamespace } from "./create.ts";
import { writerOf } from "./managers.ts";
import { mergePatched } from "./merge-patch.ts";
import { admitMetadata } from "./metadata.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { applyConflict, badRequest, conflict, internalError, invalidObject, notFound } from "./refusal.ts";
import { required } from "./schema/field-error.ts";
import { undeclaredField } from "./schema/undeclared.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { typeMembers } from "./store.ts";
import type { Key } from "./store.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { requireNamespace, storeNew, storeUpdate, withSystemMetadata } from "./writes.ts";

export function partOf({ kind, subresource }: Target): Part {
  if (subresource === undefined) return "main";
  if (subresource === "status" && kind.hasStatus) return "status";
  if (subresource === "finalize" && kind.plural === "namespaces") return "finalizers";
  throw new UnsupportedRequest(`the subresource ${subresource}`, kind.plural);
}

export function keyOfTarget({ namespace = "", name = "" }: Target): Key {
  return { namespace, name };
}

export function replace(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { fieldManager } = readQuery(target, ["fieldManager", "fieldValidation"]);
  const { kind } = target;
  const part = partOf(target);
  const key = keyOfTarget(target);
  const body = inNamespace(kind, decode(kind, frozenObject(request.body)), target.namespace);
  requireName(body, key);
  const live = state.store.get(kind, key);
  const named = { fieldManager, subresource: target.subresource };
  if (live === undefined) {
    if (!kind.allowsCreateOnUpdate || part !== "main") throw notFound(kind, key.name);
    requireNamespace(state, kind, key);
    const written = withSystemMetadata(state, body);
    const owned = updated({
      live: undefined,
      written,
      writer: writerOf(state, kind, request, named),
      ...rules(kind, part),
    });
    return { status: 201, body: storeNew(state, kind, key, owned) };
  }
  requireUID(kind, key, live, body);
  const written = updated({ live, written: body, writer: writerOf(state, kind, request, named), ...rules(kind, part) });
  return { status: 200, body: storeUpdate(state, { kind, key, part, live, written }) };
}

function rules(kind: Kind, part: Part): Rules {
  return { type: kind.type, empty: kind.empty, reset: part === "status" ? kind.reset.status : kind.reset.main };
}

function requireName(body: JsonObject, { name }: Key): void {
  const given = textAt(body, "metadata", "name");
  if (given === name) return;
  throw badRequest(
    given === undefined
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${name})`,
  );
}

function requireUID(kind: Kind, key: Key, live: JsonObject, body: JsonObject): void {
  const wanted = textAt(body, "metadata", "uid");
  const actual = textAt(live, "metadata", "uid") ?? "";
  if (wanted === undefined || wanted === actual) return;
  throw conflict(kind, key.name, storageError(kind, key, uidMismatch(wanted, actual)));
}

/** The storage layer's own words. */
export function storageError({ group, plural, isBuiltIn }: Kind, { namespace, name }: Key, why: string): string {
  const place = [...(isBuiltIn ? [] : [group]), plural, ...(namespace === "" ? [] : [namespace]), name].join("/");
  return `StorageError: invalid object, Code: 4, Key: /registry/${place}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
}

export function uidMismatch(wanted: string, actual: string): string {
  return `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${actual}`;
}

const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";
const JSON_PATCH = "application/json-patch+json";

export function patch(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { kind } = target;
  const part = partOf(target);
  const key = keyOfTarget(target);
  if (request.contentType === APPLY) return apply(state, target, request);
  const { fieldManager } = readQuery(target, ["fieldManager", "fieldValidation"]);
  const live = state.store.get(kind, key);
  if (live === undefined) throw notFound(kind, key.name);
  const written = patched(kind, live, request);
  requireName(written, key);
  const writer = writerOf(state, kind, request, { fieldManager, subresource: target.subresource });
  const owned = updated({ live, written, writer, ...rules(kind, part) });
  return { status: 200, body: storeUpdate(state, { kind, key, part, live, written: owned }) };
}

function patched(kind: Kind, live: JsonObject, request: ApiRequest): JsonObject {
  switch (request.contentType) {
    case MERGE:
      return decode(kind, mergePatched(live, frozenObject(request.body)));
    case JSON_PATCH:
      return decode(kind, jsonPatched(live, request.body));
    default:
      throw new UnsupportedRequest("this content type of a patch", request);
  }
}

function apply(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { fieldManager, force } = readQuery(target, ["fieldManager", "force", "fieldValidation"]);
  const { kind } = target;
  const part = partOf(target);
  const key = keyOfTarget(target);
  if (fieldManager === undefined || fieldManager === "") {
    const error = required("fieldManager", "is required for apply patch");
    throw invalidObject({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [error]);
  }
  const live = state.store.get(kind, key);
  if (live === undefined && part !== "main") throw notFound(kind, key.name);
  const writer = writerOf(state, kind, request, { fieldManager, subresource: target.subresource });
  const body = appliedBody(kind, frozenObject(request.body));
  const base = live ?? { ...typeMembers(kind), metadata: {}, ...kind.empty };
  const merged = refusing({ kind, key, body }, () =>
    applied({ live: base, applied: body, writer, isForced: force === "true", ...rules(kind, part) }),
  );
  const decoded = withMembers(merged, { metadata: admitMetadata(merged["metadata"]) });
  const written = inNamespace(kind, kind.admitApplied(decoded, live), target.namespace);
  requireName(written, key);
  if (live !== undefined) {
    return { status: 200, body: storeUpdate(state, { kind, key, part, live, written }) };
  }
  if (textAt(written, "metadata", "uid") !== undefined) {
    const uid = textAt(written, "metadata", "uid") ?? "";
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(kind, key.name, why);
  }
  requireNamespace(state, kind, key);
  return { status: 201, body: storeNew(state, kind, key, withSystemMetadata(state, written)) };
}

/** The applied configuration as it is compared: nothing is defaulted or dropped in it. */
function appliedBody(kind: Kind, body: JsonObject): JsonObject {
  if (body["apiVersion"] !== apiVersionOf(kind) || body["kind"] !== kind.kind) {
    throw new UnsupportedRequest(`an applied body of another kind than ${kind.kind}`, body);
  }
  if (isObject(body["metadata"]) && "managedFields" in body["metadata"]) {
    throw badRequest("metadata.managedFields must be nil");
  }
  return body;
}

interface Attempt {
  readonly kind: Kind;
  readonly key: Key;
  readonly body: JsonObject;
}

function refusing<T>({ kind, key, body }: Attempt, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof ApplyConflict) throw applyConflict(error.message, error.causes);
    if (error instanceof UndeclaredField) {
      const place = `${key.namespace}/${key.name}; ${apiVersionOf(kind)}, Kind=${kind.kind}`;
      const field = undeclaredField(body, kind.type) ?? "";
      throw internalError(`failed to create typed patch object (${place}): ${field}: field not declared in schema`);
    }
    throw error;
  }
}
