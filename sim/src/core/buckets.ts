/**
 * Token buckets per account, Region and action (EC2 Developer Guide, "Request throttling for the Amazon EC2 API").
 * Guarantees: a call passes only when each of its buckets has enough, and then pays all of them; a refused call pays nothing.
 */
import type { WorldClock } from "./clock.ts";

export interface BucketSize {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

export interface BucketCost {
  /** Account, Region, service, action and resource: one bucket. */
  readonly key: string;
  readonly size: BucketSize;
  readonly tokens: number;
}

export class TokenBuckets {
  readonly #clock: WorldClock;
  readonly #levels = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  /** Off for benchmarks: then every call passes. */
  isOn = true;

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  /** @returns false when one of the buckets is too empty: the call is throttled */
  take(costs: readonly BucketCost[]): boolean {
    if (!this.isOn) return true;
    const nowMs = this.#clock.nowMs();
    const levels = costs.map((cost) => ({ cost, tokens: this.#level(cost, nowMs) }));
    if (levels.some(({ cost, tokens }) => tokens < cost.tokens)) return false;
    for (const { cost, tokens } of levels) this.#levels.set(cost.key, { tokens: tokens - cost.tokens, atMs: nowMs });
    return true;
  }

  #level({ key, size }: BucketCost, nowMs: number): number {
    const level = this.#levels.get(key);
    if (level === undefined) return size.capacity;
    const refilled = ((nowMs - level.atMs) / 1_000) * size.refillPerSecond;
    return Math.min(size.capacity, level.tokens + refilled);
  }
}
