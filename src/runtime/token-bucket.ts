/**
 * One bucket of call permits, refilled steadily; waiters are served in order of arrival.
 * Guarantees: never more than `burst + perSecond * t` permits in any t seconds; a pause after a throttle holds everybody; a wait that cannot
 * end in time is refused at once instead of being queued. Never: a permit to a waiter that left.
 */
import type { Clock } from "./clock.ts";

export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

export type Permit =
  | { readonly kind: "granted"; readonly waitedMs: number }
  | { readonly kind: "refused"; readonly retryAfterMs: number } // the queue is longer than waitMaxMs
  | { readonly kind: "aborted" };

export interface TokenBucket {
  take(waitMaxMs: number, signal: AbortSignal): Promise<Permit>;
  /** Nobody gets a permit for the next `delayMs`. */
  pause(delayMs: number): void;
  /** Ends all waits. */
  close(): void;
}

interface Waiter {
  readonly sinceMs: number;
  readonly settle: (permit: Permit) => void;
}

export function tokenBucket(clock: Clock, { burst, perSecond }: RateLimit): TokenBucket {
  let tokens = burst;
  let refilledMs = clock.monotonicMs();
  let pausedUntilMs = 0;
  let cancelTimer: (() => void) | undefined;
  const waiters: Waiter[] = [];

  const refill = (nowMs: number): void => {
    tokens = Math.min(burst, tokens + ((nowMs - refilledMs) / 1_000) * perSecond);
    refilledMs = nowMs;
  };
  const delayUntilMs = (position: number, nowMs: number): number =>
    Math.max(Math.max(0, pausedUntilMs - nowMs), ((position + 1 - tokens) / perSecond) * 1_000, 0);

  const serve = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    const nowMs = clock.monotonicMs();
    refill(nowMs);
    // The smallest part of a permit: float sums of many refills may fall short of a whole one by less than this.
    while (waiters.length > 0 && tokens >= 1 - 1e-9 && nowMs >= pausedUntilMs) {
      tokens = Math.max(0, tokens - 1);
      const waiter = waiters.shift();
      waiter?.settle({ kind: "granted", waitedMs: nowMs - waiter.sinceMs });
    }
    if (waiters.length > 0) cancelTimer = clock.schedule(Math.max(1, delayUntilMs(0, nowMs)), serve);
  };

  return {
    take(waitMaxMs, signal) {
      if (signal.aborted) return Promise.resolve({ kind: "aborted" });
      const nowMs = clock.monotonicMs();
      refill(nowMs);
      const expectedMs = delayUntilMs(waiters.length, nowMs);
      if (expectedMs > waitMaxMs) return Promise.resolve({ kind: "refused", retryAfterMs: Math.ceil(expectedMs) });
      return new Promise((resolve) => {
        const leave = (): void => {
          const index = waiters.indexOf(waiter);
          if (index >= 0) waiters.splice(index, 1);
          resolve({ kind: "aborted" });
        };
        const waiter: Waiter = {
          sinceMs: nowMs,
          settle: (permit) => {
            signal.removeEventListener("abort", leave);
            resolve(permit);
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        waiters.push(waiter);
        serve();
      });
    },
    pause(delayMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + delayMs);
      if (waiters.length > 0) serve();
    },
    close() {
      cancelTimer?.();
      for (const waiter of waiters.splice(0)) waiter.settle({ kind: "aborted" });
    },
  };
}
