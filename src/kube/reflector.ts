/**
 * Keeps the cache equal to one kind in one scope (a namespace or the cluster): list, then watch, for ever.
 * Guarantees: nothing but the abort of its signal ends it; a name that got a new uid in a gap is told as replaced; what vanished
 * in a gap is told as deleted with its last known state; `observedVersion` never runs ahead of the cache.
 * Never: waits without a limit; empties the cache because a list failed.
 */
import { sleep } from "../runtime/clock.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import type { WritableCache } from "./cache.ts";
import { comparedList, missedKeys } from "./compare.ts";
import type { ComparedList } from "./compare.ts";
import { KUBE_LIMITS } from "./limits.ts";
import { listAll } from "./list.ts";
import type { KubeLog, KubeMetrics, RelistReason } from "./observers.ts";
import { kindName } from "./paths.ts";
import { keyOf, keyText } from "./port.ts";
import type { KubeObject, ResourceKind } from "./port.ts";
import type { KubeTransport } from "./transport.ts";
import { isAtLeast, newerVersion } from "./versions.ts";
import { watchOnce } from "./watch.ts";
import type { WatchEnd, WatchRequest } from "./watch.ts";

export interface ReflectorOptions<T extends KubeObject> {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: KubeLog;
  readonly metrics: KubeMetrics;
  readonly kind: ResourceKind;
  /** Undefined: the whole cluster. */
  readonly namespace: string | undefined;
  readonly cache: WritableCache<T>;
}

export interface Reflector {
  /** Runs until `signal` aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** True once a complete list was stored. */
  hasSynced(): boolean;
  /** The cache shows every change of the scope up to this version; undefined before the first list. */
  observedVersion(): string | undefined;
  /** Milliseconds since the server last said anything, bookmarks included. */
  lastEventAgeMs(): number;
  /** Lists anew as soon as possible, because somebody knows that the cache is behind. */
  requestRelist(reason: RelistReason): void;
}

