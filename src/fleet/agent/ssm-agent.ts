/**
 * Whether a host's SSM agent is new enough for our documents, and its update by AWS's own document where it is not.
 * Guarantees: no document of ours is sent to an agent that would not pass parameters as environment variables; the update is over only when Systems
 * Manager shows the newer version, whatever the command says; the wait has a deadline and is told (L2).
 * Never: holds up a host whose version is not known (S5), or a command that is under way.
 * @see Systems Manager User Guide, "Data elements and parameters": interpolationType needs SSM agent 3.3.2746.0; how an older one treats it is not
 * documented
 */
import type { LinkVerdict } from "./links.ts";
import type { AgentSnapshot, StepError } from "./snapshot.ts";
import { stepProgress, type StepProgress } from "./step-progress.ts";
import { SSM_AGENT_VERSION_MIN, UPDATE_SSM_AGENT, type LinkType } from "./steps.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { isVersionAtLeast } from "../version.ts";

/** Where the update stands; undefined: none is needed, or none may begin now. */
export function ssmAgentUpdate(snapshot: AgentSnapshot): StepProgress | undefined {
  const stored = snapshot.agent.status.step;
  const isStored = stored?.name === UPDATE_SSM_AGENT.name;
  const version = versionOf(snapshot);
  if (version === undefined) return isStored ? told(progressOf(snapshot), "of unknown version") : undefined;
  if (isVersionAtLeast(version, SSM_AGENT_VERSION_MIN)) return isStored ? { kind: "complete", facts: {} } : undefined;
  const isOtherUnderWay = stored !== undefined && !isStored && stored.lastError === undefined;
  return isOtherUnderWay ? undefined : told(progressOf(snapshot), version);
}

/** A command that ended well is not the end: the restarted agent reports its version with its next ping, or never. */
function progressOf(snapshot: AgentSnapshot): StepProgress {
  if (snapshot.step.kind !== "succeeded") return stepProgress(snapshot, UPDATE_SSM_AGENT);
  const step = { kind: "running", statusDetails: "Success" } as const;
  const progress = stepProgress({ ...snapshot, step }, UPDATE_SSM_AGENT);
  return progress.kind === "fail" ? { ...progress, mustCancel: false } : progress;
}

/** The verdict on the link that waits for the update. */
export function judgeUpdate(type: LinkType, snapshot: AgentSnapshot, progress: StepProgress): LinkVerdict {
  if (progress.kind === "fail" || progress.kind === "retryLater") {
    const { error, isStalled } = progress;
    return { type, status: "False", reason: error.reason, message: sentenceOf(error), isStalled };
  }
  const message = `SSM agent ${versionOf(snapshot) ?? "of unknown version"} is updated to ${SSM_AGENT_VERSION_MIN} by AWS-UpdateSSMAgent before anything else is sent.`;
  return { type, status: "Unknown", reason: "UpdatingSSMAgent", message };
}

function versionOf({ node }: AgentSnapshot): string | undefined {
  return node.kind === "listed" && node.ssmAgentVersion !== "" ? node.ssmAgentVersion : undefined;
}

/** However an attempt ended: what is wrong is the version. A refusal to send it, which is stored before any attempt, keeps its own words. */
function told(progress: StepProgress, version: string): StepProgress {
  return progress.kind === "fail" ? { ...progress, error: tooOld(progress.error, version) } : progress;
}

function tooOld({ class: errorClass, message }: StepError, version: string): StepError {
  return {
    class: errorClass,
    reason: "SSMAgentTooOld",
    message: `SSM agent ${version} is older than ${SSM_AGENT_VERSION_MIN}, and AWS-UpdateSSMAgent did not change that: ${message}`,
    fix: "It is tried again. Use an image with a newer SSM agent, or let the host reach the Region's bucket of the SSM agent.",
  };
}
