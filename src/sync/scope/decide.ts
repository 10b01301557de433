/**
 * Decides everything about a configuration's assignments in one look: what comes in, what leaves, what waits, what each scope is told.
 * Guarantees: the same function makes the plan that is shown and the one that is carried out.
 * Never: reads a clock, calls a port.
 */
import { decideAdditions, type AdditionDecision, type GroupState } from "./additions.ts";
import { SCOPE_LIMITS } from "./eligibility.ts";
import { entriesOf, type Ledger } from "./ledger.ts";
import { ledgerEdits } from "./reconcile-ledger.ts";
import { decideRemovals, type RemovalDecision } from "./removals.ts";
import type { AssignmentDecision, AssignmentSnapshot, Hold, ScopeVerdict, ScopeView } from "./snapshot.ts";
import { unionOf, type Union } from "./union.ts";

/** status.ineligible holds this many (API). */
const SAMPLE_MAX = 20;
/** The forecast warns this far before a limit. */
const NEAR_SHARE = 0.9;

export function decideAssignments(snapshot: AssignmentSnapshot): AssignmentDecision {
  const union = unionOf(snapshot);
  const additions = decideAdditions(snapshot, union);
  const removals = decideRemovals(snapshot, union);
  const changedPlans = new Map(
    [...removals.plans].filter(([uid, plan]) => !isSamePlan(plan, snapshot.ledger.meta.plans.get(uid))),
  );
  const isHeld = snapshot.hold !== undefined && snapshot.hold.reason !== "Quarantined";
  const edits = ledgerEdits(snapshot, union, changedPlans);
  return {
    additions: additions.additions,
    removals: removals.ongoing,
    executions: removals.executions,
    // Under Observe the ledger learns plans only: adopting is the first act of Enforce.
    ledger: isHeld ? { entries: new Map(), meta: plansOnly(edits.meta), isUrgent: changedPlans.size > 0 } : edits,
    verdicts: verdictsOf(snapshot, union, additions, removals),
    groups: { inScope: additions.inScope, memberships: additions.memberships },
  };
}

function plansOnly({ plans }: AssignmentDecision["ledger"]["meta"]): AssignmentDecision["ledger"]["meta"] {
  return plans === undefined ? {} : { plans };
}

function isSamePlan(one: object, other: object | undefined): boolean {
  return other !== undefined && JSON.stringify(sortedMembers(one)) === JSON.stringify(sortedMembers(other));
}

function sortedMembers(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function verdictsOf(
  snapshot: AssignmentSnapshot,
  union: Union,
  additions: AdditionDecision,
  removals: RemovalDecision,
): ReadonlyMap<string, ScopeVerdict> {
  const foreign = foreignCount(snapshot, union);
  const near = nearLimits(additions);
  const held = heldBy(snapshot.ledger);
  return new Map(
    [...union.byUID.values()].map((scope): [string, ScopeVerdict] => {
      const counts = countsOf(scope, additions.states);
      const own = removals.states.get(scope.uid);
      const removal = own?.state ?? { kind: "none" };
      return [
        scope.uid,
        {
          ...counts,
          toRemove: own?.toRemove ?? 0,
          foreign: scope.isAllGranted ? foreign : undefined,
          overLimits: counts.overLimits > 0 ? overLimits(counts.overLimits) : undefined,
          nearLimits: scope.isAllGranted ? near : undefined,
          removal,
          plan: own?.plan,
          consumed: snapshot.ledger.meta.plans.get(scope.uid)?.consumed,
          hold: snapshot.hold ?? scope.hold,
          unread: snapshot.assignments.kind === "unread" ? snapshot.assignments.hold : undefined,
          isEnded: scope.isEnding && removal.kind === "none" && isEndProven(snapshot, held.get(scope.uid) ?? [], union),
        },
      ];
    }),
  );
}

/** A scope that goes has nothing left once none of its groups is listed but those that others declare. */
function isEndProven(
  { assignments, recentWrites }: AssignmentSnapshot,
  groupIDs: readonly string[],
  union: Union,
): boolean {
  return groupIDs.every(
    (groupID) =>
      union.declared.has(groupID) ||
      recentWrites.get(groupID)?.kind === "removed" ||
      (assignments.kind === "complete" && !assignments.byGroup.has(groupID) && recentWrites.get(groupID) === undefined),
  );
}

function heldBy(ledger: Ledger): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>();
  for (const [groupID, { scopeUIDs }] of entriesOf(ledger))
    for (const uid of scopeUIDs) {
      const list = held.get(uid);
      if (list === undefined) held.set(uid, [groupID]);
      else list.push(groupID);
    }
  return held;
}

function countsOf({ reading, isEnding }: ScopeView, states: ReadonlyMap<string, GroupState>) {
  const ineligible: ScopeVerdict["ineligible"][number][] = [];
  const counts = { desired: 0, assigned: 0, toAdd: 0, contended: 0, overAdditionCeiling: 0, overLimits: 0 };
  let isFirstApplyDone = reading.kind === "resolved";
  const admitted = reading.kind === "resolved" && !isEnding ? reading.resolution.admitted : new Map<string, string>();
  for (const [groupID, origin] of admitted) {
    const state = states.get(groupID);
    counts.desired += 1;
    if (state?.kind === "assigned") {
      counts.assigned += 1;
      if (state.finding !== undefined) ineligible.push({ id: groupID, reason: state.finding });
    } else if (state?.kind === "ineligible") ineligible.push({ id: groupID, reason: state.reason });
    else if (state?.kind === "contended") counts.contended += 1;
    else {
      counts.toAdd += 1;
      if (state?.waitsFor === "ceiling") counts.overAdditionCeiling += 1;
      else if (state?.waitsFor === "limit") counts.overLimits += 1;
      else if (origin === "selector") isFirstApplyDone = false;
    }
  }
  return { ...counts, ineligible, isFirstApplyDone };
}

export function sampleOf<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(0, SAMPLE_MAX);
}

function foreignCount(
  { assignments, ledger, recentWrites }: AssignmentSnapshot,
  { wanters }: Union,
): number | undefined {
  if (assignments.kind === "unread") return undefined;
  const ours = new Set([...entriesOf(ledger)].flatMap(([id, { isForeign }]) => (isForeign === true ? [] : [id])));
  return [...assignments.byGroup.keys()].filter(
    (id) => !ours.has(id) && !wanters.has(id) && recentWrites.get(id)?.kind !== "removed",
  ).length;
}

function overLimits(count: number): Hold {
  return {
    reason: "OverLimits",
    message: `${count} groups are kept out: with them the configuration would exceed the vendor's limit of ${SCOPE_LIMITS.groupsMax} groups or ${SCOPE_LIMITS.membershipsMax} memberships. Take groups out of scope, or split them over AD domains.`,
  };
}

function nearLimits({ inScope, memberships }: AdditionDecision): Hold | undefined {
  const isNear =
    inScope >= SCOPE_LIMITS.groupsMax * NEAR_SHARE || (memberships ?? 0) >= SCOPE_LIMITS.membershipsMax * NEAR_SHARE;
  if (!isNear) return undefined;
  return {
    reason: "NearLimits",
    message: `More than nine tenths of the vendor's limits (${SCOPE_LIMITS.groupsMax} groups, ${SCOPE_LIMITS.membershipsMax} memberships) are used: plan ahead.`,
  };
}