export function reflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector {
  const { clock, dice, cache, kind, namespace, metrics, log } = options;
  const name = kindName(kind);
  let version: string | undefined;
  let lastEventMs = clock.monotonicMs();
  let hasBookmarks = false;
  let failures = 0;
  let wantedRelist: RelistReason | undefined = "Start";
  let interruptWatch = (): void => undefined;
  let compare: { readonly list?: ComparedList; readonly deletedSince: Set<string> } | undefined;

  const inScope = (object: KubeObject): boolean => namespace === undefined || object.metadata.namespace === namespace;

  function requestRelist(reason: RelistReason): void {
    wantedRelist ??= reason;
    interruptWatch();
  }

  async function relist(reason: RelistReason, signal: AbortSignal): Promise<void> {
    const listed = await listAll<T>(options, signal);
    if (listed.kind === "failed") {
      log.warn("list failed", { kind: name, namespace, reason: listed.failure.reason, ...listed.failure.evidence });
      await backOff(listed.failure.retryAfterMs, signal);
      return;
    }
    const keys = new Set(listed.items.map((item) => keyText(keyOf(item))));
    for (const object of cache.list()) {
      if (inScope(object) && !keys.has(keyText(keyOf(object)))) cache.remove(keyOf(object));
    }
    for (const item of listed.items) cache.put(item);
    version = listed.version;
    lastEventMs = clock.monotonicMs();
    wantedRelist = undefined;
    compare = undefined;
    metrics.relisted(name, reason);
    metrics.cacheObjects(name, cache.size);
  }

  async function watch(from: string, signal: AbortSignal): Promise<void> {
    const startedMs = clock.monotonicMs();
    const controller = new AbortController();
    const follow = (): void => controller.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    interruptWatch = () => controller.abort(new Error("relist wanted"));
    try {
      const end = await watchOnce<T>(watchRequest(from), controller.signal);
      await afterWatch(end, clock.monotonicMs() - startedMs, signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      interruptWatch = () => undefined;
      signal.removeEventListener("abort", follow);
      metrics.watchConnected(name, false);
    }
  }

  function watchRequest(from: string): WatchRequest<T> {
    const { watchTimeoutMinSeconds: minSeconds, watchTimeoutMaxSeconds: maxSeconds } = KUBE_LIMITS;
    return {
      transport: options.transport,
      clock,
      kind,
      namespace,
      version: from,
      timeoutSeconds: Math.round(minSeconds + dice() * (maxSeconds - minSeconds)),
      hasBookmarks: () => hasBookmarks,
      onOpen: () => {
        lastEventMs = clock.monotonicMs();
        metrics.watchConnected(name, true);
      },
      onByte: () => {
        lastEventMs = clock.monotonicMs();
      },
      onEvent(event) {
        if (event.kind === "put") cache.put(event.object);
        if (event.kind === "removed") {
          cache.remove(keyOf(event.object));
          compare?.deletedSince.add(keyText(keyOf(event.object)));
        }
        if (event.kind === "bookmark") hasBookmarks = true;
        else metrics.cacheObjects(name, cache.size);
        observed(event.kind === "bookmark" ? event.version : event.object.metadata.resourceVersion);
      },
    };
  }

  function observed(seen: string): void {
    version = version === undefined ? seen : newerVersion(version, seen);
    const list = compare?.list;
    if (compare === undefined || list === undefined || isAtLeast(version, list.version) === false) return;
    const missed = missedKeys({ list, cached: cache.list().filter(inScope), deletedSince: compare.deletedSince });
    compare = undefined;
    metrics.missedEvents(name, missed.length);
    if (missed.length === 0) return;
    log.error("watch missed events", { kind: name, namespace, count: missed.length, first: missed.slice(0, 5) });
    requestRelist("Compare");
  }

  async function afterWatch(end: WatchEnd, livedMs: number, signal: AbortSignal): Promise<void> {
    if (livedMs >= KUBE_LIMITS.watchHealthyMs) failures = 0;
    switch (end.kind) {
      case "ended":
        if (livedMs < KUBE_LIMITS.watchShortLivedMs) await backOff(undefined, signal);
        return;
      case "expired":
        wantedRelist ??= "VersionGone";
        return;
      case "silent":
        log.warn("watch was silent", { kind: name, namespace, livedMs: Math.round(livedMs) });
        return;
      case "broken":
        log.warn("watch broke", { kind: name, namespace, reason: end.reason });
        await backOff(end.retryAfterMs, signal);
        return;
    }
  }

  /** Half to all of an exponentially growing wait; a wanted relist does not shorten it, the server may be ill. */
  async function backOff(retryAfterMs: number | undefined, signal: AbortSignal): Promise<void> {
    const { watchBackoffMinMs, watchBackoffMaxMs } = KUBE_LIMITS;
    const ceilingMs = Math.min(watchBackoffMaxMs, watchBackoffMinMs * 2 ** Math.min(failures, 10));
    failures += 1;
    await sleep(clock, retryAfterMs ?? ceilingMs * (0.5 + dice() / 2), signal);
  }

  async function compareLoop(signal: AbortSignal): Promise<void> {
    const { compareMinMs, compareMaxMs } = KUBE_LIMITS;
    for (;;) {
      await sleep(clock, compareMinMs + dice() * (compareMaxMs - compareMinMs), signal);
      if (signal.aborted) return;
      if (version === undefined) continue;
      const started = { deletedSince: new Set<string>() };
      const isStillWanted = (): boolean => compare === started;
      compare = started;
      const listed = await listAll<T>(options, signal).catch(() => undefined);
      // A relist that happened meanwhile has compared everything already.
      if (!isStillWanted()) continue;
      compare =
        listed?.kind === "complete" ? { ...started, list: comparedList(listed.version, listed.items) } : undefined;
    }
  }

  async function once(signal: AbortSignal): Promise<void> {
    try {
      if (wantedRelist !== undefined || version === undefined) await relist(wantedRelist ?? "WatchError", signal);
      else await watch(version, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.error("reflector failed", {
        kind: name,
        namespace,
        stack: error instanceof Error ? error.stack : String(error),
      });
      await backOff(undefined, signal);
    }
  }

  return {
    async run(signal) {
      const comparing = compareLoop(signal);
      while (!signal.aborted) await once(signal);
      await comparing;
    },
    hasSynced: () => version !== undefined,
    observedVersion: () => version,
    lastEventAgeMs: () => clock.monotonicMs() - lastEventMs,
    requestRelist,
  };
}
