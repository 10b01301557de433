/**
 * One list that is read again and again: on an interval with jitter, sooner when asked, slower when it fails.
 * Guarantees: never two reads at a time; the last complete list is kept whatever fails after it; asking often reads at most once per floor.
 * Never: shows a partial list as the whole (S5).
 */
import type { Clock, Dice } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { PagedList } from "../call/read-pages.ts";
import { INVENTORY_BACKOFF_MS_MAX, INVENTORY_JITTER_RATIO } from "../limits.ts";

export interface CompleteList<Item> {
  readonly items: readonly Item[];
  /** Monotonic instant at which the read was started. */
  readonly startedMs: number;
}

export interface SharedList<Item> {
  latest(): CompleteList<Item> | undefined;
  /** Why the newest read gave no complete list. */
  failure(): Failure | undefined;
  /** Resolves when the first read has ended, well or not, or the list was stopped. */
  readonly firstRound: Promise<void>;
  refreshSoon(): void;
  stop(): void;
}

export interface SharedListOptions<Item> {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly intervalMs: number;
  readonly floorMs: number;
  readonly read: (signal: AbortSignal) => Promise<PagedList<Item>>;
  /** After each complete read, with the list before it. */
  readonly onComplete: (items: readonly Item[], before: readonly Item[] | undefined) => void;
  /** Asked before each read; false ends the list. */
  readonly isWanted: () => boolean;
}

const TRUNCATED: Failure = {
  class: "Transient",
  reason: "ListTruncated",
  message: "The list is longer than the operator reads",
  fix: "Split the owner id over several operators; the last complete list stays in use.",
};

export function sharedList<Item>(options: SharedListOptions<Item>): SharedList<Item> {
  const { clock, dice, intervalMs, floorMs } = options;
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;
  let latest: CompleteList<Item> | undefined;
  let failure: Failure | undefined;
  let failuresInRow = 0;
  let lastStartMs: number | undefined;
  let isReading = false;
  let isAskedSoon = false;
  let cancelTimer: (() => void) | undefined;
  const firstRound = Promise.withResolvers<undefined>();

  const scheduleIn = (delayMs: number): void => {
    cancelTimer?.();
    cancelTimer = clock.schedule(delayMs, () => void round());
  };
  const nextDelayMs = (): number => {
    if (isAskedSoon && failuresInRow === 0)
      return Math.max(0, (lastStartMs ?? -Infinity) + floorMs - clock.monotonicMs());
    const grownMs = Math.min(
      Math.max(intervalMs, INVENTORY_BACKOFF_MS_MAX),
      intervalMs * 2 ** Math.min(failuresInRow, 16),
    );
    const jitteredMs = grownMs * (1 + INVENTORY_JITTER_RATIO * (2 * dice() - 1));
    return Math.max(jitteredMs, failure?.retryAfterMs ?? 0);
  };
  const round = async (): Promise<void> => {
    if (isStopped()) return;
    if (!options.isWanted()) {
      stopped.abort();
      firstRound.resolve(undefined);
      return;
    }
    isReading = true;
    isAskedSoon = false;
    const startedMs = clock.monotonicMs();
    lastStartMs = startedMs;
    const listing = await options.read(stopped.signal);
    isReading = false;
    if (isStopped()) return;
    if (listing.kind === "complete") {
      const before = latest?.items;
      latest = { items: listing.items, startedMs };
      failure = undefined;
      failuresInRow = 0;
      options.onComplete(listing.items, before);
    } else {
      failure = listing.kind === "failed" ? listing.failure : TRUNCATED;
      failuresInRow += 1;
    }
    firstRound.resolve(undefined);
    scheduleIn(nextDelayMs());
  };
  scheduleIn(0);

  return {
    latest: () => latest,
    failure: () => failure,
    firstRound: firstRound.promise,
    refreshSoon() {
      if (isAskedSoon || isStopped()) return;
      isAskedSoon = true;
      // While failing the back-off decides; while reading the end of the read does, because what was just written may not be in it.
      if (!isReading && failuresInRow === 0) scheduleIn(nextDelayMs());
    },
    stop() {
      stopped.abort();
      firstRound.resolve(undefined);
      cancelTimer?.();
    },
  };
}
