/**
 * What a GroupScope says about itself: conditions from its reading and the verdict over the union.
 * Guarantees: Ready only when what is declared is in scope and nothing waits; what waits for a person is Reconciling until somebody acts.
 * Never: a word about groups that the namespace was not granted.
 */
import type { Finding } from "../../kube/conditions.ts";
import { INELIGIBLE_FIXES } from "./eligibility.ts";
import type { Problem } from "./resolution.ts";
import type { Hold, ScopeReading, ScopeVerdict } from "./snapshot.ts";

export interface ScopeFacts {
  readonly reading: ScopeReading;
  /** Absent until the union was looked at. */
  readonly verdict: ScopeVerdict | undefined;
  /** The object cannot work as it is: a filter that is refused, a policy that is not granted, no consent. */
  readonly stalled: Hold | undefined;
  readonly mode:
    | { readonly kind: "enforce" }
    | { readonly kind: "observe" | "paused"; readonly reason: string; readonly message: string };
  readonly memberWarning: string | undefined;
  /** Members of the deletion: what it waits for. */
  readonly deletion: Hold | undefined;
}

export function scopeFindings(facts: ScopeFacts): readonly Finding[] {
  const own = [resolved(facts), eligible(facts), withinLimits(facts), inSync(facts), removalApproved(facts)];
  return [...own, ...roots(facts, own)];
}

function resolved({ reading, stalled }: ScopeFacts): Finding {
  const type = "Resolved";
  if (stalled !== undefined) return finding(type, "False", stalled);
  if (reading.kind === "frozen") return finding(type, "Unknown", reading.hold);
  const { stale, resolution } = reading;
  const { problems, isAgreed, isSelectorEmpty } = resolution;
  const [first] = problems;
  if (first !== undefined) return finding(type, "False", { reason: first.reason, message: problemSentence(problems) });
  if (stale !== undefined) return finding(type, "Unknown", stale);
  if (!isAgreed)
    return finding(type, "Unknown", {
      reason: "ListShrankWithoutAgreement",
      message: "Two complete reads of the selector did not agree. It is read again.",
    });
  if (isSelectorEmpty)
    return finding(type, "True", { reason: "SelectorEmpty", message: "The selector matches no group." });
  return finding(type, "True", { reason: "Resolved", message: "Every name stands for one group." });
}

const PROBLEM_SENTENCES: Readonly<Record<Problem["reason"], string>> = {
  GroupNotFound: "no group has this name: correct it, or make the group",
  NameAmbiguous: "several groups have this name: name the one that is meant by its id",
  IdentityChanged:
    "the name stands for another group than before: approve the plan to follow it, or name the group by its id",
  NotGranted: "the configuration does not let this namespace put it in scope: ask its owner for spec.allowedNamespaces",
};
const PROBLEMS_SHOWN = 3;

function problemSentence(problems: readonly Problem[]): string {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN)
    .map(({ reason, id, displayName }) => `${displayName ?? id ?? ""}: ${PROBLEM_SENTENCES[reason]}`);
  const rest = problems.length - shown.length;
  return `${shown.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}.`.slice(0, 290);
}

function eligible({ verdict, memberWarning }: ScopeFacts): Finding {
  const type = "Eligible";
  if (verdict === undefined) return unjudged(type);
  const { ineligible } = verdict;
  const [first] = ineligible;
  if (first !== undefined)
    return finding(type, "False", {
      reason: first.reason,
      message: `${ineligible.length} of the declared groups cannot be provisioned, the first is ${first.id}: ${INELIGIBLE_FIXES[first.reason]}.`,
    });
  if (memberWarning !== undefined) return finding(type, "True", { reason: "MembersMissing", message: memberWarning });
  return finding(type, "True", { reason: "Eligible", message: "Every declared group can be provisioned." });
}

function withinLimits({ verdict }: ScopeFacts): Finding {
  const type = "WithinLimits";
  if (verdict === undefined) return unjudged(type);
  if (verdict.overLimits !== undefined) return finding(type, "False", verdict.overLimits);
  return finding(
    type,
    "True",
    verdict.nearLimits ?? { reason: "WithinLimits", message: "The vendor's limits are far enough." },
  );
}

