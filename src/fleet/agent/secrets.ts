/**
 * How far a host's way to the secrets of its set-up is closed: bootstrap profile replaced, its credentials waited out, denial proved by the host.
 * Guarantees: True only when EC2 shows the runtime profile, the wait since then is over and the host was refused each secret after it; what EC2 shows
 * decides, so that a profile put back by hand opens the way again in the record too; every wait has an end (L2).
 * Never: keeps an agent from being Ready; touches a profile that is neither of the pool's two; trusts an absence (S5).
 * Sources: EC2 User Guide, "Retrieve security credentials from instance metadata" (rotated by themselves, new ones at least five minutes before the old
 * ones expire); IAM API Reference, UpdateRole (credentials given by EC2 instances are not bound by the role's maximum session duration). That what was
 * given stays valid until it expires is how such credentials work; no page names their lifetime, so the wait is the pool's to set.
 */
import { durationMs } from "../../api/durations.ts";
import type { AgentAction } from "./decide.ts";
import { failureWords, isPassed, storedCondition } from "./links.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { isRequested, stepProgress } from "./step-progress.ts";
import { isGrantOpen } from "./rights.ts";
import { PROVE_SECRET_DENIED } from "./steps.ts";
import { needsPerson, sentenceOf } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";

export interface SecretsVerdict {
  readonly type: "SecretsReleased";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
}

type State =
  | { readonly kind: "notDeclared" }
  | { readonly kind: "needed" } // the host is not set up yet
  | { readonly kind: "unread" }
  | { readonly kind: "foreign"; readonly profile: string }
  | { readonly kind: "swap" }
  | { readonly kind: "expiring"; readonly untilMs: number }
  | { readonly kind: "proving" }
  | { readonly kind: "released" };

/** What is done next to close the way, once everything else is settled; undefined: nothing. */
export function closeSecrets(snapshot: AgentSnapshot, isOnline: boolean): AgentAction | undefined {
  const state = stateOf(snapshot);
  switch (state.kind) {
    case "notDeclared":
    case "needed":
    case "unread":
    case "foreign":
    case "released":
      return undefined;
    case "swap": {
      const { hold, nowMs } = snapshot;
      const isWaiting = hold !== undefined && nowMs < hold.untilMs && !isRequested(snapshot);
      return isWaiting ? { kind: "rest", untilMs: hold.untilMs } : { kind: "swapProfile" };
    }
    case "expiring":
      return { kind: "rest", untilMs: state.untilMs };
    case "proving": {
      const isUnderWay = snapshot.step.kind !== "none" && snapshot.step.kind !== "notSent";
      if (!isOnline && !isUnderWay) return undefined;
      return { kind: "step", step: PROVE_SECRET_DENIED, progress: stepProgress(snapshot, PROVE_SECRET_DENIED) };
    }
    default:
      return unreachable(state);
  }
}

export function judgeSecrets(snapshot: AgentSnapshot): SecretsVerdict {
  const type = "SecretsReleased";
  const state = stateOf(snapshot);
  switch (state.kind) {
    case "notDeclared":
      return { type, status: "Unknown", reason: "NoBootstrapProfile", message: ONE_PROFILE };
    case "needed":
      return { type, status: "False", reason: "AwaitingConfiguration", message: NEEDED };
    case "unread":
      return unread(snapshot);
    case "foreign": {
      const { instanceProfile } = snapshot.agent.spec.template.aws;
      const message = `The instance carries ${state.profile}, which is neither of the pool's profiles: attach ${instanceProfile} to it, or delete the agent.`;
      return { type, status: "False", reason: "ForeignInstanceProfile", message, isStalled: true };
    }
    case "swap":
      return judgeSwap(snapshot);
    case "expiring": {
      const until = new Date(state.untilMs).toISOString().replace(/\.\d{3}Z$/, "Z");
      const message = `The runtime profile is in place; credentials that the host was given before are waited out until ${until} (spec.timeouts.credentialExpiry).`;
      return { type, status: "False", reason: "AwaitingCredentialExpiry", message };
    }
    case "proving":
      return judgeProof(snapshot);
    case "released":
      return { type, status: "True", reason: "SecretsDenied", message: RELEASED };
    default:
      return unreachable(state);
  }
}

const ONE_PROFILE =
  "The pool names no aws.bootstrapInstanceProfile: whatever its one profile may read, its hosts may read for good.";
