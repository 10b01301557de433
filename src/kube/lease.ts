/**
 * Leader election over one Lease.
 * Guarantees: `isLeader` turns false, by the local monotonic clock, before any follower may take over; a follower takes a lease
 * only after its record did not change for the holder's own promised time; a renewal in flight counts from when it was sent.
 * Never: compares clocks of two machines; shares the connection of the loops (give it a transport of its own).
 * Caveat: a lease is no lock. Before an unsafe call compare `leaseRemainderMs()` with the call's deadline.
 */
import { sleep } from "../runtime/clock.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import { leaseRecord, mayTake, observe, releasedSpec, takenSpec } from "./lease-record.ts";
import type { ObservedLease } from "./lease-record.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { KubeLog, KubeMetrics } from "./observers.ts";
import { collectionPath, objectPath } from "./paths.ts";
import type { ObjectKey, ResourceKind } from "./port.ts";
import type { Answered, KubeTransport, Unanswered } from "./transport.ts";

export const LEASES: ResourceKind = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  isNamespaced: true,
};

export interface LeaderElectionOptions {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: KubeLog;
  readonly metrics: KubeMetrics;
  readonly lease: ObjectKey;
  /** Unique to this process: pod name plus something random. */
  readonly identity: string;
  /** Defaults 15 s, 10 s, 2 s (client-go). */
  readonly durationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  /** Called once when leadership was held and is gone; the process should end at once. */
  readonly onLost: (reason: string) => void;
}

export interface LeaderElector {
  /** Runs until `signal` aborts or leadership is lost. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  isLeader(): boolean;
  /** How long leadership is certain without another renewal; 0 when not leading. */
  leaseRemainderMs(): number;
  /** Resolves true when leading; false when `signal` aborts first. */
  untilLeading(signal: AbortSignal): Promise<boolean>;
  /** Stops renewing and clears the holder, so that a follower takes over at its next look. Call after the last pass ended. */
  release(): Promise<void>;
}

