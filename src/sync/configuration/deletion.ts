/**
 * Decides how a configuration goes: kept, let go, or deleted in Entra under an approval.
 * Guarantees: Delete always waits for the approval of exactly this deletion, then pauses, deletes the jobs, the service principal and the application, in this order;
 * creates nothing; ends, or says what blocks it (S10).
 */
import { ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import { FAILURE_MESSAGE_LENGTH_MAX, sentenceOf } from "../../runtime/failure.ts";
import { judgeApproval, planHash, type Plan } from "../approval.ts";
import { hold, type ConfigurationAction, type Hold } from "./action.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { planFor } from "./change.ts";
import { quarantineOf } from "./quarantine.ts";
import type { ConfigurationSnapshot, Search, Shell } from "./snapshot.ts";

/** Whether anything has to be read in Entra for the deletion. */
export function isDeletedInEntra({ spec, status, metadata }: ConfigurationSnapshot["configuration"]): boolean {
  const isReleased = metadata.annotations?.[ANNOTATIONS.release] === "true";
  const hasTrace = status.servicePrincipalID !== undefined || status.intent !== undefined;
  return spec.deletionPolicy === "Delete" && !isReleased && hasTrace;
}

/** Of a display name, so that what to do is not cut off. */
const NAME_LENGTH_MAX = 40;

const WAY_OUT = ` Until then deletion waits; annotation ${ANNOTATIONS.release}=true lets go at once and touches nothing.`;

/** What blocks a deletion, and the way out, which must not be what a condition's length cuts off. */
export function blocking(cause: string): string {
  return cause.slice(0, FAILURE_MESSAGE_LENGTH_MAX - WAY_OUT.length) + WAY_OUT;
}

export function decideDeletion(snapshot: ConfigurationSnapshot): ConfigurationAction {
  const { configuration, mode, entra, references } = snapshot;
  if (!(configuration.metadata.finalizers ?? []).includes(FINALIZERS.configuration)) return { kind: "rest" };
  if (!isDeletedInEntra(configuration)) return letGo(configuration);
  if (mode.kind !== "enforce") return hold("waiting", mode.reason, blocking(mode.message));
  switch (entra.kind) {
    case "unasked":
      return hold(
        "stalled",
        references.kind === "resolved" ? "DeletionBlocked" : references.reason,
        blocking(references.kind === "resolved" ? "Entra cannot be asked." : references.message),
      );
    case "failed":
      return hold("waiting", entra.failure.reason, blocking(sentenceOf(entra.failure)));
    case "missing":
      return afterPrincipal(snapshot, entra.isConfirmed);
    case "searched":
      return decideUnfinished(snapshot, entra.search);
    case "read":
      return decideParts(snapshot, entra.shell);
  }
}

function letGo({ spec, status, metadata }: ConfigurationSnapshot["configuration"]): ConfigurationAction {
  const id = status.servicePrincipalID;
  if (id === undefined)
    return { kind: "removeFinalizer", reason: "NothingMade", message: "Nothing had been made in Entra." };
  const isReleased = metadata.annotations?.[ANNOTATIONS.release] === "true";
  return {
    kind: "removeFinalizer",
    reason: isReleased ? "Released" : "Retained",
    message: `Service principal ${id} stays in Entra with its ${(status.jobs ?? []).length} jobs as they are (${isReleased ? ANNOTATIONS.release : `deletionPolicy ${spec.deletionPolicy}`}).`,
  };
}

/** An answer to instantiate that was never stored: what it made is found and then deleted like all else. */
function decideUnfinished(
  { configuration, nowMs }: ConfigurationSnapshot,
  { candidates }: Search,
): ConfigurationAction {
  const { intent } = configuration.status;
  const [made] = candidates.filter(
    ({ servicePrincipal, secrets }) =>
      !(intent?.known ?? []).includes(servicePrincipal.id) &&
      servicePrincipal.displayName === intent?.displayName &&
      secrets.kind === "read" &&
      secrets.domain === undefined,
  );
  if (made !== undefined) return { kind: "record", servicePrincipalID: made.servicePrincipal.id, origin: "Created" };
  const isOpen = intent !== undefined && nowMs - Date.parse(intent.since) < CONFIGURATION_BOUNDS.unansweredMs;
  return isOpen
    ? hold(
        "waiting",
        "CreationUnanswered",
        "An application was asked for and is being looked for before this object goes.",
      )
    : { kind: "removeFinalizer", reason: "NothingMade", message: "Nothing had been made in Entra." };
}

function decideParts(snapshot: ConfigurationSnapshot, shell: Shell): ConfigurationAction {
  const { configuration, nowMs, permissions } = snapshot;
  const { id } = shell.servicePrincipal;
  const quarantined = shell.jobs.find((job) => quarantineOf(job, configuration.status.jobs) !== undefined);
  if (quarantined !== undefined)
    return hold(
      "stalled",
      "Quarantined",
      blocking(`Job ${quarantined.id} is quarantined, and nothing of it is written until that is over.`),
    );
  const approved = deletionApproval(configuration);
  const jobsGone = shell.jobs.length === 0;
  // The jobs are the first part that goes; after them the list of groups means nothing any more.
  if (approved !== undefined && jobsGone) return remove("servicePrincipal", id, id, approvedPlan(approved, nowMs));
  if (shell.assignments?.kind !== "complete")
    return hold(
      "waiting",
      "ScopeUnread",
      blocking(
        `What is in scope cannot be listed yet. ${shell.assignments === undefined ? "" : sentenceOf(shell.assignments.failure)}`,
      ),
    );
  const groups = [...shell.assignments.items].sort((left, right) => (left.principalID < right.principalID ? -1 : 1));
  const content = {
    configurationUID: configuration.metadata.uid,
    servicePrincipalID: id,
    deletes: shell.jobs.map((job) => job.id).sort(),
    leaving: groups.map(({ principalID }) => principalID),
  };
  if (approved !== undefined && approved.hash === planHash(content, approved.serial))
    return nextPart(shell, approvedPlan(approved, nowMs));
  const plan = planFor(snapshot, content);
  const question = {
    plan,
    approved: configuration.spec.approvals?.plan,
    consumed: configuration.status.plan?.consumed,
    isTrusted: permissions.isApprovalTrusted,
  };
  const approval = judgeApproval(question, nowMs);
  if (approval.kind === "approved") return nextPart(shell, plan);
  const answer = approval.kind === "refused" ? approval.message : "Approve it with approvals.plan: status.plan.hash.";
  const waits: Hold = hold(
    "person",
    approval.kind === "refused" ? approval.reason : "AwaitingApproval",
    blocking(
      `Deleting ${shell.servicePrincipal.displayName.slice(0, NAME_LENGTH_MAX)} takes ${groups.length} groups out of scope; what AD holds of them stays, as far as the vendor says. ${answer}`,
    ),
  );
  const sample = groups.map(({ principalDisplayName }) => `leaves: ${principalDisplayName}`.slice(0, 256));
  return { ...waits, plan: { plan, leaving: groups.length, moving: 0, sample } };
}

function deletionApproval({ status }: ConfigurationSnapshot["configuration"]) {
  return status.approved?.purpose === "Deletion" ? status.approved : undefined;
}

function approvedPlan({ hash, serial }: { readonly hash: string; readonly serial: number }, nowMs: number): Plan {
  return { hash, serial, expiresAtMs: nowMs };
}

function nextPart({ jobs, servicePrincipal }: Shell, plan: Plan): ConfigurationAction {
  const running = jobs.find(({ status }) => isRunning(status));
  if (running !== undefined) return { kind: "pause", jobID: running.id, reason: "Deleted" };
  const [job] = [...jobs].sort((left, right) => (left.id < right.id ? -1 : 1));
  return job === undefined
    ? remove("servicePrincipal", servicePrincipal.id, servicePrincipal.id, plan)
    : remove("job", job.id, servicePrincipal.id, plan);
}

function isRunning({ code }: SynchronizationJob["status"]): boolean {
  return code === "Active" || code === "NotRun";
}

/** The service principal is not found any more: the application may be. Deleting it again is no harm. */
function afterPrincipal({ configuration, nowMs }: ConfigurationSnapshot, isConfirmed: boolean): ConfigurationAction {
  const { applicationID, servicePrincipalID = "", deleted } = configuration.status;
  const approved = deletionApproval(configuration);
  if (approved === undefined && !isConfirmed)
    return hold(
      "waiting",
      "ServicePrincipalNotFound",
      blocking(`Service principal ${servicePrincipalID} is not found, and the list of all does not confirm that.`),
    );
  if (approved === undefined) {
    const message = `Service principal ${servicePrincipalID} is not in Entra any more.`;
    return { kind: "removeFinalizer", reason: "GoneInEntra", message };
  }
  if (applicationID !== undefined && deleted !== "Application")
    return remove("application", applicationID, servicePrincipalID, approvedPlan(approved, nowMs));
  const message = `Configuration ${servicePrincipalID} was deleted in Entra. Groups that it had written stay in AD: remove them there if they are not wanted.`;
  return { kind: "removeFinalizer", reason: "Deleted", message };
}

function remove(
  what: "job" | "servicePrincipal" | "application",
  id: string,
  servicePrincipalID: string,
  approved: Plan,
): ConfigurationAction {
  return { kind: "delete", what, id, servicePrincipalID, approved };
}
