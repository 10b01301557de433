/**
 * The ledger as text of ConfigMaps.
 * Guarantees: what is written reads back the same, to the second; a text that cannot be read is "unreadable", never an empty ledger (S5).
 */
import type { StoredPlan } from "../approval.ts";
import type { Execution, LedgerEntry, LedgerMeta, RemovalMark, Removed } from "./ledger.ts";

export const LEDGER_FORMAT = 1;

export type Read<Value> = { readonly kind: "read"; readonly value: Value } | { readonly kind: "unreadable" };

/** Scopes stand once a shard, entries name them by number: a UID of 36 characters an entry would be most of the shard. */
export function shardText(shard: ReadonlyMap<string, LedgerEntry>): string {
  const uids = [...new Set([...shard.values()].flatMap(uidsOf))].sort();
  const numbers = new Map(uids.map((uid, index) => [uid, index]));
  const number = (uid: string): number => numbers.get(uid) ?? -1;
  const entries = [...shard].map(([id, entry]): [string, object] => [
    id,
    {
      s: entry.scopeUIDs.map(number),
      t: seconds(entry.sinceMs),
      ...(entry.isConfirmed ? { c: 1 } : {}),
      ...(entry.isNewMatch ? { n: 1 } : {}),
      ...(entry.isForeign === true ? { f: 1 } : {}),
      ...(entry.members === undefined ? {} : { m: entry.members }),
      ...(entry.reassignedMs === undefined ? {} : { r: seconds(entry.reassignedMs) }),
      ...(entry.removal === undefined
        ? {}
        : { x: [entry.removal.assignmentID, number(entry.removal.scopeUID), entry.removal.serial] }),
    },
  ]);
  return JSON.stringify({ format: LEDGER_FORMAT, scopes: uids, entries: Object.fromEntries<object>(entries) });
}

function uidsOf({ scopeUIDs, removal }: LedgerEntry): readonly string[] {
  return removal === undefined ? scopeUIDs : [...scopeUIDs, removal.scopeUID];
}

export function readShard(text: string): Read<ReadonlyMap<string, LedgerEntry>> {
  return reading(text, (document) => {
    const uids = list(document["scopes"]).map(asText);
    const uid = (index: unknown): string => asText(uids[asNumber(index)]);
    return new Map(
      Object.entries(asRecord(document["entries"])).map(([id, value]): [string, LedgerEntry] => {
        const { s, t, c, n, f, m, r, x } = asRecord(value);
        return [
          id,
          {
            scopeUIDs: list(s).map(uid),
            sinceMs: milliseconds(t),
            isConfirmed: c === 1,
            isNewMatch: n === 1,
            ...(f === 1 ? { isForeign: true } : {}),
            ...(m === undefined ? {} : { members: asNumber(m) }),
            ...(r === undefined ? {} : { reassignedMs: milliseconds(r) }),
            ...(x === undefined ? {} : { removal: readMark(list(x), uid) }),
          },
        ];
      }),
    );
  });
}

function readMark([assignmentID, scope, serial]: readonly unknown[], uid: (index: unknown) => string): RemovalMark {
  return { assignmentID: asText(assignmentID), scopeUID: uid(scope), serial: asNumber(serial) };
}

export function metaText(meta: LedgerMeta): string {
  return JSON.stringify({
    format: LEDGER_FORMAT,
    started: seconds(meta.startedMs),
    foundAtStart: meta.foundAtStart,
    removed: meta.removed.map(({ atMs, scopeUID, count }) => [seconds(atMs), scopeUID, count]),
    plans: Object.fromEntries(meta.plans),
    executions: Object.fromEntries(
      [...meta.executions].map(([uid, { serial, untilMs }]) => [uid, [serial, seconds(untilMs)]]),
    ),
  });
}

export function readMeta(text: string): Read<LedgerMeta> {
  return reading(text, (document) => ({
    startedMs: milliseconds(document["started"]),
    foundAtStart: asNumber(document["foundAtStart"]),
    removed: list(document["removed"]).map((value): Removed => {
      const [at, scopeUID, count] = list(value);
      return { atMs: milliseconds(at), scopeUID: asText(scopeUID), count: asNumber(count) };
    }),
    plans: new Map(Object.entries(asRecord(document["plans"])).map(([uid, plan]) => [uid, readPlan(asRecord(plan))])),
    executions: new Map(
      Object.entries(asRecord(document["executions"])).map(([uid, value]): [string, Execution] => {
        const [serial, until] = list(value);
        return [uid, { serial: asNumber(serial), untilMs: milliseconds(until) }];
      }),
    ),
  }));
}

function readPlan({ hash, serial, expiresAt, consumed }: Readonly<Record<string, unknown>>): StoredPlan {
  return {
    hash: asText(hash),
    serial: asNumber(serial),
    ...(expiresAt === undefined ? {} : { expiresAt: asText(expiresAt) }),
    ...(consumed === undefined ? {} : { consumed: asText(consumed) }),
  };
}

class Unreadable extends Error {}

function reading<Value>(text: string, read: (document: Readonly<Record<string, unknown>>) => Value): Read<Value> {
  try {
    const document = asRecord(JSON.parse(text) as unknown);
    if (document["format"] !== LEDGER_FORMAT) return { kind: "unreadable" };
    return { kind: "read", value: read(document) };
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError) return { kind: "unreadable" };
    throw error;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unreadable();
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unreadable();
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== "string") throw new Unreadable();
  return value;
}

function asNumber(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Unreadable();
  return value;
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1_000);
}

function milliseconds(value: unknown): number {
  return asNumber(value) * 1_000;
}
