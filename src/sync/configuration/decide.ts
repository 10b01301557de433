/**
 * Decides what a pass over a SyncConfiguration does: the order of the questions, one action.
 * Guarantees: at most one call that changes something outside, and none in Observe, paused, quarantined (but what the quarantine's own rules allow) or undecided.
 * Never: reads a clock, calls a port, acts on what was not read (S5).
 */
import { FINALIZERS } from "../../api/kinds.ts";
import { needsPerson, sentenceOf, type Failure } from "../../runtime/failure.ts";
import { callText, hold, isOutside, type ConfigurationAction, type Hold } from "./action.ts";
import type { Assessment } from "./assessment.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { decideChange } from "./change.ts";
import { blocking, decideDeletion } from "./deletion.ts";
import { decideQuarantine } from "./quarantine.ts";
import { decideRunning } from "./running.ts";
import { decideJob, decideSearch } from "./shell.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

export function decideConfiguration(
  snapshot: ConfigurationSnapshot,
  found: Assessment | undefined,
): ConfigurationAction {
  const { mode, configuration } = snapshot;
  if (isLeaving(configuration)) {
    const leaving = decideDeletion(snapshot);
    return isOutside(leaving) ? (refusedBefore(snapshot, leaving) ?? leaving) : leaving;
  }
  const action = decideLiving(snapshot, found);
  if (!isOutside(action)) return action;
  return mode.kind === "enforce"
    ? (refusedBefore(snapshot, action) ?? action)
    : hold("waiting", mode.reason, mode.message);
}

/** What Entra refused a moment ago for the same spec is not sent again at once. */
function refusedBefore({ configuration, nowMs }: ConfigurationSnapshot, action: ConfigurationAction): Hold | undefined {
  const { refused } = configuration.status;
  if (refused === undefined || refused.call !== callText(action).slice(0, 160)) return undefined;
  if (refused.generation !== configuration.metadata.generation) return undefined;
  if (nowMs - Date.parse(refused.at) >= CONFIGURATION_BOUNDS.refusedRetryMs) return undefined;
  return hold("stalled", refused.reason, isLeaving(configuration) ? blocking(refused.message) : refused.message);
}

/** A call that was not made, not answered or refused, as a person reads it until it succeeds. */
export function heldUp({ configuration }: ConfigurationSnapshot, failure: Failure): Hold {
  const cause = sentenceOf(failure);
  const on = needsPerson(failure) ? "stalled" : "waiting";
  return hold(on, failure.reason, isLeaving(configuration) ? blocking(cause) : cause);
}

function isLeaving({ metadata }: ConfigurationSnapshot["configuration"]): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function decideLiving(snapshot: ConfigurationSnapshot, found: Assessment | undefined): ConfigurationAction {
  const { configuration, variant, references, entra, nowMs } = snapshot;
  if (variant.kind === "unserved")
    return hold("stalled", "ConnectorNotServed", `This version does not act on connector ${variant.connector} yet.`);
  if (!(configuration.metadata.finalizers ?? []).includes(FINALIZERS.configuration)) return { kind: "addFinalizer" };
  if (references.kind !== "resolved")
    return hold(references.kind === "refused" ? "stalled" : "waiting", references.reason, references.message);
  const question = { configuration, profile: variant.profile, references: references.references, nowMs };
  switch (entra.kind) {
    case "unasked":
      return { kind: "rest" };
    case "failed":
      return hold(needsPerson(entra.failure) ? "stalled" : "waiting", entra.failure.reason, sentenceOf(entra.failure));
    case "searched":
      return decideSearch(question, entra.search);
    case "missing":
      return missing(snapshot);
    case "read":
      return (
        decideJob(question, entra.shell) ?? (found === undefined ? { kind: "rest" } : decideStanding(snapshot, found))
      );
  }
}

function decideStanding(snapshot: ConfigurationSnapshot, found: Assessment): ConfigurationAction {
  const { configuration, permissions, nowMs } = snapshot;
  const { quarantine, job, staged } = found;
  if (quarantine !== undefined)
    return decideQuarantine({
      configuration,
      job,
      quarantine,
      staged,
      isApprovalTrusted: permissions.isApprovalTrusted,
      nowMs,
    });
  return decideChange(snapshot, found) ?? decideRunning(snapshot, found);
}

/** What a person deleted by hand is not made anew: they may have meant it. */
function missing({ configuration, nowMs }: ConfigurationSnapshot): ConfigurationAction {
  const { servicePrincipalID = "", intent } = configuration.status;
  const isNew = intent !== undefined && nowMs - Date.parse(intent.since) < CONFIGURATION_BOUNDS.unansweredMs;
  if (isNew)
    return hold("waiting", "NotVisibleYet", "The new service principal is not visible everywhere in Entra yet.");
  return hold(
    "stalled",
    "ServicePrincipalNotFound",
    `Service principal ${servicePrincipalID} is not found in Entra: restore it, or delete this object and apply it again to have a new one made.`,
  );
}
