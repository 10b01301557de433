/**
 * Puts the pieces together: one client, one cache a kind, reflectors, controllers, events.
 * Guarantees: workers start only after every cache is synced; shutdown in the order of the port's documentation.
 * Never: keeps state outside the returned object.
 */
import { sleep } from "../runtime/clock.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import { objectCache, touchesMoreThanStatus } from "./cache.ts";
import type { CacheChange, WritableCache } from "./cache.ts";
import { kubeClient } from "./client.ts";
import { controller } from "./controller.ts";
import type { Controller } from "./controller.ts";
import type { ControllerOptions, WatchSource } from "./controller-options.ts";
import { eventSender } from "./events.ts";
import { expectations } from "./expectations.ts";
import type { KubeLog, KubeMetrics } from "./observers.ts";
import { isDeepEqual } from "./json.ts";
import { kindName } from "./paths.ts";
import { keyOf } from "./port.ts";
import type { KubeObject, ObjectKey, ResourceKind } from "./port.ts";
import { reflector } from "./reflector.ts";
import type { Reflector } from "./reflector.ts";
import type { CacheOptions, KubeRuntime } from "./runtime-port.ts";
import type { KubeTransport } from "./transport.ts";
import { writeJournal } from "./write-journal.ts";
import type { CacheView } from "./write-journal.ts";

export interface KubeRuntimeOptions {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: KubeLog;
  readonly metrics: KubeMetrics;
  /** Watched namespaces: one watch each; `"all"`: one watch over the cluster. */
  readonly namespaces: readonly string[] | "all";
  /** Who reports events: a qualified name and the pod. */
  readonly reporter: { readonly controller: string; readonly instance: string; readonly fallbackNamespace?: string };
}

/** One kind: its cache and a reflector for each namespace (key "" for the whole cluster). */
interface WatchedKind {
  readonly cache: WritableCache<KubeObject>;
  readonly reflectors: ReadonlyMap<string, Reflector>;
}

const SYNC_POLL_MS = 20;

