/**
 * Which groups come in now, and why others do not.
 * Guarantees: nothing is sent again whose outcome is unknown before a list was read; what hands took away is assigned again once in 24 h, then it is
 * contended; what a selector matches newly comes in under its ceiling; the vendor's limits are kept by counting before, never by being refused.
 */
import { durationMs } from "../../api/durations.ts";
import { eligibilityOf, SCOPE_LIMITS, isPassing, type Ineligible } from "./eligibility.ts";
import { entriesOf, entryOf, HOLDERS_MAX, type Ledger, type LedgerEntry } from "./ledger.ts";
import type { Addition, AssignmentSnapshot, ScopeView } from "./snapshot.ts";
import type { Union } from "./union.ts";

/** A list may be this much older than what was written (entra-graph reference, 10.5: some minutes). */
export const REPLICA_LAG_MS = 5 * 60_000;
/** Hands in the portal and the operator take turns at most this often. */
const REASSIGN_AFTER_MS = 24 * 3_600_000;

export type GroupState =
  | { readonly kind: "assigned"; readonly finding: Ineligible | undefined }
  | { readonly kind: "ineligible"; readonly reason: Ineligible }
  /** Comes in, now or when what it waits for has passed. */
  | { readonly kind: "toAdd"; readonly waitsFor: "nothing" | "proof" | "facts" | "scope" | "ceiling" | "limit" }
  | { readonly kind: "contended" };

export interface AdditionDecision {
  readonly additions: readonly Addition[];
  readonly states: ReadonlyMap<string, GroupState>;
  readonly inScope: number;
  /** Of groups in scope; `undefined` until all are counted. */
  readonly memberships: number | undefined;
}

export function decideAdditions(snapshot: AssignmentSnapshot, union: Union): AdditionDecision {
  const { assignments } = snapshot;
  const states = new Map<string, GroupState>();
  const additions: Addition[] = [];
  const budget = additionBudget(snapshot);
  const room = roomOf(snapshot);
  const { inScope, memberships } = room;
  for (const [groupID, wanters] of inOrder(union)) {
    const state = stateOf(groupID, wanters, snapshot);
    const newcomer =
      state.kind === "toAdd" && state.waitsFor === "nothing" ? newcomerOf(groupID, wanters, snapshot) : undefined;
    if (newcomer === undefined) states.set(groupID, state);
    else if (newcomer.isNewMatch && !budget.take()) states.set(groupID, { kind: "toAdd", waitsFor: "ceiling" });
    else if (!room.take(groupID)) states.set(groupID, { kind: "toAdd", waitsFor: "limit" });
    else {
      states.set(groupID, state);
      additions.push({ groupID, entry: newcomer });
    }
  }
  const isHeld = snapshot.hold !== undefined || assignments.kind === "unread";
  return { additions: isHeld ? [] : additions, states, inScope, memberships };
}

/** Named groups before those of selectors, so that a limit hits what nobody named; then by id. */
function inOrder({ wanters }: Union): readonly (readonly [string, readonly ScopeView[]])[] {
  return [...wanters]
    .map((pair) => ({ pair, rank: pair[1].every((scope) => originOf(scope, pair[0]) === "selector") ? 1 : 0 }))
    .sort((a, b) => a.rank - b.rank || (a.pair[0] < b.pair[0] ? -1 : 1))
    .map(({ pair }) => pair);
}

function originOf({ reading }: ScopeView, groupID: string) {
  return reading.kind === "resolved" ? reading.resolution.admitted.get(groupID) : undefined;
}

