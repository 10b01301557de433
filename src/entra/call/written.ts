/**
 * From the outcome of a call to the outcomes of the ports.
 * Guarantees: a success whose body cannot be read is `unknown` for a write (it had its effect) and `failed` for a read. Pure.
 */
import type * as z from "zod";
import type { Failure } from "../../runtime/failure.ts";
import type { Reading, Written } from "../outcome.ts";
import type { CallOutcome } from "./caller.ts";

export function writtenFrom(outcome: CallOutcome): Written {
  return outcome.kind === "ok" ? { kind: "done", value: undefined } : notWritten(outcome.failure);
}

export function writtenAs<Value>(outcome: CallOutcome, name: string, form: z.ZodType<Value>): Written<Value> {
  if (outcome.kind === "failed") return notWritten(outcome.failure);
  const parsed = form.safeParse(outcome.answer.body);
  if (parsed.success) return { kind: "done", value: parsed.data };
  return { kind: "unknown", failure: { ...unreadable(name, parsed.error), class: "UnknownOutcome" } };
}

/** The class says whether a write may have had its effect. */
export function notWritten(failure: Failure): Exclude<Written, { readonly kind: "done" }> {
  return { kind: failure.class === "UnknownOutcome" ? "unknown" : "refused", failure };
}

export function readingAs<Value>(outcome: CallOutcome, name: string, form: z.ZodType<Value>): Reading<Value> {
  if (outcome.kind === "failed") return notRead(outcome);
  const parsed = form.safeParse(outcome.answer.body);
  return parsed.success
    ? { kind: "found", value: parsed.data }
    : { kind: "failed", failure: unreadable(name, parsed.error) };
}

/** Some replicas say "not found" with 400 (entra-graph reference, 10.5): the class decides, not the status. */
export function notRead({
  failure,
}: Extract<CallOutcome, { readonly kind: "failed" }>): Exclude<Reading<never>, { readonly kind: "found" }> {
  return failure.class === "NotFound" ? { kind: "missing" } : { kind: "failed", failure };
}

export function unreadable(name: string, error: z.ZodError): Failure {
  return {
    class: "Transient",
    reason: "AnswerUnreadable",
    message: `${name}: Graph answered in a form that is not understood (${error.issues[0]?.path.join(".") ?? "body"})`,
    fix: "None: asked again. Report this if it lasts.",
  };
}
