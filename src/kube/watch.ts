/**
 * One watch request, from its opening to its end.
 * Guarantees: ends by its own time limit or its silence limit even if the connection says nothing; reports why it ended.
 * Never: throws, except when the caller's signal aborts.
 */
import type { Clock } from "../runtime/clock.ts";
import { KUBE_LIMITS } from "./limits.ts";
import { collectionPath, withQuery } from "./paths.ts";
import type { KubeObject, ResourceKind } from "./port.ts";
import type { KubeTransport, Streaming } from "./transport.ts";
import { lineSplitter, watchEvent } from "./watch-events.ts";
import type { WatchEvent } from "./watch-events.ts";

export type WatchEnd =
  | { readonly kind: "ended" } // by the server, at its time limit or on its shutdown: go on from the last version
  | { readonly kind: "silent" } // the watchdog: the connection is taken for dead
  | { readonly kind: "expired" } // 410: list anew
  | { readonly kind: "broken"; readonly reason: string; readonly retryAfterMs?: number };

export interface WatchRequest<T extends KubeObject> {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly version: string;
  readonly timeoutSeconds: number;
  /** Whether this server has ever sent a bookmark: only then does silence mean something. */
  readonly hasBookmarks: () => boolean;
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent<T> & { readonly kind: "put" | "removed" | "bookmark" }) => void;
  /** Any byte arrived. */
  readonly onByte: () => void;
}

export async function watchOnce<T extends KubeObject>(watch: WatchRequest<T>, signal: AbortSignal): Promise<WatchEnd> {
  const path = withQuery(collectionPath(watch.kind, watch.namespace), {
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: watch.version,
    timeoutSeconds: String(watch.timeoutSeconds),
  });
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  const dog = watchdog(watch, () => controller.abort(new Error("silent")));
  try {
    const request = { method: "GET" as const, path, timeoutMs: KUBE_LIMITS.watchOpenTimeoutMs };
    const answer = await watch.transport.stream(request, controller.signal);
    if (answer.kind === "unanswered") return { kind: "broken", reason: answer.reason };
    if (answer.kind === "answered") {
      const retryAfter = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
      return answer.status === 410
        ? { kind: "expired" }
        : { kind: "broken", reason: `Status${answer.status}`, ...retryAfter };
    }
    watch.onOpen();
    return await consume(answer, watch, dog.feed);
  } catch (error) {
    signal.throwIfAborted();
    if (dog.hasBarked()) return { kind: "silent" };
    return { kind: "broken", reason: error instanceof Error ? error.name : "Unknown" };
  } finally {
    dog.stop();
    signal.removeEventListener("abort", follow);
    controller.abort(new Error("watch ended"));
  }
}

async function consume<T extends KubeObject>(
  stream: Streaming,
  watch: WatchRequest<T>,
  feed: () => void,
): Promise<WatchEnd> {
  const splitter = lineSplitter();
  for await (const chunk of stream.chunks) {
    feed();
    watch.onByte();
    const lines = splitter.push(chunk);
    if (lines === undefined) return { kind: "broken", reason: "LineTooLong" };
    for (const line of lines) {
      const event = watchEvent<T>(line);
      switch (event.kind) {
        case "put":
        case "removed":
        case "bookmark":
          watch.onEvent(event);
          break;
        case "expired":
          return { kind: "expired" };
        case "error":
          return { ...event, kind: "broken" };
        case "unreadable":
          // Going on could skip a change: the caller lists anew.
          return { kind: "expired" };
      }
    }
  }
  return { kind: "ended" };
}

interface Watchdog {
  readonly feed: () => void;
  readonly hasBarked: () => boolean;
  readonly stop: () => void;
}

/** Looks again when the earliest limit could be reached, so that a busy stream costs no timer per byte. */
function watchdog<T extends KubeObject>(watch: WatchRequest<T>, bark: () => void): Watchdog {
  const { clock } = watch;
  const endMs = clock.monotonicMs() + watch.timeoutSeconds * 1_000 + KUBE_LIMITS.watchOvertimeMs;
  let lastByteMs = clock.monotonicMs();
  let hasBarked = false;
  let cancel = (): void => undefined;
  const look = (): void => {
    const nowMs = clock.monotonicMs();
    const silentAtMs = lastByteMs + KUBE_LIMITS.watchSilenceMs;
    if (nowMs >= endMs || (watch.hasBookmarks() && nowMs >= silentAtMs)) {
      hasBarked = true;
      bark();
      return;
    }
    // Before the first bookmark silence means nothing, but the first one may come at any time.
    const againMs = silentAtMs > nowMs ? silentAtMs : nowMs + KUBE_LIMITS.watchSilenceMs;
    cancel = clock.schedule(Math.min(againMs, endMs) - nowMs, look);
  };
  look();
  return {
    feed: () => {
      lastByteMs = clock.monotonicMs();
    },
    hasBarked: () => hasBarked,
    stop: () => cancel(),
  };
}
