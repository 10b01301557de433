/**
 * Open watches.
 * Guarantees: a watch gets every change of its scope after its version, once and in order; a forgotten version gets an ERROR
 * event and its end, as from the real watch cache; after `close` or the end nothing comes any more.
 * Never: times a watch out: whoever opened it knows the clock (`timeoutSeconds`).
 */
import type { Kind } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import { readQuery } from "./paths.ts";
import type { Target } from "./paths.ts";
import { statusBody } from "./refusal.ts";
import type { Change, Store } from "./store.ts";
import { UnsupportedRequest } from "./unsupported.ts";

export interface WatchSink {
  /** One event with its line feed. */
  event(line: string): void;
  /** The server ended the stream. */
  end(): void;
}

export interface OpenWatch {
  readonly kind: "watching";
  readonly resource: string;
  readonly namespace: string | undefined;
  /** After this long the real server ends the stream. */
  readonly timeoutSeconds: number | undefined;
  /** The client hung up. */
  close(): void;
  /** The server ends the stream. */
  end(): void;
}

interface Watch {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly wantsBookmarks: boolean;
  readonly sink: WatchSink;
}

export class Watches {
  readonly #store: Store;
  readonly #open = new Set<Watch>();

  constructor(store: Store) {
    this.#store = store;
    store.onChange((change) => this.#deliver(change));
  }

  open(target: Target, sink: WatchSink): OpenWatch {
    const query = readQuery(target, ["watch", "allowWatchBookmarks", "resourceVersion", "timeoutSeconds"]);
    const revision = Number(query.resourceVersion ?? "");
    // Version 0 or none would replay everything; the reflector always lists first.
    if (!Number.isInteger(revision) || revision <= 0)
      throw new UnsupportedRequest("a watch without a version", target.query.toString());
    const { kind, namespace } = target;
    const watch: Watch = { kind, namespace, wantsBookmarks: query.allowWatchBookmarks === "true", sink };
    const stop = (): boolean => this.#open.delete(watch);
    const opened: OpenWatch = {
      kind: "watching",
      resource: kind.plural,
      namespace,
      timeoutSeconds: query.timeoutSeconds === undefined ? undefined : Number(query.timeoutSeconds),
      close: () => void stop(),
      end: () => {
        if (stop()) sink.end();
      },
    };
    const missed = this.#store.changesSince(kind, revision);
    this.#open.add(watch);
    if (missed === undefined) {
      sink.event(expiredLine(revision, this.#store.floor));
      opened.end();
      return opened;
    }
    for (const change of missed) if (isSeen(watch, change) && this.#open.has(watch)) sink.event(change.line());
    return opened;
  }

  /** Tells every watch that asked for it how far it has seen. */
  bookmark(): void {
    for (const { kind, wantsBookmarks, sink } of [...this.#open]) {
      if (!wantsBookmarks) continue;
      const resourceVersion = String(this.#store.revision);
      const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: { resourceVersion }, ...kind.empty };
      sink.event(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
    }
  }

  #deliver(change: Change): void {
    // A sink may close its watch, or open another one, while it is told.
    for (const watch of [...this.#open]) {
      if (isSeen(watch, change) && this.#open.has(watch)) watch.sink.event(change.line());
    }
  }
}

function isSeen({ kind, namespace }: Watch, change: Change): boolean {
  return change.kind === kind && (namespace === undefined || namespace === change.key.namespace);
}

function expiredLine(revision: number, floor: number): string {
  const message = `too old resource version: ${revision} (${floor})`;
  const object = statusBody({ code: 410, reason: "Expired", message });
  return `${JSON.stringify({ type: "ERROR", object })}\n`;
}
