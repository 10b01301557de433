/**
 * A complete paged list of one kind in one scope.
 * Guarantees: complete at one version, or a value that says why not; a version that expires while paging starts the list anew.
 * Never: returns part of a list as if it were all.
 */
import type { Failure } from "../runtime/failure.ts";
import { sendRead, withoutManagedFields } from "./client.ts";
import type { KubeClientOptions } from "./client.ts";
import { outcomeOfFailure } from "./errors.ts";
import { isRecord } from "./json.ts";
import { KUBE_LIMITS } from "./limits.ts";
import { apiVersionOf, collectionPath, withQuery } from "./paths.ts";
import type { KubeObject, ResourceKind } from "./port.ts";

export type ListResult<T> =
  | { readonly kind: "complete"; readonly version: string; readonly items: readonly T[] }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface ListOptions extends Pick<KubeClientOptions, "transport" | "clock" | "dice" | "metrics"> {
  readonly kind: ResourceKind;
  /** Undefined: the whole cluster. */
  readonly namespace: string | undefined;
}

export async function listAll<T extends KubeObject>(options: ListOptions, signal: AbortSignal): Promise<ListResult<T>> {
  for (let restart = 0; ; restart += 1) {
    const result = await listOnce<T>(options, signal);
    if (result.kind !== "expired") return result;
    if (restart >= KUBE_LIMITS.listRestartsMax) return { kind: "failed", failure: EXPIRES_ALWAYS };
  }
}

async function listOnce<T extends KubeObject>(
  options: ListOptions,
  signal: AbortSignal,
): Promise<ListResult<T> | { readonly kind: "expired" }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < KUBE_LIMITS.listPagesMax; page += 1) {
    const path = withQuery(collectionPath(options.kind, options.namespace), {
      limit: String(KUBE_LIMITS.listPageSize),
      ...(cursor === undefined ? {} : { continue: cursor }),
    });
    const answer = await sendRead(options, { method: "GET", path, timeoutMs: KUBE_LIMITS.listPageTimeoutMs }, signal);
    if (answer.kind === "answered" && answer.status === 410) return { kind: "expired" };
    const parsed =
      answer.kind === "answered" && answer.status === 200 ? pageOf<T>(answer.body, options.kind) : undefined;
    if (parsed === undefined) {
      const asked = { isWrite: false, isCreate: false, plural: options.kind.plural };
      const outcome = outcomeOfFailure(answer, asked);
      return { kind: "failed", failure: outcome.kind === "failed" ? outcome.failure : UNREADABLE };
    }
    items.push(...parsed.items);
    if (parsed.next === undefined) return { kind: "complete", version: parsed.version, items };
    cursor = parsed.next;
  }
  return { kind: "failed", failure: TOO_MANY_PAGES };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly version: string;
  readonly next: string | undefined;
}

function pageOf<T extends KubeObject>(body: unknown, kind: ResourceKind): Page<T> | undefined {
  if (!isRecord(body) || !isRecord(body["metadata"]) || !Array.isArray(body["items"])) return undefined;
  const { resourceVersion, continue: next } = body["metadata"];
  if (typeof resourceVersion !== "string") return undefined;
  const items = body["items"].map((item: unknown) => listItem(item, kind) as T); // the edge: the server was asked for this kind
  return { items, version: resourceVersion, next: typeof next === "string" && next !== "" ? next : undefined };
}

/** Items of a list of a built-in kind carry no apiVersion and kind; watched ones do. */
function listItem(item: unknown, kind: ResourceKind): unknown {
  const object = withoutManagedFields(item);
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(isRecord(object) ? object : {}) };
}

const EXPIRES_ALWAYS: Failure = {
  class: "Transient",
  reason: "VersionExpired",
  message: "The list's version expired on every attempt before all pages were read.",
  fix: "None: the operator tries again.",
};
const UNREADABLE: Failure = {
  class: "Transient",
  reason: "ListUnreadable",
  message: "The API server's answer is not a list.",
  fix: "None: the operator tries again.",
};
const TOO_MANY_PAGES: Failure = {
  class: "Permanent",
  reason: "ListTooLong",
  message: `The list has more than ${KUBE_LIMITS.listPagesMax} pages of ${KUBE_LIMITS.listPageSize}.`,
  fix: "Watch fewer namespaces with one operator.",
};
