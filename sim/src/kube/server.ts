/**
 * The Kubernetes API server of the simulation: a synchronous state machine without sockets, timers or real time.
 * Guarantees: the same requests in the same order give the same answers, versions and events; what it answers is what
 * kube-apiserver 1.36 answers (the conformance suite compares them); objects are frozen and shared, so reading costs nothing.
 * Never: guesses: a request that the operator and its people do not send throws {@link UnsupportedRequest} and ends the run.
 * Not here: CEL rules, admission webhooks, RBAC, selectors, Events' expiry.
 */
import { create } from "./create.ts";
import { customKind } from "./custom-kinds.ts";
import {
  ADMISSION_POLICIES,
  ADMISSION_POLICY_BINDINGS,
  CONFIG_MAPS,
  SECRETS,
  EVENTS,
  LEASES,
  NAMESPACES,
  SERVICE_ACCOUNTS,
} from "./built-in-kinds.ts";
import { crdObject, DEFINITIONS } from "./definitions.ts";
import { controllersOf } from "./controllers/controllers.ts";
import type { Controllers } from "./controllers/controllers.ts";
import { remove } from "./delete.ts";
import type { JsonObject } from "./json.ts";
import { frozenObject, textAt } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { readPath } from "./paths.ts";
import type { Target } from "./paths.ts";
import { get, list } from "./read.ts";
import { Refusal } from "./refusal.ts";
import { scale } from "./scale.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { Store } from "./store.ts";
import { issueToken } from "./token.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { patch, replace } from "./update.ts";
import { Watches } from "./watches.ts";
import type { OpenWatch, WatchSink } from "./watches.ts";

export interface ApiServerOptions {
  /** Wall clock of the server. */
  readonly nowMs: () => number;
  readonly newUID: () => string;
  /** Parsed CRD manifests; their kinds are served. A frozen one ({@link frozenObject}) is read once, however many servers it is for. */
  readonly crds: readonly object[];
}

export interface ApiServer {
  handle(request: ApiRequest): ApiAnswer;
  /** A GET of a collection with `watch=true`. Events that are due come before this returns. */
  openWatch(request: ApiRequest, sink: WatchSink): OpenWatch | ({ readonly kind: "refused" } & ApiAnswer);
  /** What kube-controller-manager would do next; nothing happens until a step is run. */
  readonly controllers: Controllers;
  /** Sends bookmarks to the watches that asked for them; the real server does it about once a minute. */
  bookmarks(): void;
  /** Forgets the past: older watches and continue tokens get 410. */
  compact(): void;
  /** All objects of a kind, such as "cloudsyncagents" or "leases", in the order of their keys. For oracles. */
  objects(plural: string): readonly JsonObject[];
  /** The version of the last change. */
  version(): number;
}

export function createApiServer({ nowMs, newUID, crds }: ApiServerOptions): ApiServer {
  const definitions = crds.map(definitionOf);
  const kinds = [
    NAMESPACES,
    SERVICE_ACCOUNTS,
    CONFIG_MAPS,
    SECRETS,
    LEASES,
    EVENTS,
    ADMISSION_POLICIES,
    ADMISSION_POLICY_BINDINGS,
    DEFINITIONS,
    ...definitions.map(({ kind }) => kind),
  ];
  const store = new Store(kinds, 1);
  const state: ServerState = { store, kinds, nowMs, newUID };
  const watches = new Watches(store);
  const findKind = (group: string, version: string, plural: string): Kind | undefined =>
    kinds.find((kind) => kind.plural === plural && kind.group === group && kind.version === version);
  for (const { manifest } of definitions) {
    const name = textAt(manifest, "metadata", "name") ?? "";
    store.put(DEFINITIONS, { namespace: "", name }, crdObject(state, manifest));
  }

  function answering(request: ApiRequest, answer: (target: Target) => ApiAnswer): ApiAnswer {
    try {
      return answer(readPath(request.path, findKind));
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  return {
    handle: (request) => answering(request, (target) => route(state, target, request)),
    openWatch(request, sink) {
      let opened: OpenWatch | undefined;
      const refused = answering(request, (target) => {
        if (request.method !== "GET" || target.name !== undefined) throw new UnsupportedRequest("this watch", request);
        opened = watches.open(target, sink);
        return { status: 200, body: "" };
      });
      return opened ?? { kind: "refused", ...refused };
    },
    controllers: controllersOf(state),
    bookmarks: () => watches.bookmark(),
    compact: () => store.compact(),
    objects(plural) {
      const kind = kinds.find((candidate) => candidate.plural === plural);
      if (kind === undefined) throw new Error(`no kind ${plural}`);
      return store.list(kind);
    },
    version: () => store.revision,
  };
}

interface Definition {
  readonly manifest: JsonObject;
  readonly kind: Kind;
}

/** Of frozen manifests; a kind has no state, and the memory ends with the manifest. */
const definitionsBefore = new WeakMap<object, Definition>();

function definitionOf(crd: object): Definition {
  const known = definitionsBefore.get(crd);
  if (known !== undefined) return known;
  const manifest = frozenObject(crd);
  const definition = { manifest, kind: customKind(manifest) };
  if (Object.isFrozen(crd)) definitionsBefore.set(crd, definition);
  return definition;
}

function route(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  if (target.subresource === "token" && target.kind === SERVICE_ACCOUNTS && request.method === "POST") {
    return issueToken(state, target, request);
  }
  if (target.subresource === "scale") return scale(state, target, request);
  if (target.kind === DEFINITIONS && request.method !== "GET")
    throw new UnsupportedRequest("a write of a CRD", request);
  switch (request.method) {
    case "GET":
      if (target.query.has("watch")) throw new UnsupportedRequest("a watch is opened with openWatch", request);
      return target.name === undefined ? list(state, target) : get(state, target);
    case "POST":
      if (target.name !== undefined) throw new UnsupportedRequest("a create with a name in its path", request);
      return create(state, target, request);
    case "PUT":
      return replace(state, target, request);
    case "PATCH":
      return patch(state, target, request);
    case "DELETE":
      if (target.name === undefined) throw new UnsupportedRequest("a delete of a collection", request);
      return remove(state, target, request);
  }
}
