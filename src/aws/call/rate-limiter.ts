/**
 * The token buckets of the process: one for each account, Region and bucket name, shared by all loops and identities.
 * Guarantees: a throttle answer pauses exactly its bucket, longer each time in a row, and by what AWS asks for when it asks.
 */
import type { Clock, Dice } from "../../runtime/clock.ts";
import { BUCKETS_MAX, THROTTLE_PAUSE_MS_MAX, THROTTLE_PAUSE_MS_MIN } from "../limits.ts";
import type { BucketName, RateLimits } from "./rate-limits.ts";
import type { Permit, TokenBucket } from "../../runtime/token-bucket.ts";
import { tokenBucket } from "../../runtime/token-bucket.ts";

export interface BucketKey {
  readonly accountID: string;
  readonly region: string;
  readonly bucket: BucketName;
}

export interface RateLimiter {
  take(key: BucketKey, waitMaxMs: number, signal: AbortSignal): Promise<Permit>;
  /** AWS answered with a throttle; returns how long the bucket is paused. */
  throttled(key: BucketKey, retryAfterMs: number | undefined): number;
  answered(key: BucketKey): void;
  close(): void;
}

interface Shelf {
  readonly bucket: TokenBucket;
  throttlesInRow: number;
}

export function rateLimiter(clock: Clock, dice: Dice, limits: RateLimits): RateLimiter {
  const shelves = new Map<string, Shelf>();
  const shelfOf = ({ accountID, region, bucket }: BucketKey): Shelf => {
    const key = `${accountID}|${region}|${bucket}`;
    const known = shelves.get(key);
    if (known !== undefined) return known;
    const [oldest] = shelves.keys();
    if (shelves.size >= BUCKETS_MAX && oldest !== undefined) shelves.delete(oldest);
    const shelf = { bucket: tokenBucket(clock, limits[bucket]), throttlesInRow: 0 };
    shelves.set(key, shelf);
    return shelf;
  };
  return {
    take: (key, waitMaxMs, signal) => shelfOf(key).bucket.take(waitMaxMs, signal),
    throttled(key, retryAfterMs) {
      const shelf = shelfOf(key);
      const grownMs = Math.min(THROTTLE_PAUSE_MS_MAX, THROTTLE_PAUSE_MS_MIN * 2 ** Math.min(shelf.throttlesInRow, 16));
      shelf.throttlesInRow += 1;
      const pauseMs = retryAfterMs ?? Math.round(grownMs * (0.5 + 0.5 * dice()));
      shelf.bucket.pause(pauseMs);
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
