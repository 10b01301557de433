/**
 * A row of the conformance suite: a script of requests that is run, as it stands, against the in-memory server and the real one.
 * `{ns}` in paths and bodies stands for the namespace of the row, `{x}` for a name that no other row uses.
 */
import type { ApiRequest } from "../../../../sim/src/kube/server-state.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What was answered so far, for bodies that carry a version or a uid of before. */
export type Seen = readonly Answer[];

export type Step =
  | { readonly do: "send"; readonly request: (seen: Seen) => ApiRequest }
  /** Opens a watch; its events are asked for later. */
  | { readonly do: "watch"; readonly path: (seen: Seen) => string }
  /** The events of the last opened watch, when there are `count` of them. */
  | { readonly do: "events"; readonly count: number }
  /** Waits until the controllers have brought the answer to this request about. */
  | { readonly do: "settle"; readonly request: ApiRequest; readonly until: (answer: Answer) => boolean }
  /** Forgets the past. */
  | { readonly do: "compact" };

export interface Row {
  readonly name: string;
  /** A namespace of the row's own, for what lists or deletes a namespace. */
  readonly ownNamespace?: true;
  readonly steps: readonly Step[];
}

export function row(name: string, ...steps: readonly Step[]): Row {
  return { name, steps };
}

export function rowAlone(name: string, ...steps: readonly Step[]): Row {
  return { name, ownNamespace: true, steps };
}

/** Metadata of an earlier answer. */
export function meta(seen: Seen, index: number): Readonly<Record<string, unknown>> {
  const body = seen[index]?.body as { readonly metadata?: Readonly<Record<string, unknown>> } | undefined;
  return body?.metadata ?? {};
}

export function versionOf(seen: Seen, index: number): string {
  return String(meta(seen, index)["resourceVersion"]);
}

export function uidOf(seen: Seen, index: number): string {
  return String(meta(seen, index)["uid"]);
}
