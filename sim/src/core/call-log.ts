/**
 * The record of every call that reached the world: what an operator really did, as evidence.
 * Guarantees: newest entries first lost last (a ring), counts never lost; entries hold ids, not inputs (a log must not carry a secret).
 */
import type { Facts } from "./faults.ts";

export interface CallLogEntry {
  readonly sequence: number;
  readonly requestID: string;
  readonly atMs: number;
  readonly service: string;
  readonly action: string;
  readonly accountID: string;
  readonly principalARN: string;
  readonly accessKeyID: string;
  readonly region: string;
  readonly facts: Facts;
  readonly isDryRun: boolean;
  /** `ok`, an error code, or `lost` with what happened behind it. */
  readonly outcome: string;
  /** Rules that struck the call, by id. */
  readonly faults: readonly string[];
}

export interface CallLogQuery {
  /** Entries after this sequence number. */
  readonly since?: number;
  readonly service?: string;
  readonly action?: string;
  readonly instanceID?: string;
  readonly outcome?: string;
  readonly limit?: number;
}

const ENTRIES_MAX = 50_000;
const MINUTES_MAX = 180;
const MINUTE_MS = 60_000;

export class CallLog {
  #entries: CallLogEntry[] = [];
  #sequence = 0;
  readonly #totals = new Map<string, number>();
  readonly #minutes = new Map<number, Map<string, number>>();

  append(entry: Omit<CallLogEntry, "sequence">): CallLogEntry {
    this.#sequence += 1;
    const stored = { ...entry, sequence: this.#sequence };
    this.#entries.push(stored);
    // Cut in large steps: shifting one by one would copy the ring at each call.
    if (this.#entries.length > ENTRIES_MAX * 1.2) this.#entries = this.#entries.slice(-ENTRIES_MAX);
    const name = `${entry.service}:${entry.action}`;
    raise(this.#totals, name);
    const minute = Math.floor(entry.atMs / MINUTE_MS) * MINUTE_MS;
    const counts = this.#minutes.get(minute) ?? new Map<string, number>();
    raise(counts, name);
    this.#minutes.set(minute, counts);
    for (const oldest of this.#minutes.keys()) {
      if (this.#minutes.size <= MINUTES_MAX) break;
      this.#minutes.delete(oldest);
    }
    return stored;
  }

  /** Oldest first; the newest `limit` of what matches (1,000 when absent). */
  read({ since = 0, service, action, instanceID, outcome, limit = 1_000 }: CallLogQuery = {}): readonly CallLogEntry[] {
    return this.#entries
      .filter(
        (entry) =>
          entry.sequence > since &&
          (service === undefined || entry.service === service) &&
          (action === undefined || entry.action === action) &&
          (outcome === undefined || entry.outcome === outcome) &&
          (instanceID === undefined || (entry.facts.instanceID ?? []).includes(instanceID)),
      )
      .slice(-limit);
  }

  /** Calls since the start by `service:Action`, and by minute (the newest 180). */
  counts(): {
    readonly lastSequence: number;
    readonly total: Readonly<Record<string, number>>;
    readonly minutes: readonly { readonly fromMs: number; readonly calls: Readonly<Record<string, number>> }[];
  } {
    return {
      lastSequence: this.#sequence,
      total: Object.fromEntries([...this.#totals].sort()),
      minutes: [...this.#minutes].map(([fromMs, calls]) => ({ fromMs, calls: Object.fromEntries([...calls].sort()) })),
    };
  }
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
