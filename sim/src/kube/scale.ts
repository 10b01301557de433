/**
 * The scale subresource of a custom kind, by the paths in its CRD.
 * Source: apiextensions-apiserver, pkg/registry/customresource/etcd.go; apimachinery, util/managedfields/scalehandler.go.
 */
import { decodeManaged, identityOf } from "./fields/managed.ts";
import { updated } from "./fields/owners.ts";
import type { Json, JsonObject } from "./json.ts";
import { at, frozenObject, isObject, withMembers } from "./json.ts";
import { jsonPatched } from "./json-patch.ts";
import type { ScalePaths } from "./kinds.ts";
import { writerOf } from "./managers.ts";
import { mergePatched } from "./merge-patch.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { badRequest, internalError, notFound } from "./refusal.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { metadataOf } from "./store.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { keyOfTarget } from "./update.ts";
import { storeUpdate } from "./writes.ts";

export function scale(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  const { kind } = target;
  if (kind.scale === undefined) throw notFoundSubresource(request);
  const key = keyOfTarget(target);
  const live = state.store.get(kind, key);
  if (live === undefined) throw notFound(kind, key.name);
  if (request.method === "GET") {
    readQuery(target, []);
    if (at(live, ...kind.scale.spec) === undefined) {
      throw internalError(`the spec replicas field ${JSON.stringify(`.${kind.scale.spec.join(".")}`)} does not exist`);
    }
    return { status: 200, body: scaleOf(live, kind.scale) };
  }
  const { fieldManager } = readQuery(target, ["fieldManager", "fieldValidation"]);
  const wanted = wantedScale(scaleOf(live, kind.scale), request);
  const replicas = at(wanted, "spec", "replicas");
  if (typeof replicas !== "number") {
    throw badRequest(`the spec replicas field ${JSON.stringify(`.${kind.scale.spec.join(".")}`)} cannot be empty`);
  }
  const version = at(wanted, "metadata", "resourceVersion");
  const changed = withReplicas(live, kind.scale.spec, replicas);
  const metadata = withMembers(metadataOf(changed), version === undefined ? {} : { resourceVersion: version });
  const named = writerOf(state, kind, request, { fieldManager, subresource: "scale" });
  // The real server keeps the time that this manager had, which at first is none.
  const time = decodeManaged(metadataOf(live)["managedFields"]).get(
    identityOf({ ...named, operation: "Update" }),
  )?.time;
  const writer = { ...named, time };
  const rules = { type: kind.type, empty: kind.empty, reset: kind.reset.main };
  const owned = updated({ live, written: withMembers(changed, { metadata }), writer, ...rules });
  const stored = storeUpdate(state, { kind, key, part: "main", live, written: owned });
  return { status: 200, body: scaleOf(stored, kind.scale) };
}

function notFoundSubresource(request: ApiRequest): UnsupportedRequest {
  return new UnsupportedRequest("a kind without scale", request);
}

function wantedScale(current: JsonObject, request: ApiRequest): JsonObject {
  if (request.method === "PUT") return frozenObject(request.body);
  switch (request.contentType) {
    case "application/merge-patch+json":
      return mergePatched(current, frozenObject(request.body));
    case "application/json-patch+json":
      return jsonPatched(current, request.body);
    default:
      throw new UnsupportedRequest("this way to scale", request);
  }
}

function scaleOf(object: JsonObject, paths: ScalePaths): JsonObject {
  const {
    name = null,
    namespace = null,
    uid = null,
    resourceVersion = null,
    creationTimestamp = null,
  } = metadataOf(object);
  const count = (path: readonly string[]): Json => at(object, ...path) ?? 0;
  const replicas = count(paths.spec);
  const selector = paths.selector === undefined ? undefined : at(object, ...paths.selector);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: count(paths.status), ...(typeof selector === "string" && selector !== "" ? { selector } : {}) },
  };
}

function withReplicas(object: JsonObject, [step, ...rest]: readonly string[], replicas: number): JsonObject {
  if (step === undefined) return object;
  const member = object[step];
  const after = rest.length === 0 ? replicas : withReplicas(isObject(member) ? member : {}, rest, replicas);
  return withMembers(object, { [step]: after });
}
