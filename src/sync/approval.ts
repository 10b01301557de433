/**
 * A change that waits for a person: its plan, and whether an approval is of exactly this plan.
 * Guarantees: an approval names a hash, counts once, for 24 h, and only while the plan is the same (S6); every refusal has its own reason.
 * Never: carries a plan out; reads a clock.
 */
import { canonicalJSON } from "../runtime/canonical-json.ts";
import { sha256Hex } from "../runtime/hash.ts";

/** How long a plan may be approved (API contract: "valid 24 h, used once"). */
export const PLAN_LIFE_MS = 24 * 3_600_000;

export interface Plan {
  readonly hash: string;
  /** Counts the plans of an object; part of the hash, so that the same change planned again is another plan. */
  readonly serial: number;
  readonly expiresAtMs: number;
}

/** What an object remembers of its plans, as its status holds it. */
export interface StoredPlan {
  readonly hash: string;
  readonly serial: number;
  readonly expiresAt?: string | undefined;
  readonly consumed?: string | undefined;
}

/**
 * `sha256:` and 64 lower-case hex digits over what the plan does and to whom.
 * @param content everything that makes the plan what it is, object UIDs and ids of Entra included; lists sorted by the caller where order means nothing
 */
export function planHash(content: object, serial: number): string {
  return `sha256:${sha256Hex(canonicalJSON(content), serial)}`;
}

/** The plan for this content: the stored one while it is the same and has not been used, else a new one under the next serial. */
export function planOf(content: object, stored: StoredPlan | undefined, nowMs: number): Plan {
  if (stored !== undefined && stored.consumed !== stored.hash && stored.hash === planHash(content, stored.serial)) {
    const { hash, serial, expiresAt } = stored;
    return { hash, serial, expiresAtMs: expiresAt === undefined ? nowMs + PLAN_LIFE_MS : Date.parse(expiresAt) };
  }
  const serial = (stored?.serial ?? 0) + 1;
  return { hash: planHash(content, serial), serial, expiresAtMs: nowMs + PLAN_LIFE_MS };
}

export type Approval =
  | { readonly kind: "approved" }
  | { readonly kind: "waiting" }
  | { readonly kind: "refused"; readonly reason: ApprovalRefusal; readonly message: string };
export type ApprovalRefusal = "ApprovalNotTrusted" | "ApprovalUsed" | "ApprovalStale" | "PlanExpired";

export interface ApprovalQuestion {
  readonly plan: Plan;
  /** The hash that the object's spec names. */
  readonly approved: string | undefined;
  /** The plan that was carried out last. */
  readonly consumed: string | undefined;
  /** Whether only people with the verb `approve` can have written it, or the process was told not to ask. */
  readonly isTrusted: boolean;
}

export function judgeApproval({ plan, approved, consumed, isTrusted }: ApprovalQuestion, nowMs: number): Approval {
  if (approved !== undefined && approved === plan.hash) {
    if (!isTrusted) return refused("ApprovalNotTrusted");
    return nowMs < plan.expiresAtMs ? { kind: "approved" } : refused("PlanExpired");
  }
  if (approved !== undefined) return refused(approved === consumed ? "ApprovalUsed" : "ApprovalStale");
  return nowMs < plan.expiresAtMs ? { kind: "waiting" } : refused("PlanExpired");
}

const MESSAGES: Readonly<Record<ApprovalRefusal, string>> = {
  ApprovalNotTrusted:
    "Nobody checks who may approve: install the chart's admission policy, or start the operator with --allow-self-approval.",
  ApprovalUsed: "The approved plan was carried out already: approve status.plan.hash.",
  ApprovalStale: "The approval names another plan than the present one: look at it anew and approve status.plan.hash.",
  PlanExpired:
    "The plan is older than 24 h: set the annotation cloudsync.dev/requested-at to have it made anew, then approve it.",
};

function refused(reason: ApprovalRefusal): Approval {
  return { kind: "refused", reason, message: MESSAGES[reason] };
}
