/** On-demand provisioning through Graph v1.0 (entra-graph reference, 5.1): five requests in 10 s for each application and tenant. */
import type { Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { notWritten } from "../call/written.ts";
import { jobPath } from "../jobs/graph.ts";
import { ON_DEMAND_MEMBERS_MAX, ON_DEMAND_TIMEOUT_MS } from "../limits.ts";
import { onDemandAnswer } from "./parse-answer.ts";
import type { OnDemandPort } from "./port.ts";

const PROVISION: Operation = {
  name: "ProvisionOnDemand",
  bucket: "onDemand",
  isWrite: true,
  timeoutMs: ON_DEMAND_TIMEOUT_MS,
};

export function graphOnDemand({ caller }: Pick<GraphCalls, "caller">): OnDemandPort {
  return {
    async provision(access, { servicePrincipalID, jobID, ruleID, groupID, memberIDs }, signal) {
      if (memberIDs.length > ON_DEMAND_MEMBERS_MAX)
        throw new RangeError(`an on-demand run has at most ${ON_DEMAND_MEMBERS_MAX} members`);
      const subject = {
        objectId: groupID,
        objectTypeName: "Group",
        links: { members: memberIDs.map((objectId) => ({ objectId, objectTypeName: "User" })) },
      };
      const outcome = await caller.call({
        access,
        operation: PROVISION,
        request: {
          method: "POST",
          path: `${jobPath({ servicePrincipalID, jobID })}/provisionOnDemand`,
          body: { parameters: [{ ruleId: ruleID, subjects: [subject] }] },
        },
        signal,
        subjects: [servicePrincipalID, jobID],
      });
      if (outcome.kind === "failed") return notWritten(outcome.failure);
      return { kind: "done", value: onDemandAnswer(outcome.answer.body) };
    },
  };
}
