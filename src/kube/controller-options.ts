/**
 * What a loop declares about itself when it is added to the runtime (`runtime.ts`): data only, no behaviour.
 */
import type { KubeObject, ObjectKey, Reconcile, ResourceKind } from "./port.ts";

/** Who asked for a visit; a user's change goes first, a resync last, and waiting raises either. */
export type VisitPriority = "change" | "retry" | "resync";

/** A kind whose changes concern keys of this controller (its own kind needs no entry). */
export interface WatchSource {
  readonly kind: ResourceKind;
  /** The keys that this object concerns, now or before the change. Pure and quick; never throws. */
  readonly keysOf: (object: KubeObject) => readonly ObjectKey[];
  /** `Status`: every change. `Spec`: not those that only touch status, unless `facts` says that they matter. */
  readonly trigger: "Spec" | "Status";
  /** What these keys read of the object's status: equal facts before and after wake nobody. Pure; never throws. */
  readonly facts?: (object: KubeObject) => unknown;
}

export interface ControllerOptions {
  /** Log field and metric label. */
  readonly name: string;
  /** The kind whose keys are reconciled; its spec, labels, annotations, finalizers and deletion enqueue the key. */
  readonly kind: ResourceKind;
  readonly reconcile: Reconcile;
  readonly watches?: readonly WatchSource[];
  /** Keys reconciled at the same time; never two passes of one key. Default 4. */
  readonly workers?: number;
  /** The signal of a pass aborts then. Default 60 s. */
  readonly passTimeoutMs?: number;
  /** Each key is visited again after this, +-20 %, even if nothing changed. Default 5 min. */
  readonly resyncMs?: number;
  /** Shortest time between two passes of a key. Default 1 s. */
  readonly minGapMs?: number;
  /** Back-off of `retry` results and panics, with full jitter. Default 1 s to 5 min. */
  readonly backoffMinMs?: number;
  readonly backoffMaxMs?: number;
}

/** A running loop. */
export interface ControllerHandle {
  readonly name: string;
  /** Asks for a visit because something outside Kubernetes changed (an inventory, a finished command). */
  enqueue(key: ObjectKey, priority?: VisitPriority): void;
  /** How long the longest pass that is running now has been running; 0 when idle. For `/livez`. */
  longestPassMs(): number;
  readonly passTimeoutMs: number;
}
