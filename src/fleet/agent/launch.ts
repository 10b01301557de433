/**
 * Decides whether and how an agent's one instance is asked for.
 * Guarantees (S1): the attempt is stored before EC2 is called; an attempt of unknown outcome is repeated with the same token, or given up
 * only after its absence is proven; nothing is launched beside instances of another pool of the same name (S2).
 */
import type { AgentSnapshot } from "./snapshot.ts";
import type { AgentAction } from "./decide.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { isRequested } from "./step-progress.ts";

export function decideLaunch(snapshot: AgentSnapshot): AgentAction {
  const { agent, hold, unclaimedInstanceIDs, nowMs, limits } = snapshot;
  if (unclaimedInstanceIDs.length > 0) {
    const message = `${unclaimedInstanceIDs.slice(0, 3).join(", ")} run under this pool's name for another pool UID: terminate or release them, then launches go on.`;
    return { kind: "hold", reason: "UnclaimedInstances", message };
  }
  const withoutPool = whyPoolLaunchesNothing(snapshot);
  if (withoutPool !== undefined) return withoutPool;
  if (hold !== undefined && nowMs < hold.untilMs && !isRequested(snapshot)) {
    return { kind: "hold", reason: hold.failure.reason, message: sentenceOf(hold.failure), untilMs: hold.untilMs };
  }
  const { launch } = agent.status;
  if (launch === undefined) return { kind: "launch", attempt: 1, isStored: false };
  const isTokenTrusted = nowMs - Date.parse(launch.intendedAt) < limits.launchTokenTrustMs;
  if (isTokenTrusted) return { kind: "launch", attempt: launch.attempt, isStored: true };
  if (isAbsenceProven(snapshot)) return { kind: "launch", attempt: launch.attempt + 1, isStored: false };
  return {
    kind: "hold",
    reason: "ProvingAbsence",
    message: "An old launch has an unknown outcome: EC2 is listed several times before another attempt.",
    untilMs: nowMs + limits.absenceWindowMs,
  };
}

/** A record that came back from a backup names a pool that is gone: its host may run already, under the UID that the record had then (S1, S2). */
function whyPoolLaunchesNothing({ pool }: AgentSnapshot): AgentAction | undefined {
  switch (pool.kind) {
    case "unread":
      return { kind: "hold", reason: "PoolUnread", message: "The pool has not been read yet." };
    case "absent":
      return {
        kind: "hold",
        reason: "PoolAbsent",
        message: "The pool that made this agent is gone: nothing is launched for it; delete the agent.",
      };
    case "present":
      if (pool.isDeleting) return { kind: "hold", reason: "PoolDeleting", message: "The pool is being deleted." };
      return pool.wantsHost
        ? undefined
        : {
            kind: "hold",
            reason: "PoolUndecided",
            message: "The pool has not decided yet which of its slots stay: nothing is launched before.",
          };
  }
}

/** Several complete lists over the window without the instance: one NotFound is never enough (S5; aws reference, 1.2). */
export function isAbsenceProven({ instance, limits }: AgentSnapshot): boolean {
  return (
    instance.kind === "notListed" &&
    instance.answers >= limits.absenceAnswersMin &&
    instance.sinceAgeMs >= limits.absenceWindowMs
  );
}