function inSync({ verdict }: ScopeFacts): Finding {
  const type = "InSync";
  if (verdict === undefined) return unjudged(type);
  const { hold, unread, toAdd, toRemove, contended, overAdditionCeiling, desired, removal } = verdict;
  const isDifferent = toAdd > 0 || toRemove > 0;
  if (unread !== undefined) return finding(type, "Unknown", hold ?? unread);
  if (hold !== undefined && isDifferent) return finding(type, "False", hold);
  if (contended > 0)
    return finding(type, "False", {
      reason: "Contended",
      message: `${contended} groups were taken out of scope by other hands more than once within 24 h. Find out who does it; they come in again a day after the last time.`,
    });
  if (overAdditionCeiling > 0 && toAdd === overAdditionCeiling)
    return finding(type, "False", {
      reason: "OverAdditionCeiling",
      message: `${overAdditionCeiling} groups that the selector newly matches come in as scopePolicy.additionCeiling of the configuration allows. Raise it to have them sooner.`,
    });
  if (toAdd === 0 && (removal.kind === "waiting" || removal.kind === "withheld"))
    return finding(type, "False", removal.hold);
  if (isDifferent)
    return finding(type, "False", {
      reason: toAdd > 0 ? "Adding" : "Removing",
      message: "What is declared is being put in scope.",
    });
  return finding(type, "True", {
    reason: "InSync",
    message: desired === 0 ? "Nothing is declared that can be in scope." : "What is declared is in scope.",
  });
}

function removalApproved({ verdict }: ScopeFacts): Finding {
  const type = "RemovalApproved";
  if (verdict === undefined) return unjudged(type);
  const { removal } = verdict;
  switch (removal.kind) {
    case "none":
      return finding(type, "True", { reason: "NothingToRemove", message: "No group is to leave." });
    case "executing":
      return finding(type, "True", { reason: "Removing", message: "The removal is allowed and is being carried out." });
    case "waiting":
    case "withheld":
      return finding(type, "False", removal.hold);
  }
}

function roots(facts: ScopeFacts, own: readonly Finding[]): readonly Finding[] {
  const { stalled, mode, verdict, deletion, reading } = facts;
  const paused: Finding = {
    type: "Paused",
    status: mode.kind === "paused" ? "True" : "False",
    reason: mode.kind === "enforce" ? "Enforcing" : mode.reason,
    message: mode.kind === "enforce" ? "" : mode.message,
  };
  if (stalled !== undefined)
    return [paused, finding("Ready", "False", stalled), finding("Stalled", "True", stalled), idle("Reconciling")];
  const waitsForPerson = deletion ?? personHold(verdict, own);
  const failing = own.find(({ status }) => status === "False") ?? own.find(({ status }) => status === "Unknown");
  const isReady = failing === undefined && deletion === undefined;
  const ready: Finding =
    failing === undefined
      ? finding("Ready", "True", { reason: "InScope", message: "What is declared is in scope." })
      : { ...failing, type: "Ready", status: failing.status === "False" ? "False" : "Unknown" };
  const isMoving =
    reading.kind === "frozen" || verdict === undefined || verdict.toAdd > 0 || verdict.removal.kind === "executing";
  const reconciling: Finding =
    waitsForPerson !== undefined
      ? finding("Reconciling", "True", { reason: "AwaitingPerson", message: waitsForPerson.message })
      : isMoving && !isReady
        ? finding("Reconciling", "True", { reason: failing?.reason ?? "Working", message: failing?.message ?? "" })
        : idle("Reconciling");
  return [paused, deletion === undefined ? ready : finding("Ready", "False", deletion), idle("Stalled"), reconciling];
}

function personHold(verdict: ScopeVerdict | undefined, own: readonly Finding[]): Hold | undefined {
  if (verdict?.removal.kind === "waiting") return verdict.removal.hold;
  const problem = own.find(
    ({ type, status }) => status === "False" && (type === "Resolved" || type === "Eligible" || type === "WithinLimits"),
  );
  return problem === undefined ? undefined : { reason: problem.reason, message: problem.message };
}

function idle(type: "Reconciling" | "Stalled"): Finding {
  return finding(type, "False", { reason: type === "Stalled" ? "Working" : "Settled", message: "" });
}

function unjudged(type: string): Finding {
  return finding(type, "Unknown", {
    reason: "NotYetJudged",
    message: "The configuration's assignments were not looked at yet.",
  });
}

function finding(type: string, status: Finding["status"], { reason, message }: Hold): Finding {
  return { type, status, reason, message };
}
