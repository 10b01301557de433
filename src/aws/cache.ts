/**
 * A bounded cache of answers by text key: one load at a time for a key, good answers kept long, bad ones briefly.
 * Guarantees: at most `entriesMax` entries; a caller that leaves does not end a load that others wait for. Never: a bad answer older than `failureMs`.
 */
import type { Clock } from "../runtime/clock.ts";
import { raceAbort } from "../runtime/race-abort.ts";
import { CACHE_ENTRIES_MAX, FAILURE_CACHE_MS } from "./limits.ts";

export interface AnswerCache<Answer> {
  get(key: string, signal: AbortSignal, load: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
}

export interface AnswerCacheOptions<Answer> {
  readonly clock: Clock;
  readonly keepMs: number;
  readonly isGood: (answer: Answer) => boolean;
  /** What a caller gets whose signal aborts before the answer is there. */
  readonly whenLeft: Answer;
  /** Ends loads when the process ends. */
  readonly closed: AbortSignal;
  readonly failureMs?: number;
  readonly entriesMax?: number;
}

interface Entry<Answer> {
  readonly loading: Promise<Answer>;
  untilMs: number;
}

export function answerCache<Answer>(options: AnswerCacheOptions<Answer>): AnswerCache<Answer> {
  const { clock, keepMs, isGood, closed, whenLeft } = options;
  const { failureMs = FAILURE_CACHE_MS, entriesMax = CACHE_ENTRIES_MAX } = options;
  const entries = new Map<string, Entry<Answer>>();
  const start = (key: string, load: (signal: AbortSignal) => Promise<Answer>): Entry<Answer> => {
    const [oldest] = entries.keys();
    if (entries.size >= entriesMax && oldest !== undefined) entries.delete(oldest);
    const loading = load(closed);
    const entry: Entry<Answer> = { loading, untilMs: Infinity };
    entries.set(key, entry);
    loading.then(
      (answer) => {
        entry.untilMs = clock.monotonicMs() + (isGood(answer) ? keepMs : failureMs);
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key);
      },
    );
    return entry;
  };
  return {
    async get(key, signal, load) {
      const known = entries.get(key);
      const isFresh = known !== undefined && clock.monotonicMs() < known.untilMs;
      if (known !== undefined && !isFresh) entries.delete(key);
      const entry = isFresh ? known : start(key, load);
      try {
        return await raceAbort(entry.loading, signal);
      } catch (error) {
        if (signal.aborted) return whenLeft;
        throw error;
      }
    },
  };
}
