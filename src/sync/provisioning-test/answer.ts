/**
 * What an on-demand answer of the vendor is worth.
 * Guarantees: Success and Skipped/RedundantExport are both fine, for a proof to confirm; other skips, failures and empty values have reasons of their
 * own; a subject that on-demand runs do not handle is unknown, never failed.
 * Source: entra-graph reference, 5.1; letter case varies in samples, so words are compared without it.
 */
import type { OnDemandAnswer, OnDemandStep } from "../../entra/on-demand/port.ts";
import { causeOf, causeOfStep, type Cause } from "./causes.ts";
import type { Verdict } from "./snapshot.ts";

export type AnswerVerdict =
  | { readonly kind: "fine"; readonly hasChanged: boolean; readonly isEmpty: boolean }
  | { readonly kind: "bad"; readonly verdict: Verdict };

const FINE_STEPS: ReadonlySet<string> = new Set(["success", "skipped", "warning"]);

export function judgeAnswer(answer: OnDemandAnswer): AnswerVerdict {
  const result = answer.result.toLowerCase();
  const isEmpty = answer.steps.length === 0 && answer.action === undefined;
  if (result === "success") return { kind: "fine", hasChanged: answer.modifiedProperties.length > 0, isEmpty };
  if (result === "skipped" && answer.errorCode?.toLowerCase() === "redundantexport")
    return { kind: "fine", hasChanged: false, isEmpty };
  const cause = causeOf(answer.errorCode) ?? causeOf(answer.reason) ?? causeByStep(answer.steps);
  if (cause !== undefined) return bad(cause, answer);
  if (result === "skipped") return bad(SKIPPED, answer);
  if (result === "" || result === "unknown") return bad(EMPTY, answer);
  return bad(FAILED, answer);
}

const SKIPPED: Cause = {
  result: "Failed",
  reason: "Skipped",
  message: "The vendor skipped the group.",
  fix: "Look at the steps of the run in status.last.steps.",
};
const FAILED: Cause = {
  result: "Failed",
  reason: "ProvisioningFailed",
  message: "The vendor did not provision the group.",
  fix: "Look at the steps of the run in status.last.steps, and at the provisioning log.",
};
const EMPTY: Cause = {
  result: "Unknown",
  reason: "EmptyAnswer",
  message: "The vendor's answer told nothing.",
  fix: "None: the run is made again.",
};

function causeByStep(steps: readonly OnDemandStep[]): Cause | undefined {
  const wrong =
    steps.find(({ status }) => !FINE_STEPS.has(status.toLowerCase())) ??
    steps.find(({ status }) => status.toLowerCase() === "skipped");
  return wrong === undefined ? undefined : causeOfStep(wrong.type);
}

function bad({ result, reason, message, fix }: Cause, { errorCode, errorMessage }: OnDemandAnswer): AnswerVerdict {
  const code = errorCode === undefined ? "" : ` (${errorCode})`;
  const said = errorMessage === undefined || errorMessage === "" ? "" : ` "${errorMessage.slice(0, SAID_MAX)}"`;
  return { kind: "bad", verdict: { result, reason, message: `${message}${code} ${fix}${said}` } };
}

/** A message of the vendor is evidence, and is cut: what to do stands before it. */
const SAID_MAX = 160;
