/** What every request works on. */
import type { Kind } from "./kinds.ts";
import { NAMESPACES } from "./built-in-kinds.ts";
import type { JsonObject } from "./json.ts";
import type { Store } from "./store.ts";

export interface ServerState {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly nowMs: () => number;
  readonly newUID: () => string;
}

export function namespaceObject({ store }: ServerState, name: string): JsonObject | undefined {
  return store.get(NAMESPACES, { namespace: "", name });
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute path with its query. */
  readonly path: string;
  /** Of the body; JSON when absent. */
  readonly contentType?: string;
  readonly body?: object;
  /** Names the field manager of a write that names none. */
  readonly userAgent?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Frozen JSON, or text where the real server sends text. */
  readonly body: unknown;
}
