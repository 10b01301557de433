/**
 * Why a run may not begin or go on: a run writes to AD, so it obeys everything that its configuration obeys.
 * Guarantees: the first refusal is named, in the order in which a person would look; what a person has to change is told from what may still come.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { TestSnapshot } from "./snapshot.ts";
import { nextRun } from "./schedule.ts";

export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** Nothing will change without a person. */
  readonly isStalled: boolean;
}

export function runRefusal(snapshot: TestSnapshot): Refusal | undefined {
  for (const check of CHECKS) {
    const refusal = check(snapshot);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

type Check = (snapshot: TestSnapshot) => Refusal | undefined;

const CHECKS: readonly Check[] = [
  scheduleReadable,
  configurationThere,
  connectorServed,
  subjectServed,
  tenantConsents,
  domainConsents,
  modeEnforces,
  notQuarantined,
  provisioned,
];

function scheduleReadable({ test, nowMs }: TestSnapshot): Refusal | undefined {
  const { schedule, timeZone } = test.spec;
  if (schedule === undefined) return undefined;
  const next = nextRun({ schedule, timeZone }, nowMs);
  if (next.kind !== "invalid") return undefined;
  return stalled("ScheduleUnreadable", `The schedule cannot be read (${next.message}): correct schedule or timeZone.`);
}

function configurationThere({ test, configuration }: TestSnapshot): Refusal | undefined {
  const { name } = test.spec.configurationRef;
  if (configuration === undefined)
    return waiting("ConfigurationNotFound", `There is no SyncConfiguration ${name} in this namespace yet.`);
  if (configuration.metadata.deletionTimestamp !== undefined)
    return waiting("ConfigurationGoing", `SyncConfiguration ${name} is being deleted.`);
  return undefined;
}

function connectorServed({ configuration }: TestSnapshot): Refusal | undefined {
  if (configuration === undefined || configuration.spec.connector === "EntraToAD") return undefined;
  const message = `On-demand tests of ${configuration.spec.connector} are not part of this version.`;
  return stalled("ConnectorNotSupported", message);
}

function subjectServed({ test }: TestSnapshot): Refusal | undefined {
  if (test.spec.subject.user === undefined) return undefined;
  return stalled("SubjectNotSupported", "An Entra-to-AD configuration provisions groups: set subject.group.");
}

function tenantConsents({ tenant }: TestSnapshot): Refusal | undefined {
  return referred("EntraTenant", "TenantNotFound", tenant.kind);
}

function domainConsents({ domain }: TestSnapshot): Refusal | undefined {
  return referred("ADDomain", "DomainNotFound", domain.kind);
}

function referred(kind: string, absentReason: string, found: string): Refusal | undefined {
  if (found === "absent") return waiting(absentReason, `The ${kind} of the configuration is not there yet.`);
  if (found === "refused") {
    const message = `The ${kind} of the configuration does not admit this namespace: see its spec.allowedNamespaces.`;
    return stalled("NotConsented", message);
  }
  return undefined;
}

function modeEnforces({ mode }: TestSnapshot): Refusal | undefined {
  return mode.kind === "enforce" ? undefined : waiting(mode.reason, mode.message);
}

function notQuarantined({ configuration }: TestSnapshot): Refusal | undefined {
  const job = configuration?.status.jobs?.find(({ quarantine }) => quarantine !== undefined);
  return job?.quarantine === undefined ? undefined : quarantined(job.quarantine.reason);
}

/** S6: while a job is quarantined nothing is provisioned past it. */
export function quarantined(reason: string): Refusal {
  return waiting(
    "Quarantined",
    `The job is quarantined (${reason}): nothing is provisioned until that is settled in its SyncConfiguration.`,
  );
}

function provisioned({ configuration }: TestSnapshot): Refusal | undefined {
  if (configuration === undefined) return undefined;
  const { status } = configuration;
  if (
    !isTrue(configuration, "Provisioned") ||
    status.servicePrincipalID === undefined ||
    groupJob(configuration) === undefined
  )
    return waiting("NotProvisioned", "The configuration does not stand in Entra yet: see its conditions.");
  // While it stands still, a run under a schema that is still to be written could put the group into the wrong container.
  const open = ["SchemaInSync", "SecretsInSync"].find((type) => !isTrue(configuration, type));
  if (isJobRunning(configuration) || open === undefined) return undefined;
  return waiting("ConfigurationNotInSync", `The configuration is not as declared yet (${open}): see its conditions.`);
}

/** The job that provisions groups to AD; recognised by the start of its id (entra-graph reference, 1). */
export function groupJob({ status }: SyncConfiguration): { readonly id: string } | undefined {
  return status.jobs?.find(({ id }) => id.split(".")[0] === GROUP_JOB);
}
const GROUP_JOB = "AAD2ADGroupProvisioning";

/** Whether the job provisions by itself under the schema that it has: then a run brings nothing that the next cycle would not. */
export function isJobRunning({ status }: SyncConfiguration): boolean {
  return status.jobs?.some(({ state }) => state === "Active") === true;
}

function isTrue({ metadata, status }: SyncConfiguration, type: string): boolean {
  const condition = status.conditions?.find((one) => one.type === type);
  return condition?.status === "True" && condition.observedGeneration === metadata.generation;
}

function waiting(reason: string, message: string): Refusal {
  return { reason, message, isStalled: false };
}

function stalled(reason: string, message: string): Refusal {
  return { reason, message, isStalled: true };
}
