/**
 * Groups as they were read, shared by all scopes that a client of a tenant serves, and kept current by following their changes.
 * Guarantees: one delta query a quarter of an hour a client, however many scopes there are; a change is read back by id before it counts; when the
 * token is withdrawn everything is read anew (`epoch`); a group that one batch did not know is missing only after the next one did not either (S5).
 * Never: holds a member; drops a fact because a read failed.
 */
import { clientKey, type EntraAccess } from "../../entra/access/port.ts";
import type { Group, GroupPort } from "../../entra/groups/port.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { GroupFact } from "../../sync/scope/eligibility.ts";

export interface GroupDirectory {
  /** Asks for changes when it is time to; never rejects on failures of Graph. */
  follow(signal: AbortSignal): Promise<Failure | undefined>;
  /** Reads those of the ids that are not known yet. */
  read(ids: readonly string[], signal: AbortSignal): Promise<Failure | undefined>;
  /** Counts members of those that were never counted, or too long ago. Resolves when all that could be are. */
  count(ids: readonly string[], signal: AbortSignal): Promise<void>;
  isCountDue(id: string): boolean;
  learn(groups: readonly Group[]): void;
  factOf(id: string): GroupFact;
  /** The last count, also of a group that nothing else is known of. */
  membersOf(id: string): number | undefined;
  displayNameOf(id: string): string | undefined;
  /** Raised when changes may have been missed. */
  epoch(): number;
  /** Groups that changed after `seq`; `undefined` when that is too long ago. */
  changedSince(seq: number): readonly string[] | undefined;
  seq(): number;
  idsOfUnit(unitID: string, signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
}

export interface Directories {
  of(access: EntraAccess): GroupDirectory;
  /** Something was found to have changed: who may be concerned should look. */
  onChange(listener: () => void): void;
}

const FOLLOW_MS = 15 * 60_000;
const FOLLOW_RETRY_MS = 60_000;
/** More changes at once are not read back one by one: everything is read anew. */
const CHANGES_MAX = 1_000;
const CHANGES_KEPT = 4_000;
/** Sizes change slowly, and one size is a call in twenty a group. */
const COUNT_MS = 7 * 24 * 3_600_000;
const UNIT_MS = 6 * 3_600_000;
const UNITS_MAX = 200;

interface KnownGroup {
  readonly group: Group | undefined;
  readonly misses: number;
}

export function directories(groups: GroupPort, clock: Clock): Directories {
  const byClient = new Map<string, GroupDirectory>();
  const listeners: (() => void)[] = [];
  return {
    of(access) {
      const key = clientKey(access);
      const known = byClient.get(key) ?? directory(groups, clock, access, () => listeners.forEach((tell) => tell()));
      byClient.set(key, known);
      return known;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function directory(port: GroupPort, clock: Clock, access: EntraAccess, tellChange: () => void): GroupDirectory {
  const known = new Map<string, KnownGroup>();
  const counts = new Map<string, { readonly members: number; readonly atMs: number }>();
  const units = new Map<string, { readonly ids: ReadonlySet<string>; readonly atMs: number }>();
  let changed: { readonly seq: number; readonly id: string }[] = [];
  let seq = 0;
  let epoch = 0;
  let deltaLink: string | undefined;
  let nextFollowMs = 0;
  let following: Promise<Failure | undefined> | undefined;

  async function readBack(ids: readonly string[], signal: AbortSignal): Promise<Failure | undefined> {
    const listing = await port.groups(access, ids, signal);
    if (listing.kind === "failed") return listing.failure;
    const found = new Map(listing.items.map((group) => [group.id, group]));
    for (const [id, group] of found) known.set(id, { group, misses: 0 });
    if (listing.kind === "partial") return listing.failure;
    for (const id of ids) if (!found.has(id)) known.set(id, { group: undefined, misses: missesOf(id) + 1 });
    return undefined;
  }
  const missesOf = (id: string): number => {
    const before = known.get(id);
    return before?.group === undefined ? (before?.misses ?? 0) : 0;
  };
  const isRead = (id: string): boolean => {
    const fact = known.get(id);
    return fact !== undefined && (fact.group !== undefined || fact.misses >= MISSES_MIN);
  };

  async function readUnknown(ids: readonly string[], signal: AbortSignal): Promise<Failure | undefined> {
    for (let attempt = 0; attempt < MISSES_MIN; attempt += 1) {
      const unread = ids.filter((id) => !isRead(id));
      if (unread.length === 0) return undefined;
      const failure = await readBack(unread, signal);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  async function followNow(signal: AbortSignal): Promise<Failure | undefined> {
    if (deltaLink === undefined) {
      const latest = await port.latest(access, signal);
      if (latest.kind !== "found") return later(latest.kind === "failed" ? latest.failure : NO_TOKEN);
      deltaLink = latest.value;
      nextFollowMs = clock.monotonicMs() + FOLLOW_MS;
      return undefined;
    }
    const answer = await port.changes(access, deltaLink, signal);
    if (answer.kind === "failed") return later(answer.failure);
    if (answer.kind === "restarted" || answer.changes.length > CHANGES_MAX) {
      deltaLink = answer.kind === "restarted" ? undefined : answer.deltaLink;
      startOver();
      return answer.kind === "restarted" ? followNow(signal) : undefined;
    }
    const removed = answer.changes.filter(({ kind }) => kind === "removed").map(({ id }) => id);
    const touched = [...new Set(answer.changes.filter(({ kind }) => kind === "changed").map(({ id }) => id))];
    const failure = touched.length === 0 ? undefined : await readBack(touched, signal);
    // The link is kept only when its changes were read back: else the same changes come again.
    if (failure !== undefined) return later(failure);
    for (const id of removed) known.set(id, { group: undefined, misses: MISSES_MIN });
    for (const id of new Set([...removed, ...touched])) changed.push({ seq: (seq += 1), id });
    changed = changed.slice(-CHANGES_KEPT);
    deltaLink = answer.deltaLink;
    nextFollowMs = clock.monotonicMs() + FOLLOW_MS;
    if (answer.changes.length > 0) tellChange();
    return undefined;
  }
  function later(failure: Failure): Failure {
    nextFollowMs = clock.monotonicMs() + Math.max(FOLLOW_RETRY_MS, failure.retryAfterMs ?? 0);
    return failure;
  }
  function startOver(): void {
    epoch += 1;
    known.clear();
    tellChange();
  }

  return {
    follow(signal) {
      if (clock.monotonicMs() < nextFollowMs) return Promise.resolve(undefined);
      following ??= followNow(signal).finally(() => (following = undefined));
      return following;
    },
    read: readUnknown,
    isCountDue: (id) => {
      const at = counts.get(id);
      return at === undefined || clock.monotonicMs() - at.atMs >= COUNT_MS;
    },
    async count(ids, signal) {
      const answers = await port.memberCounts(access, ids, signal);
      const atMs = clock.monotonicMs();
      ids.forEach((id, index) => {
        const members = answers[index];
        if (members !== undefined) counts.set(id, { members, atMs });
      });
    },
    learn: (groups) => groups.forEach((group) => known.set(group.id, { group, misses: 0 })),
    factOf(id) {
      const fact = known.get(id);
      if (fact?.group !== undefined) return { kind: "known", group: fact.group, members: counts.get(id)?.members };
      return isRead(id) ? { kind: "missing" } : { kind: "unread" };
    },
    membersOf: (id) => counts.get(id)?.members,
    displayNameOf: (id) => known.get(id)?.group?.displayName,
    epoch: () => epoch,
    seq: () => seq,
    changedSince(since) {
      const [oldest] = changed;
      if (oldest !== undefined && oldest.seq > since + 1) return undefined;
      return changed.filter((change) => change.seq > since).map(({ id }) => id);
    },
    async idsOfUnit(unitID, signal) {
      const cached = units.get(unitID);
      if (cached !== undefined && clock.monotonicMs() - cached.atMs < UNIT_MS) return cached.ids;
      const listing = await port.idsOfAdministrativeUnit(access, unitID, signal);
      // What could not be read again grants what it granted; what was never read grants nothing.
      if (listing.kind !== "complete") return cached?.ids;
      if (units.size >= UNITS_MAX) units.delete(units.keys().next().value ?? "");
      const ids = new Set(listing.items);
      units.set(unitID, { ids, atMs: clock.monotonicMs() });
      return ids;
    },
  };
}

/** One replica's word is not enough (S5). */
const MISSES_MIN = 2;
const NO_TOKEN: Failure = {
  class: "Transient",
  reason: "NoDeltaToken",
  message: "Graph gave no token to follow the groups by.",
  fix: "None: it is asked again.",
};
