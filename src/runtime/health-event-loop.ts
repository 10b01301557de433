/**
 * Warns when the event loop is slow: the lease is renewed by it, so a delay near the renew deadline costs the lead.
 * Guarantees: at most one line a sample; stops without leaving a timer.
 * Never: judges liveness by it: a restart does not make a list shorter.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "./clock.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";

/** What is read each sample: the 99th percentile of the delay since the last one, in milliseconds. */
export interface DelaySource {
  p99Ms(): number;
  stop(): void;
}

export function eventLoopDelay(): DelaySource {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  return {
    p99Ms() {
      const delayMs = histogram.percentile(99) / 1e6;
      histogram.reset();
      return delayMs;
    },
    stop: () => void histogram.disable(),
  };
}

/** Samples until the returned function is called. */
export function watchEventLoop({
  clock,
  log,
  source,
}: {
  readonly clock: Clock;
  readonly log: Log;
  readonly source: DelaySource;
}): () => void {
  let cancel = (): void => undefined;
  const sample = (): void => {
    const delayMs = Math.round(source.p99Ms());
    if (delayMs > LIMITS.eventLoopDelayWarnMs)
      log.warn("event loop slow", { p99DelayMs: delayMs, why: "the lease is renewed by it" });
    cancel = clock.schedule(LIMITS.eventLoopSampleMs, sample);
  };
  cancel = clock.schedule(LIMITS.eventLoopSampleMs, sample);
  return () => {
    cancel();
    source.stop();
  };
}
