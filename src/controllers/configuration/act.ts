/**
 * Carries out the one action of a configuration's plan.
 * Guarantees: what a call may leave behind stands in status before it leaves; a call that touches a job is preceded by a live read of that job, and withheld
 * where it is quarantined without leave, or not in the state that the decision stood on (S6).
 * Never: chooses; sends a write of unknown outcome again.
 */
import type { SyncConfiguration, SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { FINALIZERS, SYNC_CONFIGURATION } from "../../api/kinds.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import type { Written } from "../../entra/outcome.ts";
import { ensureFinalizer, releaseFinalizer } from "../../kube/finalizers.ts";
import type { Failure } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import type { ConfigurationAction } from "../../sync/configuration/action.ts";
import { afterEffect, afterRefusal, beforeEffect, isRemembered, type Made } from "../../sync/configuration/memory.ts";
import { quarantineOf } from "../../sync/configuration/quarantine.ts";
import type { ConfigurationSnapshot } from "../../sync/configuration/snapshot.ts";
import type { ConfigurationPorts } from "./ports.ts";
import { writeConfigurationStatus } from "./publish.ts";

export interface ConfigurationOutcome {
  /** The object as last written in this pass. */
  readonly configuration: SyncConfiguration;
  /** What publish starts from. */
  readonly status: SyncConfigurationStatus;
  readonly next: "again" | "soon" | "backOff" | "rest" | "gone";
  /** Why the action was not done, for people. */
  readonly failure?: Failure;
}

export interface ActContext {
  readonly snapshot: ConfigurationSnapshot;
  /** The status of this pass with what it has seen, before the action. */
  readonly settled: SyncConfigurationStatus;
  /** The whole status as it is to be stored, from its remembered part. */
  readonly statusFrom: (remembered: SyncConfigurationStatus) => SyncConfigurationStatus;
  readonly ports: ConfigurationPorts;
  readonly signal: AbortSignal;
}

export async function actOnConfiguration(
  action: ConfigurationAction,
  context: ActContext,
): Promise<ConfigurationOutcome> {
  const { snapshot, settled, ports, signal } = context;
  const { configuration } = snapshot;
  const held = {
    port: ports.kube,
    kind: SYNC_CONFIGURATION,
    object: configuration,
    finalizer: FINALIZERS.configuration,
  };
  const outcome = (next: ConfigurationOutcome["next"]): ConfigurationOutcome => ({
    configuration,
    status: settled,
    next,
  });
  switch (action.kind) {
    case "rest":
    case "hold":
      return outcome("rest");
    case "addFinalizer": {
      const { kind } = await ensureFinalizer(held, signal);
      return outcome(kind === "present" || kind === "added" ? "again" : "backOff");
    }
    case "removeFinalizer": {
      const released = await releaseFinalizer(held, signal);
      if (released.kind === "failed") return { ...outcome("backOff"), failure: released.failure };
      return outcome(released.kind === "ok" ? "gone" : "backOff");
    }
    case "record":
    case "showDrift":
      return { ...outcome("again"), status: afterEffect(settled, action, {}, snapshot.nowMs) };
    default:
      return actOutside(action, context);
  }
}

type OutsideAction = Exclude<
  ConfigurationAction,
  { kind: "rest" | "hold" | "addFinalizer" | "removeFinalizer" | "record" | "showDrift" }
>;

async function actOutside(action: OutsideAction, context: ActContext): Promise<ConfigurationOutcome> {
  const { snapshot, settled, statusFrom, ports, signal } = context;
  const { references, nowMs } = snapshot;
  if (references.kind !== "resolved") throw new Error("an outside action without references");
  const { access } = references.references;
  const remembered = beforeEffect(settled, action, nowMs);
  let { configuration } = snapshot;
  if (isRemembered(action)) {
    const stored = await writeConfigurationStatus(configuration, statusFrom(remembered), ports, signal);
    if (stored.kind !== "ok") return { configuration, status: settled, next: "backOff" };
    configuration = stored.object;
  }
  const denial = await withheld(action, context, access);
  if (denial !== undefined) return { configuration, status: settled, next: "soon", failure: denial };
  const { written, made } = await call(action, context, access);
  switch (written.kind) {
    case "done":
      return { configuration, status: afterEffect(remembered, action, made, nowMs), next: "soon" };
    case "refused":
      return {
        configuration,
        status: afterRefusal(
          settled,
          { action, failure: written.failure, generation: configuration.metadata.generation ?? 0 },
          nowMs,
        ),
        next: "backOff",
        failure: written.failure,
      };
    case "unknown":
      return { configuration, status: remembered, next: "backOff", failure: written.failure };
    default:
      return unreachable(written);
  }
}

/** The job as it is just now, for the calls that depend on it. `undefined`: go on. */
async function withheld(
  action: OutsideAction,
  { snapshot, ports, signal }: ActContext,
  access: EntraAccess,
): Promise<Failure | undefined> {
  const address = addressOf(action, snapshot);
  if (address === undefined) return undefined;
  const live = await ports.entra.jobs.job(access, address, signal);
  // Deleted by somebody else: there is nothing left that could be done wrong.
  if (live.kind === "missing") return action.kind === "delete" ? undefined : CHANGED;
  if (live.kind === "failed") return live.failure;
  return isAsDecided(action, live.value, snapshot) ? undefined : CHANGED;
}

const CHANGED: Failure = {
  class: "Wait",
  reason: "JobChanged",
  message: "The job changed between the decision and the call, so the call was not made.",
  fix: "None: looked at anew.",
};

function isAsDecided(
  action: OutsideAction,
  live: SynchronizationJob,
  { configuration }: ConfigurationSnapshot,
): boolean {
  const quarantine = quarantineOf(live, configuration.status.jobs);
  if (action.kind === "restart" && action.cause.kind !== "change")
    return quarantine?.isLive === true && live.status.code !== "Paused";
  if (quarantine !== undefined) return false;
  return action.kind !== "start" || live.status.code === "Paused";
}

function addressOf(action: OutsideAction, { entra }: ConfigurationSnapshot) {
  const servicePrincipalID = entra.kind === "read" ? entra.shell.servicePrincipal.id : undefined;
  if (servicePrincipalID === undefined) return undefined;
  if (action.kind === "delete") return action.what === "job" ? { servicePrincipalID, jobID: action.id } : undefined;
  if ("jobID" in action) return { servicePrincipalID, jobID: action.jobID };
  // Secrets are those of all jobs of the configuration.
  const [job] = entra.kind === "read" ? entra.shell.jobs : [];
  return action.kind === "replaceSecrets" && job !== undefined ? { servicePrincipalID, jobID: job.id } : undefined;
}

interface Called {
  readonly written: Written<unknown>;
  readonly made: Made;
}

async function call(
  action: OutsideAction,
  { snapshot, ports, signal }: ActContext,
  access: EntraAccess,
): Promise<Called> {
  const { applications, jobs, secrets, schema } = ports.entra;
  const servicePrincipalID =
    action.kind === "delete"
      ? action.servicePrincipalID
      : snapshot.entra.kind === "read"
        ? snapshot.entra.shell.servicePrincipal.id
        : "";
  const plain = async (written: Promise<Written<unknown>>): Promise<Called> => ({ written: await written, made: {} });
  switch (action.kind) {
    case "instantiate": {
      const { templateID, displayName } = action;
      const written = await applications.instantiate(access, { templateID, displayName }, signal);
      if (written.kind !== "done") return { written, made: {} };
      return {
        written,
        made: { servicePrincipalID: written.value.servicePrincipalID, applicationID: written.value.applicationID },
      };
    }
    case "createJob":
      return plain(jobs.create(access, { servicePrincipalID, templateID: action.templateID }, signal));
    case "replaceSecrets":
      return plain(secrets.replace(access, servicePrincipalID, action.secrets, signal));
    case "replaceSchema":
      return plain(schema.replace(access, { servicePrincipalID, jobID: action.jobID }, action.schema, signal));
    case "start":
      return plain(jobs.start(access, { servicePrincipalID, jobID: action.jobID }, signal));
    case "pause":
      return plain(jobs.pause(access, { servicePrincipalID, jobID: action.jobID }, signal));
    case "restart":
      return plain(jobs.restart(access, { servicePrincipalID, jobID: action.jobID }, action.flags, signal));
    case "delete":
      switch (action.what) {
        case "job":
          return plain(jobs.remove(access, { servicePrincipalID, jobID: action.id }, signal));
        case "servicePrincipal":
          return plain(applications.deleteServicePrincipal(access, action.id, signal));
        case "application":
          return plain(applications.deleteApplication(access, action.id, signal));
        default:
          return unreachable(action.what);
      }
    default:
      return unreachable(action);
  }
}
