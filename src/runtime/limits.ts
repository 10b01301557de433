/**
 * The fixed bounds of the product in one place: what is not a flag. The relations between them are asserted in limits.test.ts.
 * Guarantees: each bound says why it is what it is, under the argument for it.
 * Never: 0 or -1 as "unlimited"; a bound written a second time elsewhere.
 */
export const LIMITS = {
  /** One watch for each kind and namespace: 100 namespaces are 300 streams, which an API server carries easily; more want the cluster-wide role. */
  watchedNamespacesMax: 100,
  /** Bounded by the 128 MB of a small pod: a pass holds a snapshot of a few objects. */
  workersMax: 64,
  /** Grants are written by hand; a thousand namespaces want a role of their own each. */
  identityGrantsMax: 1_000,
  /** A ConfigMap holds 1 MiB (Kubernetes, ConfigMap); an entry is below 1 KiB. */
  installersMax: 200,
  /** The largest ConfigMap, so that a mounted file always fits. */
  configurationFileBytesMax: 1_048_576,

  /** kubelet waits this long after SIGTERM; the chart's value, compared in a test. */
  terminationGraceMs: 45_000,
  /** Running passes get this long; a sent RunInstances is awaited so that its id is stored (S1). */
  drainMs: 25_000,
  /** The stage around it: passes that were cut off at its end have this much longer to notice. */
  drainStageMs: 27_000,
  /** Marking not ready, stopping the intake: nothing there waits for anything outside. */
  stopIntakeMs: 1_000,
  /** One write of the Lease; without it a follower waits for the whole lease. */
  releaseLeaseMs: 5_000,
  /** Sockets and servers that do not close in time are destroyed with the process. */
  closeMs: 3_000,
  /** After which the process ends whatever still runs; below the kubelet's SIGKILL so that the log says why. */
  shutdownMs: 40_000,

  /** All caches of all kinds; beyond it the process ends and says which kind is missing (controller-runtime: CacheSyncTimeout 2 min). */
  cacheSyncMs: 120_000,
  /** One pass; every call inside it has a shorter deadline of its own. */
  passMs: 60_000,
  /** A pass beyond its deadline times this means that a worker is stuck: the liveness probe fails. */
  stuckPassFactor: 2,
  /** Largest event loop delay (99th percentile) before a log line warns: the lease is renewed by this loop. */
  eventLoopDelayWarnMs: 1_000,
  eventLoopSampleMs: 10_000,

  /** Health and metrics requests; probes give up after a second, so a slow reader is cut off. */
  probeRequestMs: 5_000,
  probeConnectionsMax: 64,
  /** A request head of a probe or a scraper is below 2 KiB. */
  probeHeaderBytesMax: 8_192,

  /** One log field; longer texts are cut, and no log line grows with what the outside sends. */
  logFieldLengthMax: 2_000,
  logFieldsMax: 40,
  logDepthMax: 4,
} as const;