export function leaderElector(options: LeaderElectionOptions): LeaderElector {
  const { clock, dice, log, metrics, identity } = options;
  const durationMs = options.durationMs ?? KUBE_LIMITS.leaseDurationMs;
  const renewDeadlineMs = options.renewDeadlineMs ?? KUBE_LIMITS.leaseRenewDeadlineMs;
  const retryMs = options.retryMs ?? KUBE_LIMITS.leaseRetryMs;
  if (!(retryMs * KUBE_LIMITS.leaseJitter < renewDeadlineMs && renewDeadlineMs < durationMs)) {
    throw new Error("lease times must satisfy: retry x 1.2 < renew deadline < lease duration");
  }
  const callTimeoutMs = renewDeadlineMs / 2;
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  let observed: ObservedLease | undefined;
  /** When the request of the last successful renewal was sent; undefined when not leading. */
  let renewedMs: number | undefined;
  let running: Promise<void> | undefined;

  const remainderMs = (): number =>
    renewedMs === undefined ? 0 : Math.max(0, renewedMs + durationMs - clock.monotonicMs());

  /** Takes or renews once. True when the lease is ours as of `sentMs`. */
  async function tryOnce(signal: AbortSignal): Promise<boolean> {
    // A leader writes on top of what it wrote; only a conflict makes it read.
    if (renewedMs === undefined && !(await read(signal))) return false;
    const nowMs = clock.monotonicMs();
    if (observed !== undefined && !mayTake(observed, identity, nowMs)) return false;
    const spec = takenSpec(observed?.record, { identity, durationMs, nowMs: clock.nowMs() });
    const answer = await put(spec, signal);
    if (isSuccess(answer) && remember(answer)) {
      lead(nowMs);
      return true;
    }
    if (answer.kind === "answered" && (answer.status === 409 || answer.status === 404)) await read(signal);
    else log.warn("lease write failed", { lease: options.lease.name, ...describe(answer) });
    return false;
  }

  /** Reads the lease; false when it could not be read. Absent counts as read. */
  async function read(signal: AbortSignal): Promise<boolean> {
    const path = objectPath(LEASES, options.lease);
    const answer = await options.transport.send({ method: "GET", path, timeoutMs: callTimeoutMs }, signal);
    if (isSuccess(answer)) return remember(answer);
    if (answer.kind === "answered" && answer.status === 404) {
      observed = undefined;
      return true;
    }
    log.warn("lease read failed", { lease: options.lease.name, ...describe(answer) });
    return false;
  }

  function put(spec: object, signal: AbortSignal): Promise<Answered | Unanswered> {
    const { namespace, name } = options.lease;
    const resourceVersion = observed?.record.resourceVersion;
    const metadata = { name, namespace, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    const target =
      resourceVersion === undefined
        ? { method: "POST" as const, path: collectionPath(LEASES, namespace) }
        : { method: "PUT" as const, path: objectPath(LEASES, options.lease) };
    return options.transport.send({ ...target, body, timeoutMs: callTimeoutMs }, signal);
  }

  function remember(answer: Answered | Unanswered): boolean {
    const record = answer.kind === "answered" ? leaseRecord(answer.body) : undefined;
    if (record === undefined) return false;
    observed = observe(observed, record, clock.monotonicMs());
    return true;
  }

  function lead(sentMs: number): void {
    const isNew = renewedMs === undefined;
    renewedMs = sentMs;
    if (!isNew) return;
    log.info("leading", { lease: options.lease.name, identity });
    metrics.leading(true);
    for (const wake of waiting) wake();
  }

  function lose(reason: string): void {
    renewedMs = undefined;
    metrics.leading(false);
    stop.abort(new Error(reason));
    log.error("leadership lost", { lease: options.lease.name, identity, reason });
    options.onLost(reason);
  }

  /** Why leadership is over; undefined while it holds. */
  function whyLost(): string | undefined {
    if (renewedMs === undefined) return undefined;
    const holder = observed?.record.holder;
    if (holder !== undefined && holder !== identity) return `the lease names ${holder === "" ? "nobody" : holder}`;
    const isLate = clock.monotonicMs() - renewedMs >= renewDeadlineMs;
    return isLate ? `not renewed within ${renewDeadlineMs} ms` : undefined;
  }

  async function loop(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await attempt(signal);
      } catch (error) {
        if (!isOver()) log.error("lease loop failed", { stack: error instanceof Error ? error.stack : String(error) });
      }
      if (isOver()) return;
      const reason = whyLost();
      if (reason !== undefined) {
        lose(reason);
        return;
      }
      await sleep(clock, retryMs * (1 + dice() * (KUBE_LIMITS.leaseJitter - 1)), signal);
    }
  }

  /** One try; a leader's try ends at its renew deadline at the latest, whatever the call is doing. */
  async function attempt(signal: AbortSignal): Promise<void> {
    if (renewedMs === undefined) {
      await tryOnce(signal);
      return;
    }
    const controller = new AbortController();
    const follow = (): void => controller.abort(signal.reason);
    signal.addEventListener("abort", follow, { once: true });
    const leftMs = renewedMs + renewDeadlineMs - clock.monotonicMs();
    const cancel = clock.schedule(Math.max(0, leftMs), () => controller.abort(new Error("renew deadline")));
    try {
      await tryOnce(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      cancel();
      signal.removeEventListener("abort", follow);
    }
  }

  return {
    run(signal) {
      const follow = (): void => stop.abort(signal.reason);
      if (signal.aborted) follow();
      else signal.addEventListener("abort", follow, { once: true });
      metrics.leading(false);
      running ??= loop(stop.signal).finally(() => signal.removeEventListener("abort", follow));
      return running;
    },
    isLeader: () => remainderMs() > 0,
    leaseRemainderMs: remainderMs,
    untilLeading(signal) {
      if (remainderMs() > 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = (isLeading: boolean) => (): void => {
          waiting.delete(onLeading);
          signal.removeEventListener("abort", onAbort);
          resolve(isLeading);
        };
        const onLeading = finish(true);
        const onAbort = finish(false);
        waiting.add(onLeading);
        if (signal.aborted) onAbort();
        else signal.addEventListener("abort", onAbort, { once: true });
      });
    },
    async release() {
      const wasLeading = remainderMs() > 0;
      stop.abort(new Error("released"));
      await running;
      renewedMs = undefined;
      metrics.leading(false);
      if (!wasLeading || observed === undefined) return;
      const answer = await put(releasedSpec(observed.record, clock.nowMs()), new AbortController().signal);
      log.info("lease released", { lease: options.lease.name, identity, ...describe(answer) });
    },
  };
}

function isSuccess(answer: Answered | Unanswered): boolean {
  return answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
}

function describe(answer: Answered | Unanswered): Readonly<Record<string, unknown>> {
  return answer.kind === "answered" ? { status: answer.status } : { reason: answer.reason, error: answer.evidence };
}
