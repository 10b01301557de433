/**
 * Which kind, object and subresource a request speaks of.
 * Guarantees: a path or a query that is not known here never gets an answer; it ends the run.
 */
import type { Kind } from "./kinds.ts";
import { pageNotFound } from "./refusal.ts";
import { UnsupportedRequest } from "./unsupported.ts";

export interface Target {
  readonly kind: Kind;
  /** Undefined: all namespaces, or a kind of the cluster. */
  readonly namespace: string | undefined;
  /** Undefined: the collection. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
}

export type FindKind = (group: string, version: string, plural: string) => Kind | undefined;

export function readPath(path: string, findKind: FindKind): Target {
  const [route = "", search = ""] = path.split("?");
  const segments = route.split("/").slice(1).map(decodeURIComponent);
  const { group, version, rest } = rooted(segments, path);
  const query = new URLSearchParams(search);
  const isScoped = rest[0] === "namespaces" && rest.length > 2 && !(group === "" && isOfNamespace(rest));
  const [namespace, [plural = "", name, subresource, ...more]] = isScoped
    ? [rest[1], rest.slice(2)]
    : [undefined, rest];
  const kind = findKind(group, version, plural);
  if (kind === undefined) {
    // Another group's kind may well be missing from a cluster; one of Kubernetes' own is just not imitated.
    if (group.includes(".") && !group.endsWith(".k8s.io")) throw pageNotFound();
    throw new UnsupportedRequest("this resource", path);
  }
  // Of a namespaced kind one object is always asked for in its namespace.
  const isWhole = kind.isNamespaced ? namespace !== undefined || name === undefined : namespace === undefined;
  if (more.length > 0 || !isWhole) throw new UnsupportedRequest("this path", path);
  return { kind, namespace, name, subresource, query };
}

/** `/api/v1/namespaces/x/status` is about the namespace itself. */
function isOfNamespace([, , third]: readonly string[]): boolean {
  return third === "status" || third === "finalize";
}

function rooted(
  segments: readonly string[],
  path: string,
): { readonly group: string; readonly version: string; readonly rest: readonly string[] } {
  const [root, first = "", second = ""] = segments;
  if (root === "api") return { group: "", version: first, rest: segments.slice(2) };
  if (root === "apis") return { group: first, version: second, rest: segments.slice(3) };
  throw new UnsupportedRequest("this path", path);
}

/** The query's values, when it has no other names than the allowed ones. */
export function readQuery<Name extends string>(
  { query }: Target,
  allowed: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const values: Partial<Record<Name, string>> = {};
  for (const [name, value] of query) {
    const known = allowed.find((candidate) => candidate === name);
    if (known === undefined) throw new UnsupportedRequest(`the query parameter ${name}`, query.toString());
    values[known] = value;
  }
  return values;
}
