/** The runtime as the composition root sees it; `runtime.ts` implements it. */
import type { ControllerHandle, ControllerOptions } from "./controller-options.ts";
import type { EventPort, KubeObject, KubePort, ObjectCache, ResourceKind } from "./port.ts";

/** Index name to the values an object is found under. Pure; never throws on any shape of object. */
export type IndexFunctions<T extends KubeObject> = Readonly<Record<string, (object: T) => readonly string[]>>;

export interface CacheOptions<T extends KubeObject> {
  readonly indexes?: IndexFunctions<T>;
  /** Default: the runtime's watched namespaces. `"all"` for a cluster-wide watch. */
  readonly namespaces?: readonly string[] | "all";
}

export interface RuntimeHealth {
  readonly isSynced: boolean;
  /** Kinds that are not synced yet. */
  readonly unsynced: readonly string[];
  /** Milliseconds since the watch of the kind last said anything (bookmarks included). */
  readonly lastEventAgeMs: Readonly<Record<string, number>>;
  /** Controllers with a pass running longer than twice its deadline. */
  readonly stuck: readonly string[];
}

export interface KubeRuntime {
  /** Reads and writes for loops. What a pass writes is remembered: its key waits until the caches show it. */
  readonly port: KubePort;
  readonly events: EventPort;
  /** Declares a cache before `start`; the same kind twice is an error. */
  cacheOf<T extends KubeObject>(kind: ResourceKind, options?: CacheOptions<T>): ObjectCache<T>;
  /** Adds a loop before `start`; a cache of its kind and of each watched kind must have been declared. */
  addController(options: ControllerOptions): ControllerHandle;
  /** Starts the caches. Resolves when all are synced; rejects after `timeoutMs` and names those that are not. */
  startCaches(timeoutMs: number): Promise<void>;
  /** Starts the workers (as leader): every key of every cache is enqueued once. */
  startWorkers(): void;
  /**
   * Stops in order: no new keys, running passes finish within `graceMs` (then their signal aborts), pending events go out.
   * Caches stay until `close`. Resolves with the controllers that had to be cut off.
   */
  drain(graceMs: number): Promise<readonly string[]>;
  /** Ends the watches and connections. */
  close(): Promise<void>;
  health(): RuntimeHealth;
}
