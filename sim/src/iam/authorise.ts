/** Asks the caller's policies everything that AWS authorises for a call. Guarantees: one refusal refuses the call, and names its action and resource. */
import type { ApiCall } from "../core/call.ts";
import type { ApiError } from "../core/call.ts";
import { accessDenied } from "../core/gateway.ts";
import type { Verdict } from "./evaluate.ts";
import { evaluate } from "./evaluate.ts";
import type { ResourceFacts } from "./facts.ts";
import type { Policy, Question } from "./policy.ts";
import { questionsOf } from "./questions/questions.ts";

export interface AuthoriseParts {
  readonly policiesOf: (call: ApiCall) => readonly Policy[];
  readonly facts: ResourceFacts;
}

/** @throws ApiError as the called service words a refusal */
export function authorise({ policiesOf, facts }: AuthoriseParts): (call: ApiCall) => void {
  return (call) => {
    const policies = policiesOf(call);
    for (const question of questionsOf(call, facts)) {
      const verdict = evaluate(policies, question);
      if (verdict.kind !== "allowed") throw refusal(call, question, verdict);
    }
  };
}

/** IAM User Guide, "Troubleshoot access denied error messages": which action on which resource, and what kind of denial. */
function refusal(call: ApiCall, { action, resource }: Question, { kind }: Verdict): ApiError {
  const why =
    kind === "explicitDeny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return accessDenied(call, `${action} on resource: ${resource} ${why}`);
}
