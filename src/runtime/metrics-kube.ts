/**
 * Figures of the Kubernetes runtime, in the shape that its observer wants (kube/observers.ts; compared by the compiler in metrics.test.ts).
 * Guarantees: label values come from bounded sets: controllers, kinds, verbs, results.
 * Never: an object's name as a label.
 */
import type { Registry } from "prom-client";
import { makers } from "./metrics-makers.ts";
import { QUICK_BUCKETS_SECONDS, WAIT_BUCKETS_SECONDS, secondsOf } from "./metrics-names.ts";

interface Write {
  readonly verb: string;
  readonly kind: string;
  readonly subresource: string;
  readonly result: string;
}

export interface KubeFigures {
  passFinished(controller: string, result: string, durationMs: number): void;
  workers(controller: string, active: number, max: number): void;
  queueDepth(controller: string, depth: number): void;
  queueAdded(controller: string): void;
  queueWaited(controller: string, waitedMs: number): void;
  queueRetried(controller: string): void;
  staleSkip(controller: string): void;
  watchConnected(kind: string, isConnected: boolean): void;
  relisted(kind: string, reason: string): void;
  missedEvents(kind: string, count: number): void;
  cacheObjects(kind: string, count: number): void;
  wrote(write: Write): void;
  requestRetried(reason: string): void;
  leading(isLeader: boolean): void;
  event(result: string): void;
}

export function kubeFigures(registry: Registry): KubeFigures {
  return {
    ...reconcileFigures(registry),
    ...queueFigures(registry),
    ...watchFigures(registry),
    ...writeFigures(registry),
  };
}

type Reconcile = Pick<KubeFigures, "passFinished" | "workers" | "staleSkip">;
function reconcileFigures(registry: Registry): Reconcile {
  const { counter, gauge, histogram } = makers(registry);
  const passes = counter("reconcile_total", "Passes of a loop by result.", ["controller", "result"]);
  const errors = counter("reconcile_errors_total", "Passes that ended in an error, by its class.", [
    "controller",
    "class",
  ]);
  const panics = counter("panics_total", "Bugs caught in a pass; each is a defect.", ["controller"]);
  const seconds = histogram("reconcile_time_seconds", "Time of a pass.", ["controller"], QUICK_BUCKETS_SECONDS);
  const active = gauge("active_workers", "Passes running now.", ["controller"]);
  const max = gauge("max_workers", "Most passes that may run at once.", ["controller"]);
  const stale = counter("stale_cache_skips_total", "Visits put off until the cache shows the loop's own write.", [
    "controller",
  ]);
  const failing: ReadonlySet<string> = new Set(["retry", "panic", "deadline"]);
  return {
    passFinished(controller, result, durationMs) {
      passes.inc({ controller, result });
      seconds.observe({ controller }, secondsOf(durationMs));
      if (failing.has(result)) errors.inc({ controller, class: result });
      if (result === "panic") panics.inc({ controller });
    },
    workers(controller, activeCount, maxCount) {
      active.set({ controller }, activeCount);
      max.set({ controller }, maxCount);
    },
    staleSkip: (controller) => stale.inc({ controller }),
  };
}

type Queue = Pick<KubeFigures, "queueDepth" | "queueAdded" | "queueWaited" | "queueRetried">;
function queueFigures(registry: Registry): Queue {
  const { counter, gauge, histogram } = makers(registry);
  const depth = gauge("workqueue_depth", "Keys waiting.", ["name"]);
  const adds = counter("workqueue_adds_total", "Keys added.", ["name"]);
  const waited = histogram("workqueue_queue_duration_seconds", "Time a key waited.", ["name"], WAIT_BUCKETS_SECONDS);
  const retries = counter("workqueue_retries_total", "Keys put back with back-off.", ["name"]);
  return {
    queueDepth: (name, keys) => depth.set({ name }, keys),
    queueAdded: (name) => adds.inc({ name }),
    queueWaited: (name, waitedMs) => waited.observe({ name }, secondsOf(waitedMs)),
    queueRetried: (name) => retries.inc({ name }),
  };
}

type Watch = Pick<KubeFigures, "watchConnected" | "relisted" | "missedEvents" | "cacheObjects">;
function watchFigures(registry: Registry): Watch {
  const { counter, gauge } = makers(registry);
  const connected = gauge("watch_connected", "1 while a watch stream is open.", ["kind"]);
  const relists = counter("relists_total", "Full lists by reason.", ["kind", "reason"]);
  const missed = counter("missed_events_total", "Changes found by the periodic compare only; each is a defect.", [
    "kind",
  ]);
  const objects = gauge("cache_objects", "Objects in the cache.", ["kind"]);
  return {
    watchConnected: (kind, isConnected) => connected.set({ kind }, isConnected ? 1 : 0),
    relisted: (kind, reason) => relists.inc({ kind, reason }),
    missedEvents: (kind, count) => missed.inc({ kind }, count),
    cacheObjects: (kind, count) => objects.set({ kind }, count),
  };
}

type Writes = Pick<KubeFigures, "wrote" | "requestRetried" | "leading" | "event">;
function writeFigures(registry: Registry): Writes {
  const { counter, gauge } = makers(registry);
  const writes = counter("kube_writes_total", "Writes to the API server.", ["verb", "kind", "subresource", "result"]);
  const retried = counter("kube_request_retries_total", "Requests repeated by the client.", ["reason"]);
  const leader = gauge("leader", "1 on the replica that leads.", []);
  const transitions = counter("leader_transitions_total", "Times this replica gained or lost the lead.", []);
  const events = counter("events_total", "Events for people, by what became of them.", ["result"]);
  let wasLeader = false;
  leader.set(0);
  return {
    wrote: ({ verb, kind, subresource, result }) => writes.inc({ verb, kind, subresource, result }),
    requestRetried: (reason) => retried.inc({ reason }),
    leading(isLeader) {
      leader.set(isLeader ? 1 : 0);
      if (isLeader !== wasLeader) transitions.inc();
      wasLeader = isLeader;
    },
    event: (result) => events.inc({ result }),
  };
}
