/**
 * GET of an object and of a collection, page by page.
 * Guarantees: all pages of one list show one version; a page of a forgotten version is refused with 410.
 * Source: apiserver, pkg/storage/continue.go and pkg/storage/etcd3/errors.go.
 */
import type { JsonObject } from "./json.ts";
import { frozenCopy, isObject, textAt, withMembers } from "./json.ts";
import { apiVersionOf } from "./kinds.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { expired, notFound } from "./refusal.ts";
import type { ApiAnswer, ServerState } from "./server-state.ts";
import { keyOf } from "./store.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { keyOfTarget, partOf } from "./update.ts";

export function get(state: ServerState, target: Target): ApiAnswer {
  readQuery(target, []);
  partOf(target);
  const { kind } = target;
  const key = keyOfTarget(target);
  const found = state.store.get(kind, key);
  if (found === undefined) throw notFound(kind, key.name);
  return { status: 200, body: found };
}

const EXPIRED_PAGE =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted " +
  "between the time the first chunk was returned and now may show up in the list.";

export function list(state: ServerState, target: Target): ApiAnswer {
  const { limit, continue: token } = readQuery(target, ["limit", "continue"]);
  const { kind, namespace } = target;
  const from = token === undefined ? undefined : readToken(token);
  const revision = from?.revision ?? state.store.revision;
  const all = state.store.listAt(kind, namespace, revision);
  if (all === undefined) throw expired(EXPIRED_PAGE, continueToken(-1, from?.after ?? ""));
  const rest = from === undefined ? all : all.filter((object) => sortKey(object) > from.after);
  const size = limit === undefined || limit === "0" ? rest.length : Number(limit);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const isMore = page.length < rest.length && last !== undefined;
  const metadata = {
    // A list of a custom kind says that there is no more.
    ...(kind.isBuiltIn ? {} : { continue: "" }),
    ...(isMore ? { continue: continueToken(revision, sortKey(last)), remainingItemCount: rest.length - size } : {}),
    resourceVersion: String(revision),
  };
  const items = kind.isBuiltIn ? page.map(untyped) : page;
  return { status: 200, body: Object.freeze({ kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata, items }) };
}

function untyped(object: JsonObject): JsonObject {
  return withMembers(object, { apiVersion: undefined, kind: undefined });
}

/** The order of a list is the order of "namespace/name", whatever is listed. */
function sortKey(object: JsonObject): string {
  const { namespace, name } = keyOf(object);
  return `${namespace}/${name}`;
}

interface Place {
  readonly revision: number;
  readonly after: string;
}

function continueToken(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${after}\u0000` })).toString(
    "base64url",
  );
}

function readToken(token: string): Place {
  const read = frozenCopy(JSON.parse(Buffer.from(token, "base64url").toString()));
  const revision = isObject(read) ? read["rv"] : undefined;
  const start = textAt(read, "start");
  // A person may go on with an inconsistent list (version -1); the operator starts anew.
  if (typeof revision !== "number" || revision < 0 || start === undefined) {
    throw new UnsupportedRequest("this continue token", token);
  }
  return { revision, after: start.replace(/\0$/, "") };
}
