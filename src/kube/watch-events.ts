/**
 * The lines of a watch stream, read as events.
 * Guarantees: chunks may be cut anywhere; an unreadable line is an event of its own, never an exception; bounded memory.
 */
import { withoutManagedFields } from "./client.ts";
import { statusOf } from "./errors.ts";
import { isRecord } from "./json.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { KubeObject } from "./port.ts";

export type WatchEvent<T extends KubeObject> =
  | { readonly kind: "put"; readonly object: T }
  | { readonly kind: "removed"; readonly object: T }
  | { readonly kind: "bookmark"; readonly version: string }
  | { readonly kind: "expired" } // 410: the version to go on from is gone
  | { readonly kind: "error"; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: "unreadable" };

/** Collects chunks into lines. `push` returns the complete lines, or undefined when a line exceeds the bound. */
export function lineSplitter(): { push(chunk: string): readonly string[] | undefined } {
  let rest = "";
  return {
    push(chunk) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > KUBE_LIMITS.watchLineBytesMax) return undefined;
      return lines.filter((line) => line !== "");
    },
  };
}

export function watchEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  const parsed = parse(line);
  if (!isRecord(parsed) || !isRecord(parsed["object"])) return { kind: "unreadable" };
  const { type, object } = parsed;
  if (type === "ERROR") return errorEvent(object);
  const metadata: unknown = object["metadata"];
  if (!isRecord(metadata) || typeof metadata["resourceVersion"] !== "string") return { kind: "unreadable" };
  if (type === "BOOKMARK") return { kind: "bookmark", version: metadata["resourceVersion"] };
  if (typeof metadata["name"] !== "string" || typeof metadata["uid"] !== "string") return { kind: "unreadable" };
  // The edge: the server was asked for this kind.
  const item = withoutManagedFields(object) as T;
  if (type === "ADDED" || type === "MODIFIED") return { kind: "put", object: item };
  return type === "DELETED" ? { kind: "removed", object: item } : { kind: "unreadable" };
}

function errorEvent<T extends KubeObject>(object: Readonly<Record<string, unknown>>): WatchEvent<T> {
  const status = statusOf(object);
  const isExpired = object["code"] === 410 || status?.reason === "Expired" || status?.reason === "Gone";
  if (isExpired) return { kind: "expired" };
  const details = isRecord(object["details"]) ? object["details"] : {};
  const seconds = details["retryAfterSeconds"];
  const retryAfter = typeof seconds === "number" ? { retryAfterMs: seconds * 1_000 } : {};
  return { kind: "error", reason: status?.reason ?? "Unknown", ...retryAfter };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
