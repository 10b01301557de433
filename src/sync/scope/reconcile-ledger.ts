/**
 * What the ledger should say after complete reads: adopts what is wanted and there, confirms, forgets what is gone.
 * Guarantees: nothing becomes ours but what a scope wants; a removal's mark on a group that is wanted again goes at once, so that no approval outlives a revert.
 */
import { REPLICA_LAG_MS } from "./additions.ts";
import { entriesOf, HOLDERS_MAX, type Execution, type LedgerEntry, type LedgerMeta } from "./ledger.ts";
import type { StoredPlan } from "../approval.ts";
import type { AssignmentSnapshot } from "./snapshot.ts";
import type { Union } from "./union.ts";

export interface LedgerEdits {
  readonly entries: ReadonlyMap<string, LedgerEntry | undefined>;
  readonly meta: Partial<LedgerMeta>;
  readonly isUrgent: boolean;
}

const NO_EDITS: LedgerEdits = { entries: new Map(), meta: {}, isUrgent: false };

export function ledgerEdits(
  snapshot: AssignmentSnapshot,
  union: Union,
  plans: ReadonlyMap<string, StoredPlan>,
): LedgerEdits {
  const { assignments, ledger, nowMs } = snapshot;
  if (assignments.kind === "unread") return NO_EDITS;
  const entries = new Map<string, LedgerEntry | undefined>();
  const urgent = new Set<string>();
  const urgently = (groupID: string, entry: LedgerEntry): void => {
    entries.set(groupID, entry);
    urgent.add(groupID);
  };
  const known = new Set<string>();
  for (const [groupID, entry] of entriesOf(ledger)) {
    known.add(groupID);
    // A replica may show for a while what was removed here.
    const isAssigned = assignments.byGroup.has(groupID) && snapshot.recentWrites.get(groupID)?.kind !== "removed";
    const wanters = union.wanters.get(groupID) ?? [];
    const next = kept(entry, { snapshot, union, groupID, isAssigned });
    if (next === undefined) {
      entries.set(groupID, undefined);
      if (entry.removal !== undefined && wanters.length > 0) urgent.add(groupID);
    } else if (wanters.length > 0 && !wanters.some(({ uid }) => next.scopeUIDs.includes(uid)))
      urgently(groupID, { ...next, scopeUIDs: wanters.slice(0, HOLDERS_MAX).map(({ uid }) => uid) });
    else if (next.removal !== entry.removal && wanters.length > 0) urgently(groupID, next);
    else if (next !== entry) entries.set(groupID, next);
  }
  for (const [groupID, wanters] of union.wanters) {
    if (known.has(groupID) || !assignments.byGroup.has(groupID)) continue;
    if (snapshot.recentWrites.get(groupID)?.kind === "removed") continue;
    urgently(groupID, {
      scopeUIDs: wanters.slice(0, HOLDERS_MAX).map(({ uid }) => uid),
      sinceMs: nowMs,
      isConfirmed: true,
      isNewMatch: false,
    });
  }
  const meta = metaEdits(snapshot, union, plans, entries);
  // A plan must be stored before a person can approve it: its serial makes it this plan.
  return { entries, meta, isUrgent: urgent.size + plans.size > 0 };
}

interface Place {
  readonly snapshot: AssignmentSnapshot;
  readonly union: Union;
  readonly groupID: string;
  readonly isAssigned: boolean;
}

/** The entry as it should be, the same object when nothing changes, `undefined` when it says nothing any more. */
function kept(entry: LedgerEntry, { snapshot, union, groupID, isAssigned }: Place): LedgerEntry | undefined {
  const { nowMs, recentWrites, ledger } = snapshot;
  const isDeclared = union.declared.has(groupID);
  const recent = recentWrites.get(groupID)?.kind;
  if (!isAssigned && (!isDeclared || entry.removal !== undefined)) {
    // It has left by its removal: whoever wants it back brings it in anew, else it would look as if others had taken it.
    if (isDeclared || recent === "removed") return undefined;
    // Empty is not gone (S5): what a lying list hides would else be foreign, and never leave.
    const mayBeThere = entry.isConfirmed
      ? !snapshot.isProvenGone(groupID)
      : nowMs - entry.sinceMs < REPLICA_LAG_MS || recent === "assigned" || recent === "unknown";
    return mayBeThere ? entry : undefined;
  }
  const { removal, ...unmarked } = entry;
  const execution = removal === undefined ? undefined : ledger.meta.executions.get(removal.scopeUID);
  const isMarkOver =
    removal !== undefined && (isDeclared || execution?.serial !== removal.serial || nowMs >= execution.untilMs);
  if (isMarkOver && entry.isForeign === true) return undefined;
  const isShown = isAssigned && !entry.isConfirmed;
  if (!isMarkOver && !isShown) return entry;
  return { ...(isMarkOver ? unmarked : entry), ...(isShown ? { isConfirmed: true } : {}) };
}

function metaEdits(
  { ledger }: AssignmentSnapshot,
  union: Union,
  changedPlans: ReadonlyMap<string, StoredPlan>,
  entries: ReadonlyMap<string, LedgerEntry | undefined>,
): Partial<LedgerMeta> {
  const { plans, executions } = ledger.meta;
  const marked = new Set<string>();
  for (const [groupID, entry] of entriesOf(ledger)) {
    const next = entries.has(groupID) ? entries.get(groupID) : entry;
    if (next?.removal !== undefined) marked.add(next.removal.scopeUID);
  }
  const livePlans = new Map([...plans, ...changedPlans].filter(([uid]) => union.byUID.has(uid)));
  const liveExecutions: ReadonlyMap<string, Execution> = new Map([...executions].filter(([uid]) => marked.has(uid)));
  const isSamePlans = changedPlans.size === 0 && livePlans.size === plans.size;
  return {
    ...(isSamePlans ? {} : { plans: livePlans }),
    ...(liveExecutions.size === executions.size ? {} : { executions: liveExecutions }),
  };
}
