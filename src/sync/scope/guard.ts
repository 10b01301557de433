/**
 * Whether a scope's removals may happen: the guard of S6.
 * Guarantees: all or nothing a plan; the first refusal is named; a plan outside of its budgets goes only by the approval of exactly this plan, once.
 * Never: counts what could not be read as gone; spends the same budget for two plans of a pass.
 */
import { judgeApproval, planOf, type Plan, type StoredPlan } from "../approval.ts";
import { isHistoryKnown, remaining } from "./budget.ts";
import type { Rebinding } from "./resolution.ts";
import type { AssignmentSnapshot, Hold, Removal, ScopeView } from "./snapshot.ts";

export interface Candidates {
  readonly scope: ScopeView;
  readonly removals: readonly Removal[];
  readonly rebindings: readonly Rebinding[];
}

export type GuardVerdict =
  | { readonly kind: "allowed"; readonly isApproved: boolean }
  | { readonly kind: "waiting" | "withheld"; readonly hold: Hold };

export interface JudgedPlan {
  readonly plan: Plan;
  readonly verdict: GuardVerdict;
}

/** Groups that others are about to remove in this very pass. */
export interface Spent {
  readonly union: number;
}

export function removalPlan(
  { configurationUID, servicePrincipalID, nowMs }: AssignmentSnapshot,
  { scope, removals, rebindings }: Candidates,
  stored: StoredPlan | undefined,
): Plan {
  const content = {
    configurationUID,
    servicePrincipalID,
    scopeUID: scope.uid,
    removals: removals.map(({ assignmentID, groupID }) => [assignmentID, groupID]).sort(),
    rebindings: rebindings.map(({ displayName, from, to }) => [displayName, from, to]).sort(),
  };
  // A person asked for an expired plan anew: the stored one counts as over, the serial goes on.
  const isExpired = stored?.expiresAt !== undefined && Date.parse(stored.expiresAt) <= nowMs;
  const basis = scope.isNewPlanWanted && isExpired ? { ...stored, hash: "" } : stored;
  return planOf(content, basis, nowMs);
}

export function judge(
  snapshot: AssignmentSnapshot,
  candidates: Candidates,
  { plan, consumed, spent, inScope }: Judgement,
): GuardVerdict {
  const { scope, rebindings } = candidates;
  for (const check of CHECKS) {
    const hold = check(snapshot, candidates);
    if (hold !== undefined) return { kind: "withheld", hold };
  }
  const { nowMs, isApprovalTrusted: isTrusted } = snapshot;
  const budget = budgetHold(snapshot, candidates, { spent, inScope });
  const unapprovable = rebindings.length > 0 ? IDENTITY_CHANGED : budget;
  if (unapprovable === undefined) return { kind: "allowed", isApproved: false };
  const approval = judgeApproval({ plan, approved: scope.approvedPlan, consumed, isTrusted }, nowMs);
  if (approval.kind === "approved") return { kind: "allowed", isApproved: true };
  if (approval.kind === "refused")
    return { kind: "waiting", hold: { reason: approval.reason, message: approval.message } };
  return { kind: "waiting", hold: unapprovable };
}

interface Judgement {
  readonly plan: Plan;
  readonly consumed: string | undefined;
  readonly spent: Spent;
  /** Groups in scope by the union, and by the scope itself. */
  readonly inScope: { readonly union: number; readonly scope: number };
}

type Check = (snapshot: AssignmentSnapshot, candidates: Candidates) => Hold | undefined;

const CHECKS: readonly Check[] = [
  ({ hold }) => hold,
  (_snapshot, { scope }) => scope.hold,
  ({ assignments }) => (assignments.kind === "unread" ? assignments.hold : undefined),
  ({ scopes }) =>
    scopes.some(({ reading, isEnding }) => reading.kind === "frozen" && reading.isUnread && !isEnding)
      ? {
          reason: "ScopesUnread",
          message:
            "Not every GroupScope of the configuration could be read completely, and one of them may want these groups. Nothing leaves until they are read.",
        }
      : undefined,
  (_snapshot, { scope: { reading, isEnding } }) =>
    !isEnding && reading.kind === "resolved" && !reading.resolution.isAgreed
      ? {
          reason: "ListShrankWithoutAgreement",
          message:
            "The selector matched fewer groups than before, and a second complete read did not say the same. It is read again.",
        }
      : undefined,
];

const IDENTITY_CHANGED: Hold = {
  reason: "IdentityChanged",
  message:
    "A display name stands for another group now. Set spec.approvedPlan to status.plan.hash to follow the name, or name the group by its id.",
};

function budgetHold(
  { ledger, removalCeiling, nowMs }: AssignmentSnapshot,
  { scope, removals }: Candidates,
  { spent, inScope }: Pick<Judgement, "spent" | "inScope">,
): Hold | undefined {
  const { reading, isEnding } = scope;
  if (!isEnding && reading.kind === "resolved" && reading.resolution.isSelectorEmpty)
    return waiting("SelectorEmpty", "The selector matches no group at all, which is more often a mistake than meant.");
  if (!isHistoryKnown(ledger.meta, removalCeiling, nowMs))
    return waiting(
      "HistoryUnknown",
      `Assignments were there before this ledger began, so what left within the last ${removalCeiling.window} is not known.`,
    );
  const { removed } = ledger.meta;
  const own = remaining(
    scope.removal,
    removed.filter(({ scopeUID }) => scopeUID === scope.uid),
    inScope.scope,
    nowMs,
  );
  const union = remaining(removalCeiling, removed, inScope.union, nowMs);
  const isAllGranted = scope.isAllGranted;
  if (removals.length > union.count - spent.union)
    return waiting(
      "OverRemovalCeiling",
      isAllGranted
        ? `${removals.length} groups would leave; the configuration lets ${union.limit} go within ${removalCeiling.window}, of which ${union.used + spent.union} are used.`
        : `${removals.length} groups would leave, more than the configuration still lets go within ${removalCeiling.window}.`,
    );
  if (removals.length > own.count)
    return waiting(
      "OverRemovalBudget",
      `${removals.length} groups would leave; spec.removal lets ${own.limit} go within ${scope.removal.window}, of which ${own.used} are used.`,
    );
  return undefined;
}

function waiting(reason: string, cause: string): Hold {
  return {
    reason,
    message: `${cause} Look at status.plan, then set spec.approvedPlan to its hash (needs the verb approve), or take the change back.`,
  };
}
