/**
 * What the writer of a configuration's assignments keeps between passes: the last complete list and what was sent since.
 * Guarantees: nothing here is truth: without it everything is listed anew before anything is sent.
 */
import type { AppRoleAssignment } from "../../entra/assignments/port.ts";
import { REPLICA_LAG_MS } from "../../sync/scope/additions.ts";
import type { MemberFindings } from "../../sync/scope/members.ts";
import type { Hold, RecentWrite } from "../../sync/scope/snapshot.ts";

export interface AssignmentList {
  /** Changed by what is sent; only assignments of groups to the role of scopes. */
  readonly byGroup: Map<string, AppRoleAssignment>;
  readonly pages: number;
  readonly atMs: number;
}

export interface WriterMemory {
  list?: AssignmentList | undefined;
  isListWanted: boolean;
  /** The service principal's role, or why there is none. */
  role?: { readonly servicePrincipalID: string; readonly id: string; readonly atMs: number } | undefined;
  /** Confirmed entries that two lists agreed about not being there, since when. */
  missing: ReadonlyMap<string, number>;
  /** Held back until then: what the last act found out. */
  hold?: { readonly hold: Hold; readonly untilMs: number } | undefined;
  readonly recent: Map<string, RecentWrite>;
  /** When members were last counted and looked at for their own sake. */
  leisureMs?: number | undefined;
  countsShownMs?: number | undefined;
  readonly inspected: Map<string, { readonly findings: MemberFindings; readonly dueMs: number }>;
}

export function writerMemory(): WriterMemory {
  return { isListWanted: true, missing: new Map(), recent: new Map(), inspected: new Map() };
}

/** Graph sends at most 999 assignments a page [C]; the interval grows with the pages, so that a steady scope costs a few calls an hour. */
const PAGE_SIZE = 999;
const LIST_MS_A_PAGE = 30 * 60_000;
const LIST_MS_MAX = 6 * 3_600_000;
/** A list that is this much later than an unclear answer is the answer. */
export const PROOF_MS = 60_000;
const DEFERRED_MS = 60_000;
const REFUSED_MS = 3_600_000;

export function pagesOf(count: number): number {
  return Math.max(1, Math.ceil(count / PAGE_SIZE));
}

export function isListDue({ list, isListWanted, recent }: WriterMemory, monotonicMs: number): boolean {
  if (list === undefined || isListWanted) return true;
  if (monotonicMs - list.atMs >= Math.min(LIST_MS_MAX, list.pages * LIST_MS_A_PAGE)) return true;
  return [...recent.values()].some(
    ({ kind, atMs }) => kind === "unknown" && list.atMs < atMs + PROOF_MS && monotonicMs >= atMs + PROOF_MS,
  );
}

/** A list that lies may lie for hours; what is not declared any more and not listed for a day is gone. */
const PROVEN_GONE_MS = 24 * 3_600_000;

export function isProvenGone({ missing }: WriterMemory, groupID: string, monotonicMs: number): boolean {
  const sinceMs = missing.get(groupID);
  return sinceMs !== undefined && monotonicMs - sinceMs >= PROVEN_GONE_MS;
}

/** Drops what the last list has settled, or time has. */
export function settleRecent({ recent, list }: WriterMemory, monotonicMs: number): void {
  for (const [groupID, { kind, atMs }] of recent) {
    const ageMs = monotonicMs - atMs;
    const isListedSince = list !== undefined && list.atMs >= atMs;
    const isThere = list?.byGroup.has(groupID) === true;
    const isOver =
      kind === "unknown"
        ? isListedSince && (isThere || list.atMs - atMs >= PROOF_MS)
        : kind === "assigned"
          ? ageMs >= REPLICA_LAG_MS || (isListedSince && isThere)
          : kind === "removed"
            ? ageMs >= REPLICA_LAG_MS
            : ageMs >= (kind === "deferred" ? DEFERRED_MS : REFUSED_MS);
    if (isOver) recent.delete(groupID);
  }
}

/** When what is unclear can be settled; `undefined` when nothing is. */
export function settledAfterMs({ recent }: WriterMemory, monotonicMs: number): number | undefined {
  const waits = [...recent.values()].flatMap(({ kind, atMs }) =>
    kind === "unknown" || kind === "deferred" ? [Math.max(1_000, atMs + PROOF_MS - monotonicMs)] : [],
  );
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** When a hold is over: whoever wakes the writer before takes the place of the visit that was asked for. */
export function heldAfterMs({ hold }: WriterMemory, monotonicMs: number): number | undefined {
  return hold === undefined || hold.untilMs <= monotonicMs ? undefined : hold.untilMs - monotonicMs;
}
