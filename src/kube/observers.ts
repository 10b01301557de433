/**
 * What the Kubernetes runtime tells about itself: log lines and figures, through callbacks that the process binds.
 * Never: imports a logging or metrics library; an observer that throws is a bug of the process, not of a loop.
 * Metric names in the comments are those of the operator's `/metrics`, each with the process's prefix.
 */
export interface KubeLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export type PassResult = "done" | "requeue" | "retry" | "panic" | "deadline" | "stale";
export type RelistReason = "Start" | "VersionGone" | "Compare" | "StaleCache" | "WatchError";
export type WriteVerb = "create" | "apply" | "patch" | "delete" | "requestToken";

export interface WriteRecord {
  readonly verb: WriteVerb;
  readonly kind: string;
  readonly subresource: string; // "" for the object itself
  readonly result: string; // outcome kind; for "failed" the failure class
}

export interface KubeMetrics {
  /** reconcile_total{controller,result}, reconcile_time_seconds{controller}; `panic` also counts panics_total */
  passFinished(controller: string, result: PassResult, durationMs: number): void;
  /** active_workers{controller}, max_workers{controller} */
  workers(controller: string, active: number, max: number): void;
  /** workqueue_depth{name}, workqueue_longest_running_processor_seconds, workqueue_unfinished_work_seconds: sampled by the reader */
  queueDepth(controller: string, depth: number): void;
  /** workqueue_adds_total{name} */
  queueAdded(controller: string): void;
  /** workqueue_queue_duration_seconds{name} */
  queueWaited(controller: string, waitedMs: number): void;
  /** workqueue_retries_total{name} */
  queueRetried(controller: string): void;
  /** stale_cache_skips_total{controller} */
  staleSkip(controller: string): void;
  /** watch_connected{kind}: 1 while a watch stream is open */
  watchConnected(kind: string, isConnected: boolean): void;
  /** relists_total{kind,reason} */
  relisted(kind: string, reason: RelistReason): void;
  /** missed_events_total{kind}: found by the periodic compare; above 0 is a defect of the watch path */
  missedEvents(kind: string, count: number): void;
  /** cache_objects{kind} */
  cacheObjects(kind: string, count: number): void;
  /** kube_writes_total{verb,kind,subresource,result} */
  wrote(write: WriteRecord): void;
  /** kube_request_retries_total{reason} */
  requestRetried(reason: string): void;
  /** leader (0 or 1), leader_transitions_total */
  leading(isLeader: boolean): void;
  /** events_total{result}: sent, merged, limited, dropped, refused, failed */
  event(result: "sent" | "merged" | "limited" | "dropped" | "refused" | "failed"): void;
}

const nothing = (): void => undefined;

/** Observers that do nothing, to be spread under those that do. */
export const silentMetrics: KubeMetrics = {
  passFinished: nothing,
  workers: nothing,
  queueDepth: nothing,
  queueAdded: nothing,
  queueWaited: nothing,
  queueRetried: nothing,
  staleSkip: nothing,
  watchConnected: nothing,
  relisted: nothing,
  missedEvents: nothing,
  cacheObjects: nothing,
  wrote: nothing,
  requestRetried: nothing,
  leading: nothing,
  event: nothing,
};

export const silentLog: KubeLog = { info: nothing, warn: nothing, error: nothing };
