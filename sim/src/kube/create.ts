/** POST to a collection. */
import { updated } from "./fields/owners.ts";
import type { JsonObject } from "./json.ts";
import { frozenObject, textAt, withMembers } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import { writerOf } from "./managers.ts";
import { admitMetadata } from "./metadata.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { badRequest } from "./refusal.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { requireNamespace, storeNew, withSystemMetadata } from "./writes.ts";

export function create(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { fieldManager } = readQuery(target, ["fieldManager", "fieldValidation"]);
  const { kind } = target;
  const decoded = decode(kind, frozenObject(request.body));
  const name = textAt(decoded, "metadata", "name") ?? "";
  if (name === "") throw new UnsupportedRequest("a create without a name", request);
  const object = inNamespace(kind, decoded, target.namespace);
  const key = { namespace: target.namespace ?? "", name };
  requireNamespace(state, kind, key);
  const writer = writerOf(state, kind, request, { fieldManager });
  const made = updated({
    live: undefined,
    written: withSystemMetadata(state, object),
    writer,
    type: kind.type,
    empty: kind.empty,
    reset: kind.reset.main,
  });
  return { status: 201, body: storeNew(state, kind, key, made) };
}

/** A body of this kind with its unknown members gone and its defaults in place. */
export function decode(kind: Kind, body: JsonObject): JsonObject {
  const { apiVersion = apiVersionOf(kind), kind: kindText = kind.kind } = body;
  if (apiVersion !== apiVersionOf(kind) || kindText !== kind.kind) {
    throw new UnsupportedRequest(`a body of another kind than ${kind.kind}`, body);
  }
  return kind.admit(withMembers(body, { apiVersion, kind: kindText, metadata: admitMetadata(body["metadata"]) }));
}

export function inNamespace(kind: Kind, object: JsonObject, namespace: string | undefined): JsonObject {
  const { metadata } = object;
  if (!kind.isNamespaced || namespace === undefined) return object;
  const given = textAt(object, "metadata", "namespace");
  if (given === namespace) return object;
  if (given !== undefined) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return withMembers(object, { metadata: withMembers(metadata as JsonObject, { namespace }) });
}