export function kubeRuntime(options: KubeRuntimeOptions): KubeRuntime {
  const { transport, clock, dice, log, metrics } = options;
  const direct = kubeClient({ transport, clock, dice, metrics });
  const journal = writeJournal(direct, () => clock.monotonicMs());
  const { controller: reportingController, instance: reportingInstance, fallbackNamespace } = options.reporter;
  const events = eventSender({
    port: direct,
    clock,
    metrics,
    reportingController,
    reportingInstance,
    ...(fallbackNamespace === undefined ? {} : { fallbackNamespace }),
  });
  const kinds = new Map<string, WatchedKind>();
  const controllers: { readonly loop: Controller; readonly kind: ResourceKind }[] = [];
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const reportBug = (error: unknown): void =>
    log.error("listener failed on a bug", { stack: error instanceof Error ? error.stack : String(error) });

  function reflectorOf(kind: ResourceKind, key: ObjectKey): Reflector | undefined {
    const reflectors = kinds.get(kindName(kind))?.reflectors;
    return reflectors?.get(key.namespace) ?? reflectors?.get("");
  }

  function findView(kind: ResourceKind, key: ObjectKey): CacheView | undefined {
    const watching = reflectorOf(kind, key);
    if (watching === undefined) return undefined;
    return { object: kinds.get(kindName(kind))?.cache.get(key), observedVersion: watching.observedVersion() };
  }

  function listenTo(kind: ResourceKind, onChange: (change: CacheChange<KubeObject>) => void): void {
    const watched = kinds.get(kindName(kind));
    if (watched === undefined) throw new Error(`declare a cache of ${kindName(kind)} before the loop that needs it`);
    watched.cache.onChange(onChange);
  }

  function enqueueFrom(loop: Controller, source: WatchSource): void {
    listenTo(source.kind, (change) => {
      if (source.trigger === "Spec" && !touchesMoreThanStatus(change) && !touchesFacts(change, source)) return;
      for (const object of concerned(change)) for (const key of source.keysOf(object)) loop.enqueue(key, "change");
    });
  }

  function reflectors(): readonly { readonly name: string; readonly reflector: Reflector }[] {
    return [...kinds].flatMap(([name, kind]) =>
      [...kind.reflectors].map(([namespace, one]) => ({
        name: namespace === "" ? name : `${name} in ${namespace}`,
        reflector: one,
      })),
    );
  }

  const unsynced = (): readonly string[] =>
    reflectors()
      .filter((watched) => !watched.reflector.hasSynced())
      .map((watched) => watched.name);

  return {
    port: journal.port,
    events,
    cacheOf<T extends KubeObject>(kind: ResourceKind, cacheOptions: CacheOptions<T> = {}) {
      const name = kindName(kind);
      if (kinds.has(name)) throw new Error(`the cache of ${name} is declared twice`);
      const cache = objectCache<T>({ indexes: cacheOptions.indexes ?? {}, reportBug });
      const scope = kind.isNamespaced ? (cacheOptions.namespaces ?? options.namespaces) : "all";
      const namespaces: readonly (string | undefined)[] = scope === "all" ? [undefined] : scope;
      const watching = namespaces.map((namespace) => {
        const one = reflector<T>({ transport, clock, dice, log, metrics, kind, namespace, cache });
        return [namespace ?? "", one] as const;
      });
      // One kind, one type: the entry is only read as plain objects from here on.
      kinds.set(name, { cache: cache, reflectors: new Map(watching) });
      return cache;
    },
    addController(controllerOptions: ControllerOptions) {
      const { kind } = controllerOptions;
      const held = expectations({
        monotonicMs: () => clock.monotonicMs(),
        findView,
        live: direct,
        requestRelist: (staleKind, namespace) =>
          reflectorOf(staleKind, { namespace, name: "" })?.requestRelist("StaleCache"),
        report: (message, fields) => log.warn(message, { controller: controllerOptions.name, ...fields }),
      });
      const exists = (key: ObjectKey): boolean => kinds.get(kindName(kind))?.cache.get(key) !== undefined;
      const loop = controller(controllerOptions, { clock, dice, log, metrics, journal, expectations: held, exists });
      const own: WatchSource = { kind, keysOf: (object) => [keyOf(object)], trigger: "Spec" };
      for (const source of [own, ...(controllerOptions.watches ?? [])]) enqueueFrom(loop, source);
      controllers.push({ loop, kind });
      return loop;
    },
    async startCaches(timeoutMs) {
      running = Promise.all(reflectors().map((watched) => watched.reflector.run(stop.signal)));
      const deadlineMs = clock.monotonicMs() + timeoutMs;
      while (unsynced().length > 0) {
        if (clock.monotonicMs() >= deadlineMs) {
          throw new Error(`not synced after ${timeoutMs} ms: ${unsynced().join(", ")}`);
        }
        await sleep(clock, SYNC_POLL_MS, stop.signal);
        if (stop.signal.aborted) throw new Error("closed while the caches were syncing");
      }
    },
    startWorkers() {
      if (unsynced().length > 0) throw new Error(`workers may start only after all caches: ${unsynced().join(", ")}`);
      for (const { loop, kind } of controllers) {
        loop.start();
        for (const object of kinds.get(kindName(kind))?.cache.list() ?? []) loop.enqueue(keyOf(object), "resync");
      }
    },
    async drain(graceMs) {
      const results = await Promise.all(
        controllers.map(async ({ loop }) => ({ name: loop.name, wasInTime: await loop.drain(graceMs) })),
      );
      const sending = new AbortController();
      const cancel = clock.schedule(EVENT_FLUSH_MS, () => sending.abort(new Error("shutting down")));
      await events.flush(sending.signal);
      cancel();
      return results.filter((result) => !result.wasInTime).map((result) => result.name);
    },
    async close() {
      stop.abort(new Error("closed"));
      await running;
      await transport.close();
    },
    health() {
      return {
        isSynced: unsynced().length === 0,
        unsynced: unsynced(),
        lastEventAgeMs: Object.fromEntries(reflectors().map((one) => [one.name, one.reflector.lastEventAgeMs()])),
        stuck: controllers
          .filter(({ loop }) => loop.longestPassMs() > 2 * loop.passTimeoutMs)
          .map(({ loop }) => loop.name),
      };
    },
  };
}

function touchesFacts(change: CacheChange<KubeObject>, { facts }: WatchSource): boolean {
  if (facts === undefined || change.kind !== "modified") return false;
  return !isDeepEqual(facts(change.previous), facts(change.object));
}

const EVENT_FLUSH_MS = 2_000;

/** Both sides of a change: a label that moved from one owner to another concerns both. */
function concerned(change: CacheChange<KubeObject>): readonly KubeObject[] {
  switch (change.kind) {
    case "added":
      return [change.object];
    case "deleted":
      return [change.previous];
    case "modified":
    case "replaced":
      return [change.object, change.previous];
  }
}
