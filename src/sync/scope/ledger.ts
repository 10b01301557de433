/**
 * Which assignments are ours, and what was removed when: the memory that outlives the process.
 * Guarantees: not in the ledger is foreign (S6); an entry is there before its POST; a shard never grows beyond what fits a ConfigMap well.
 * Never: holds a display name; answers for groups of a scope that is gone (those are kept).
 */
import type { StoredPlan } from "../approval.ts";

/** An assignment that a removal under way is about: exactly this one, and none that takes its place. */
export interface RemovalMark {
  readonly assignmentID: string;
  readonly scopeUID: string;
  readonly serial: number;
}

export interface LedgerEntry {
  /** Scopes that brought the group; those that are gone are no longer asked. */
  readonly scopeUIDs: readonly string[];
  readonly sinceMs: number;
  /** A POST said so, or a list showed it; before that it is an intent. */
  readonly isConfirmed: boolean;
  /** Counted under the ceiling for what a selector newly matches. */
  readonly isNewMatch: boolean;
  /** As counted before it came in: what a process that has not counted yet knows of it. */
  readonly members?: number;
  /** When it was last assigned again after hands took it away. */
  readonly reassignedMs?: number;
  readonly removal?: RemovalMark;
  /** Only marked for removal: the assignment itself was never ours. */
  readonly isForeign?: boolean;
}

export interface Removed {
  readonly atMs: number;
  readonly scopeUID: string;
  readonly count: number;
}

/** A removal that was allowed and charged, until it is done. */
export interface Execution {
  readonly serial: number;
  readonly untilMs: number;
}

export interface LedgerMeta {
  readonly startedMs: number;
  /** Assignments that were there before the ledger: what was removed before is then unknown. */
  readonly foundAtStart: number;
  readonly removed: readonly Removed[];
  readonly plans: ReadonlyMap<string, StoredPlan>; // by scope UID
  readonly executions: ReadonlyMap<string, Execution>; // by scope UID
}

export interface Ledger {
  readonly meta: LedgerMeta;
  readonly shards: readonly ReadonlyMap<string, LedgerEntry>[]; // by group id
}

/** About 90 bytes an entry: 100 KiB a shard, against the 1 MiB that a ConfigMap may have. */
export const SHARD_ENTRIES_MAX = 1_000;
/** 10,000 groups of the vendor's limit, foreign ones under removal, and room for shards that are not full. */
export const SHARDS_MAX = 40;
/** Longest window of a ceiling (API: 720 h). */
export const REMOVED_KEPT_MS = 720 * 3_600_000;
/** More holders than this are not needed to know that nobody is left. */
export const HOLDERS_MAX = 4;
const REMOVED_MAX = 2_000;

export function newLedger(nowMs: number, foundAtStart: number): Ledger {
  return {
    meta: { startedMs: nowMs, foundAtStart, removed: [], plans: new Map(), executions: new Map() },
    shards: [],
  };
}

export function entryOf({ shards }: Ledger, groupID: string): LedgerEntry | undefined {
  for (const shard of shards) {
    const entry = shard.get(groupID);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

export function* entriesOf({ shards }: Ledger): Iterable<readonly [groupID: string, entry: LedgerEntry]> {
  for (const shard of shards) yield* shard;
}

/** The ledger with these entries set, or dropped where undefined. New ones fill the first shard with room. `undefined` when it is full. */
export function withEntries(ledger: Ledger, changes: ReadonlyMap<string, LedgerEntry | undefined>): Ledger | undefined {
  const shards = ledger.shards.map((shard) => ({ shard, changed: undefined as Map<string, LedgerEntry> | undefined }));
  const placeOf = (groupID: string) =>
    shards.find(({ shard, changed }) => (changed ?? shard).has(groupID)) ??
    shards.find(({ shard, changed }) => (changed ?? shard).size < SHARD_ENTRIES_MAX);
  for (const [groupID, entry] of changes) {
    let place = placeOf(groupID);
    if (place === undefined) {
      if (shards.length >= SHARDS_MAX) return undefined;
      place = { shard: new Map(), changed: undefined };
      shards.push(place);
    }
    place.changed ??= new Map(place.shard);
    if (entry === undefined) place.changed.delete(groupID);
    else place.changed.set(groupID, entry);
  }
  return { ...ledger, shards: shards.map(({ shard, changed }) => changed ?? shard) };
}

export function withMeta(ledger: Ledger, changes: Partial<LedgerMeta>): Ledger {
  return { ...ledger, meta: { ...ledger.meta, ...changes } };
}

/** Adds a removal to the history, within its bounds: what is too old for any window goes, and neighbours are merged when there are too many. */
export function withRemoved(removed: readonly Removed[], added: Removed): readonly Removed[] {
  const kept = removed.filter(({ atMs }) => added.atMs - atMs < REMOVED_KEPT_MS);
  if (kept.length < REMOVED_MAX) return [...kept, added];
  const [first, second, ...rest] = kept;
  if (first === undefined || second === undefined) return [added];
  // Merged into the later one, of whose scope it then is: the union stays exact, and nothing is forgotten early.
  return [{ ...second, count: first.count + second.count }, ...rest, added];
}
