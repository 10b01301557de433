/** The verdict of policies on one question: explicit deny, then allow, else implicit deny (IAM User Guide, "Policy evaluation logic"). */
import type { Policy, Question } from "./policy.ts";

export type Verdict =
  | { readonly kind: "allowed"; readonly sid: string | undefined }
  | { readonly kind: "explicitDeny"; readonly sid: string | undefined }
  | { readonly kind: "implicitDeny" };

/** Identity-based policies of one principal: their statements count as one list. */
export function evaluate(policies: readonly Policy[], question: Question): Verdict {
  const applying = policies
    .flatMap((policy) => policy.statementsFor(question.action))
    .filter((statement) => statement.applies(question));
  const denying = applying.find(({ effect }) => effect === "Deny");
  if (denying !== undefined) return { kind: "explicitDeny", sid: denying.sid };
  const [allowing] = applying;
  return allowing === undefined ? { kind: "implicitDeny" } : { kind: "allowed", sid: allowing.sid };
}
