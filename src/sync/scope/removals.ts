/**
 * Which groups may leave now, which wait, and which of a removal under way are still to go.
 * Guarantees: a removal under way goes on after a restart with exactly the assignments that were marked, and drops those that are wanted again;
 * plans of one pass share one budget.
 */
import type { StoredPlan } from "../approval.ts";
import { judge, removalPlan, type Candidates } from "./guard.ts";
import { entriesOf, entryOf, type LedgerEntry } from "./ledger.ts";
import type {
  AssignmentSnapshot,
  Hold,
  NewExecution,
  Removal,
  RemovalState,
  ScopeView,
  ShownPlan,
} from "./snapshot.ts";
import { removerOf, type Union } from "./union.ts";

export interface RemovalDecision {
  readonly ongoing: readonly Removal[];
  readonly executions: readonly NewExecution[];
  /** Plans as they are to be remembered, by scope. */
  readonly plans: ReadonlyMap<string, StoredPlan>;
  readonly states: ReadonlyMap<string, ScopeRemovals>;
}

export interface ScopeRemovals {
  readonly state: RemovalState;
  readonly plan: ShownPlan | undefined;
  readonly toRemove: number;
}

/** status.plan.toRemove holds this many (API). */
const SHOWN_MAX = 20;

const NOTHING: ScopeRemovals = { state: { kind: "none" }, plan: undefined, toRemove: 0 };

