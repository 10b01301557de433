/**
 * The token buckets of the process: one for each tenant, client and bucket name, shared by all loops and proofs of that client.
 * Guarantees: a throttle answer pauses exactly its bucket, by what Graph asks for to its full length, else longer each time in a row.
 * Never: a permit during a pause; an early retry (it would still count, entra-graph reference, 10.1).
 */
import type { Clock, Dice } from "../../runtime/clock.ts";
import type { TokenBucket } from "../../runtime/token-bucket.ts";
import { tokenBucket } from "../../runtime/token-bucket.ts";
import { BUCKETS_MAX, RETRY_AFTER_MS_MAX, THROTTLE_PAUSE_MS_MAX, THROTTLE_PAUSE_MS_MIN } from "../limits.ts";
import type { BucketName, RateLimits } from "./rate-limits.ts";

export interface BucketKey {
  readonly clientKey: string;
  readonly bucket: BucketName;
}

/** `granted` may be fewer than asked for; then `why` says what the rest ran into. */
export interface Permits {
  readonly granted: number;
  readonly waitedMs: number;
  readonly why:
    | { readonly kind: "all" }
    | { readonly kind: "aborted" }
    | { readonly kind: "refused"; readonly retryAfterMs: number; readonly isPaused: boolean };
}

export interface RateLimiter {
  take(key: BucketKey, count: number, waitMaxMs: number, signal: AbortSignal): Promise<Permits>;
  /** Graph answered with a throttle; returns how long the bucket is paused. */
  throttled(key: BucketKey, retryAfterMs: number | undefined): number;
  answered(key: BucketKey): void;
  close(): void;
}

interface Shelf {
  readonly bucket: TokenBucket;
  throttlesInRow: number;
  pausedUntilMs: number;
}

export function rateLimiter(clock: Clock, dice: Dice, limits: RateLimits): RateLimiter {
  const shelves = new Map<string, Shelf>();
  const shelfOf = ({ clientKey, bucket }: BucketKey): Shelf => {
    const key = `${clientKey}|${bucket}`;
    const known = shelves.get(key);
    if (known !== undefined) return known;
    const [oldest] = shelves.keys();
    if (shelves.size >= BUCKETS_MAX && oldest !== undefined) shelves.delete(oldest);
    const shelf = { bucket: tokenBucket(clock, limits[bucket]), throttlesInRow: 0, pausedUntilMs: 0 };
    shelves.set(key, shelf);
    return shelf;
  };
  return {
    async take(key, count, waitMaxMs, signal) {
      const shelf = shelfOf(key);
      const sinceMs = clock.monotonicMs();
      const waitedMs = (): number => clock.monotonicMs() - sinceMs;
      for (let granted = 0; granted < count; granted += 1) {
        const permit = await shelf.bucket.take(Math.max(0, waitMaxMs - waitedMs()), signal);
        if (permit.kind === "granted") continue;
        const isPaused = clock.monotonicMs() < shelf.pausedUntilMs;
        return { granted, waitedMs: waitedMs(), why: permit.kind === "aborted" ? permit : { ...permit, isPaused } };
      }
      return { granted: count, waitedMs: waitedMs(), why: { kind: "all" } };
    },
    throttled(key, retryAfterMs) {
      const shelf = shelfOf(key);
      const grownMs = Math.min(THROTTLE_PAUSE_MS_MAX, THROTTLE_PAUSE_MS_MIN * 2 ** Math.min(shelf.throttlesInRow, 16));
      shelf.throttlesInRow += 1;
      const pauseMs = Math.min(retryAfterMs ?? Math.round(grownMs * (0.5 + 0.5 * dice())), RETRY_AFTER_MS_MAX);
      shelf.bucket.pause(pauseMs);
      shelf.pausedUntilMs = Math.max(shelf.pausedUntilMs, clock.monotonicMs() + pauseMs);
      return pauseMs;
    },
    answered(key) {
      shelfOf(key).throttlesInRow = 0;
    },
    close() {
      for (const { bucket } of shelves.values()) bucket.close();
    },
  };
}
