/**
 * What the writer of a configuration's assignments knows at the beginning of a decision, and what it decides. Types only.
 */
import type { AppRoleAssignment } from "../../entra/assignments/port.ts";
import type { GroupFact, Ineligible } from "./eligibility.ts";
import type { Ledger, LedgerEntry, LedgerMeta } from "./ledger.ts";
import type { RemovalCeiling } from "./budget.ts";
import type { Rebinding, Resolution } from "./resolution.ts";

/** Why something is not written, for people. */
export interface Hold {
  readonly reason: string;
  readonly message: string;
}

/** `frozen`: what the ledger attributes to the scope stays, and nothing comes in. */
export type ScopeReading =
  | {
      readonly kind: "resolved";
      readonly resolution: Resolution;
      /** Why it could not be read anew: the resolution is the last complete one. */
      readonly stale?: Hold;
    }
  | {
      readonly kind: "frozen";
      readonly hold: Hold;
      /** Ids that it declares as far as can be known without reading. */
      readonly declared: ReadonlySet<string>;
      /** Not read yet: another scope's group may be declared here, so nothing at all leaves meanwhile. */
      readonly isUnread: boolean;
    };

/** One GroupScope that feeds the configuration. */
export interface ScopeView {
  readonly uid: string;
  readonly path: string; // namespace/name
  readonly reading: ScopeReading;
  /** It is going, and what it brought goes with it. */
  readonly isEnding: boolean;
  /** Observe or paused: planned, not written. */
  readonly hold: Hold | undefined;
  /** The configuration names it, and it was granted every group. */
  readonly isAuthoritative: boolean;
  /** Sees all groups, so that it may be told of what is foreign. */
  readonly isAllGranted: boolean;
  readonly removal: RemovalCeiling;
  readonly approvedPlan: string | undefined;
  /** A person asked for a new plan. */
  readonly isNewPlanWanted: boolean;
  /** What its selector matched at first has come in; what matches newly comes in under the ceiling. */
  readonly isBaselined: boolean;
}

/** Assignments of groups to the role of scopes; `unread` when a page failed or the list shrank without agreement. */
export type AssignmentReading =
  | { readonly kind: "complete"; readonly byGroup: ReadonlyMap<string, AppRoleAssignment> }
  | { readonly kind: "unread"; readonly hold: Hold };

/** What was sent lately: replicas may not show it yet (entra-graph reference, 10.5). */
export interface RecentWrite {
  /** `deferred`: refused for a moment; `refused`: refused for what it is. Both had no effect. */
  readonly kind: "assigned" | "removed" | "unknown" | "deferred" | "refused";
  readonly atMs: number;
}

export interface AssignmentSnapshot {
  readonly configurationUID: string;
  readonly servicePrincipalID: string;
  readonly scopes: readonly ScopeView[];
  /** Nothing of this configuration is written: quarantine, Observe, no writer. */
  readonly hold: Hold | undefined;
  readonly ledger: Ledger;
  readonly assignments: AssignmentReading;
  readonly factOf: (groupID: string) => GroupFact;
  /** How many direct members were counted last, of foreign groups as well; `undefined`: not counted yet. */
  readonly membersOf: (groupID: string) => number | undefined;
  /** Missing from every complete list for so long that it is not the list's fault. */
  readonly isProvenGone: (groupID: string) => boolean;
  readonly recentWrites: ReadonlyMap<string, RecentWrite>;
  readonly removalCeiling: RemovalCeiling;
  readonly additionCeiling: { readonly maxCount: number; readonly window: string };
  readonly isApprovalTrusted: boolean;
  readonly nowMs: number;
}

export interface Addition {
  readonly groupID: string;
  readonly entry: LedgerEntry;
}

export interface Removal {
  readonly groupID: string;
  readonly assignmentID: string;
}

/** A removal that may begin: marked and charged before its first DELETE. */
export interface NewExecution {
  readonly scopeUID: string;
  readonly serial: number;
  readonly hash: string;
  readonly isApproved: boolean;
  readonly removals: readonly Removal[];
  readonly rebindings: readonly Rebinding[];
}

export type RemovalState =
  | { readonly kind: "none" }
  | { readonly kind: "executing"; readonly left: number }
  /** Waits for the approval of the plan. */
  | { readonly kind: "waiting"; readonly hold: Hold }
  /** Waits for something else than a person's approval of the plan. */
  | { readonly kind: "withheld"; readonly hold: Hold };

export interface ShownPlan {
  readonly hash: string;
  readonly serial: number;
  readonly expiresAtMs: number;
  readonly groupIDs: readonly string[];
}

export interface ScopeVerdict {
  readonly desired: number;
  readonly assigned: number;
  readonly toAdd: number;
  readonly toRemove: number;
  readonly contended: number;
  readonly foreign: number | undefined;
  readonly ineligible: readonly { readonly id: string; readonly reason: Ineligible }[];
  /** Counted and kept back by the ceiling for what a selector newly matches. */
  readonly overAdditionCeiling: number;
  readonly overLimits: Hold | undefined;
  readonly nearLimits: Hold | undefined;
  readonly removal: RemovalState;
  readonly plan: ShownPlan | undefined;
  readonly consumed: string | undefined;
  /** Why nothing is written. */
  readonly hold: Hold | undefined;
  /** Why it is not known what is in scope. */
  readonly unread: Hold | undefined;
  /** Nothing of a scope that is going is left to remove. */
  readonly isEnded: boolean;
  /** Everything that the selector matched at first is in, or will never be. */
  readonly isFirstApplyDone: boolean;
}

export interface AssignmentDecision {
  readonly additions: readonly Addition[];
  /** Of executions that are under way. */
  readonly removals: readonly Removal[];
  readonly executions: readonly NewExecution[];
  readonly ledger: {
    readonly entries: ReadonlyMap<string, LedgerEntry | undefined>;
    readonly meta: Partial<LedgerMeta>;
    /** Waits until nothing is left to add: what only confirms what a list shows anyway. */
    readonly isUrgent: boolean;
  };
  readonly verdicts: ReadonlyMap<string, ScopeVerdict>;
  readonly groups: { readonly inScope: number; readonly memberships: number | undefined };
}