export function decideRemovals(snapshot: AssignmentSnapshot, union: Union): RemovalDecision {
  const { ongoing, candidates } = sorted(snapshot, union);
  const states = new Map<string, ScopeRemovals>();
  const plans = new Map<string, StoredPlan>();
  const executions: NewExecution[] = [];
  const inScope = sizes(snapshot, union);
  let spent = 0;
  for (const scope of union.byUID.values()) {
    const left = ongoing.get(scope.uid) ?? [];
    const own = candidates.get(scope.uid) ?? { scope, removals: [], rebindings: [] };
    const stored = snapshot.ledger.meta.plans.get(scope.uid);
    if (own.removals.length === 0 && own.rebindings.length === 0) {
      // The plan is gone, its serial is not: the same change planned again is another plan (S6).
      if (stored !== undefined && stored.hash !== "" && isJudgeable(snapshot, scope))
        plans.set(scope.uid, withoutPlan(stored));
      states.set(scope.uid, { ...NOTHING, ...underWay(left.length, snapshot.hold ?? scope.hold) });
      continue;
    }
    const plan = removalPlan(snapshot, own, stored);
    const verdict = judge(snapshot, own, {
      plan,
      consumed: stored?.consumed,
      spent: { union: spent },
      inScope: { union: inScope.union, scope: inScope.byScope.get(scope.uid) ?? 0 },
    });
    const shown: ShownPlan = { ...plan, groupIDs: own.removals.slice(0, SHOWN_MAX).map(({ groupID }) => groupID) };
    if (verdict.kind === "allowed" && left.length > 0) {
      // One removal at a time a scope: the marks of the one under way name its serial.
      states.set(scope.uid, { state: { kind: "executing", left: left.length }, plan: shown, toRemove: left.length });
      continue;
    }
    if (verdict.kind === "allowed") {
      spent += own.removals.length;
      executions.push({
        scopeUID: scope.uid,
        serial: plan.serial,
        hash: plan.hash,
        isApproved: verdict.isApproved,
        removals: own.removals,
        rebindings: own.rebindings,
      });
      states.set(scope.uid, {
        state: { kind: "executing", left: left.length + own.removals.length },
        plan: shown,
        toRemove: left.length + own.removals.length,
      });
      continue;
    }
    plans.set(scope.uid, {
      hash: plan.hash,
      serial: plan.serial,
      expiresAt: new Date(plan.expiresAtMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
      ...(stored?.consumed === undefined ? {} : { consumed: stored.consumed }),
    });
    states.set(scope.uid, {
      state: { kind: verdict.kind, hold: verdict.hold },
      plan: shown,
      toRemove: left.length + own.removals.length,
    });
  }
  return { ongoing: isHeld(snapshot) ? [] : [...ongoing.values()].flat(), executions, plans, states };
}

/** Without complete reads an absence of candidates says nothing, so a waiting plan is not dropped by it. */
function isJudgeable({ assignments }: AssignmentSnapshot, { reading, isEnding }: ScopeView): boolean {
  return assignments.kind === "complete" && (reading.kind === "resolved" || isEnding);
}

function isHeld({ hold, assignments, scopes }: AssignmentSnapshot): boolean {
  return (
    hold !== undefined ||
    assignments.kind === "unread" ||
    scopes.some(({ reading, isEnding }) => reading.kind === "frozen" && reading.isUnread && !isEnding)
  );
}

function underWay(left: number, hold: Hold | undefined): Partial<ScopeRemovals> {
  if (left === 0) return {};
  const state: RemovalState = hold === undefined ? { kind: "executing", left } : { kind: "withheld", hold };
  return { state, toRemove: left };
}

function withoutPlan({ serial, consumed }: StoredPlan): StoredPlan {
  return { hash: "", serial, ...(consumed === undefined ? {} : { consumed }) };
}

interface Sorted {
  readonly ongoing: ReadonlyMap<string, readonly Removal[]>;
  readonly candidates: ReadonlyMap<string, Candidates>;
}

function sorted(snapshot: AssignmentSnapshot, union: Union): Sorted {
  const { assignments, ledger } = snapshot;
  const ongoing = new Map<string, Removal[]>();
  const removals = new Map<string, Removal[]>();
  const former = formerOfRebindings(union);
  if (assignments.kind === "complete") {
    for (const [groupID, { id: assignmentID }] of assignments.byGroup) {
      if (snapshot.recentWrites.get(groupID)?.kind === "removed") continue;
      const entry = entryOf(ledger, groupID);
      const follower = former.get(groupID);
      const isFollowersOwn =
        follower !== undefined && entry?.isForeign !== true && entry?.scopeUIDs.includes(follower.uid);
      const remover = isFollowersOwn === true ? follower : removerOf(groupID, entry, union);
      if (remover === "kept") continue;
      const isOngoing = isMarked(snapshot, entry, assignmentID) && remover.hold === undefined;
      const byScope = isOngoing ? ongoing : removals;
      const list = byScope.get(remover.uid) ?? [];
      byScope.set(remover.uid, list);
      list.push({ groupID, assignmentID });
    }
  }
  const candidates = new Map<string, Candidates>();
  for (const scope of union.byUID.values()) {
    const rebindings = scope.reading.kind === "resolved" && !scope.isEnding ? scope.reading.resolution.rebindings : [];
    const own = removals.get(scope.uid) ?? [];
    if (own.length > 0 || rebindings.length > 0) candidates.set(scope.uid, { scope, removals: own, rebindings });
  }
  return { ongoing, candidates };
}

function isMarked(
  { ledger, nowMs }: AssignmentSnapshot,
  entry: LedgerEntry | undefined,
  assignmentID: string,
): boolean {
  const mark = entry?.removal;
  if (mark?.assignmentID !== assignmentID) return false;
  const execution = ledger.meta.executions.get(mark.scopeUID);
  return execution?.serial === mark.serial && nowMs < execution.untilMs;
}

/** Groups that leave when a name follows its new group, unless anybody declares them otherwise. */
function formerOfRebindings({ byUID }: Union): ReadonlyMap<string, ScopeView> {
  const former = new Map<string, ScopeView>();
  for (const scope of byUID.values()) {
    if (scope.reading.kind !== "resolved" || scope.isEnding) continue;
    for (const { from, isFormerKept } of scope.reading.resolution.rebindings) {
      const isDeclaredByOthers = [...byUID.values()].some(
        (other) => other.uid !== scope.uid && !other.isEnding && declares(other, from),
      );
      if (!isFormerKept && !isDeclaredByOthers) former.set(from, scope);
    }
  }
  return former;
}

function declares({ reading }: ScopeView, groupID: string): boolean {
  return reading.kind === "resolved" ? reading.resolution.declared.has(groupID) : reading.declared.has(groupID);
}

function sizes({ assignments, ledger }: AssignmentSnapshot, { byUID }: Union) {
  const byScope = new Map<string, number>();
  if (assignments.kind === "unread") return { union: 0, byScope };
  for (const [groupID, { scopeUIDs }] of entriesOf(ledger)) {
    if (!assignments.byGroup.has(groupID)) continue;
    for (const uid of scopeUIDs) if (byUID.has(uid)) byScope.set(uid, (byScope.get(uid) ?? 0) + 1);
  }
  return { union: assignments.byGroup.size, byScope };
}