function stateOf(groupID: string, wanters: readonly ScopeView[], snapshot: AssignmentSnapshot): GroupState {
  const { assignments, recentWrites, ledger, factOf, nowMs } = snapshot;
  const eligibility = eligibilityOf(factOf(groupID));
  const finding =
    eligibility.kind === "ineligible" && !isPassing(eligibility.reason) && eligibility.reason !== "GroupNotFound"
      ? eligibility.reason
      : undefined;
  const recent = recentWrites.get(groupID);
  const isListed = assignments.kind === "complete" && assignments.byGroup.has(groupID);
  if (recent?.kind === "assigned" || (isListed && recent?.kind !== "removed")) return { kind: "assigned", finding };
  if (eligibility.kind === "ineligible") {
    const { reason } = eligibility;
    return isPassing(reason) ? { kind: "toAdd", waitsFor: "facts" } : { kind: "ineligible", reason };
  }
  if (recent?.kind === "refused") return { kind: "ineligible", reason: "RefusedByGraph" };
  if (recent?.kind === "unknown" || recent?.kind === "deferred" || assignments.kind === "unread")
    return { kind: "toAdd", waitsFor: "proof" };
  const entry = memoryOf(ledger, groupID);
  if (entry !== undefined && nowMs - entry.sinceMs < REPLICA_LAG_MS && entry.isConfirmed)
    return { kind: "toAdd", waitsFor: "proof" };
  if (entry?.reassignedMs !== undefined && entry.isConfirmed && nowMs - entry.reassignedMs < REASSIGN_AFTER_MS)
    return { kind: "contended" };
  if (wanters.every(({ hold }) => hold !== undefined)) return { kind: "toAdd", waitsFor: "scope" };
  return { kind: "toAdd", waitsFor: "nothing" };
}

/** Of a group that is not listed. One that is marked left by our own removal: it comes in as if it had never been there, and nobody took it away. */
function memoryOf(ledger: Ledger, groupID: string): LedgerEntry | undefined {
  const entry = entryOf(ledger, groupID);
  return entry?.removal === undefined ? entry : undefined;
}

/** The entry under which the group comes in. */
function newcomerOf(
  groupID: string,
  wanters: readonly ScopeView[],
  { ledger, membersOf, nowMs }: AssignmentSnapshot,
): LedgerEntry {
  const before = memoryOf(ledger, groupID);
  const acting = wanters.filter(({ hold }) => hold === undefined);
  const members = membersOf(groupID);
  const wasTakenAway = before?.isConfirmed === true;
  const isNewMatch =
    before === undefined && acting.every((scope) => originOf(scope, groupID) === "selector" && scope.isBaselined);
  return {
    scopeUIDs: acting.slice(0, HOLDERS_MAX).map(({ uid }) => uid),
    sinceMs: before?.sinceMs ?? nowMs,
    isConfirmed: false,
    isNewMatch: before?.isNewMatch ?? isNewMatch,
    ...(members === undefined ? {} : { members }),
    ...(wasTakenAway
      ? { reassignedMs: nowMs }
      : before?.reassignedMs === undefined
        ? {}
        : { reassignedMs: before.reassignedMs }),
  };
}

/** What came in under the ceiling within its window stands in the ledger, so it is known after a restart. */
function additionBudget({ ledger, additionCeiling, nowMs }: AssignmentSnapshot): { take(): boolean } {
  const sinceMs = nowMs - durationMs(additionCeiling.window);
  let left = additionCeiling.maxCount;
  for (const [, { isNewMatch, sinceMs: enteredMs }] of entriesOf(ledger))
    if (isNewMatch && enteredMs > sinceMs) left -= 1;
  return {
    take() {
      left -= 1;
      return left >= 0;
    },
  };
}

/** After a start thousands of groups are not counted for a while: until then what the ledger says of them counts. */
function roomOf({ assignments, membersOf, ledger }: AssignmentSnapshot) {
  const listed = assignments.kind === "complete" ? [...assignments.byGroup.keys()] : [];
  const counted = listed.map((groupID) => membersOf(groupID) ?? entryOf(ledger, groupID)?.members);
  let groups = listed.length;
  let memberships = counted.reduce<number>((sum, members) => sum + (members ?? 0), 0);
  return {
    inScope: groups,
    memberships: counted.includes(undefined) ? undefined : memberships,
    take(groupID: string): boolean {
      const members = membersOf(groupID) ?? 0;
      if (groups + 1 > SCOPE_LIMITS.groupsMax || memberships + members > SCOPE_LIMITS.membershipsMax) return false;
      groups += 1;
      memberships += members;
      return true;
    },
  };
}