const NEEDED = "The host is being set up: its bootstrap profile may read the secrets that this takes.";
const SWAPPING =
  "The bootstrap profile, which may read the secrets of the set-up, is being replaced by the runtime profile.";
const RELEASED =
  "The runtime profile is in place, credentials of before have been waited out, and the host was refused the secrets of its set-up.";

function stateOf(snapshot: AgentSnapshot): State {
  const { agent, instance, nowMs } = snapshot;
  const { aws, timeouts } = agent.spec.template;
  const { replacedAt, deniedAt } = agent.status.secrets ?? {};
  if (aws.bootstrapInstanceProfile === undefined) return { kind: "notDeclared" };
  if (!isPassed(snapshot, "Configured") || isGrantOpen(snapshot)) return { kind: "needed" };
  const running = instance.kind === "found" ? instance.instances.find(({ state }) => state === "running") : undefined;
  if (running === undefined) return { kind: "unread" };
  const carried = running.instanceProfileARN ?? "no instance profile";
  if (isProfile(aws.bootstrapInstanceProfile, carried)) return { kind: "swap" };
  if (!isProfile(aws.instanceProfile, carried)) return { kind: "foreign", profile: carried };
  if (replacedAt === undefined) return { kind: "swap" };
  const untilMs = Date.parse(replacedAt) + durationMs(timeouts.credentialExpiry);
  if (nowMs < untilMs) return { kind: "expiring", untilMs };
  return deniedAt === undefined ? { kind: "proving" } : { kind: "released" };
}

/** Names of instance profiles are unique in an account, whatever their path (IAM User Guide, "IAM identifiers"). */
export function isProfile(nameOrARN: string, profileARN: string): boolean {
  return nameOrARN.startsWith("arn:") ? nameOrARN === profileARN : nameOrARN === profileARN.split("/").at(-1);
}

/** EC2 has not been listed, or does not show the instance running: what was said stands (S5). */
function unread(snapshot: AgentSnapshot): SecretsVerdict {
  const type = "SecretsReleased";
  const stored = storedCondition(snapshot, type);
  if (stored === undefined) return { type, status: "Unknown", reason: "NotRead", message: "" };
  return { type, status: stored.status, reason: stored.reason, message: stored.message };
}

/** EC2 answers a replacement within seconds; what takes longer than this is told. */
const SWAP_TIMEOUT_MS = 15 * 60_000;
/** This file's own words for a swap that is open; any other stored reason is an answer of EC2's. */
const SWAP_WORDS: ReadonlySet<string> = new Set([
  "AwaitingConfiguration",
  "AwaitingProfileSwap",
  "ProfileSwapTimedOut",
]);

function judgeSwap(snapshot: AgentSnapshot): SecretsVerdict {
  const type = "SecretsReleased";
  const { agent, hold, nowMs } = snapshot;
  if (hold !== undefined && needsPerson(hold.failure))
    return { type, status: "False", ...failureWords(hold.failure), isStalled: true };
  const stored = storedCondition(snapshot, type);
  const isStalled = storedCondition(snapshot, "Stalled")?.reason === stored?.reason;
  // After a restart the memory of a refusal is gone; its verdict stands until the next answer, so that nothing flaps.
  if (hold === undefined && stored?.status === "False" && !SWAP_WORDS.has(stored.reason) && isStalled)
    return { type, status: "False", reason: stored.reason, message: stored.message, isStalled };
  const { swapIntendedAt, replacedAt } = agent.status.secrets ?? {};
  const isLate =
    swapIntendedAt !== undefined && replacedAt === undefined && nowMs > Date.parse(swapIntendedAt) + SWAP_TIMEOUT_MS;
  if (!isLate) return { type, status: "False", reason: "AwaitingProfileSwap", message: SWAPPING };
  const message = `${SWAPPING} EC2 has not shown it in time: look at the instance's profile in the console; it is asked for again all the same.`;
  return { type, status: "False", reason: "ProfileSwapTimedOut", message, isStalled: true };
}

function judgeProof(snapshot: AgentSnapshot): SecretsVerdict {
  const type = "SecretsReleased";
  const progress = stepProgress(snapshot, PROVE_SECRET_DENIED);
  if (progress.kind === "fail" || progress.kind === "retryLater") {
    const { error, isStalled } = progress;
    return { type, status: "False", reason: error.reason, message: sentenceOf(error), isStalled };
  }
  const message = "The host has still to prove that its role is refused the secrets of its set-up.";
  return { type, status: "Unknown", reason: "AwaitingProof", message };
}
