/**
 * A record of the provisioning log as Graph shows it (entra-graph reference, 5.2). Pure.
 * The letter case of enum members varies in samples: where it shall, every second record writes them in Pascal case.
 */
import type { LogRecord } from "./provisioning-log.ts";
import { SOURCE_SYSTEM, TARGET_SYSTEM } from "./steps.ts";

type Document = Readonly<Record<string, unknown>>;

export function logView(
  record: LogRecord,
  { tenantID, isVarying }: { readonly tenantID: string; readonly isVarying: boolean },
): Document {
  const word = isVarying && record.sequence % 2 === 0 ? pascal : (text: string): string => text;
  return {
    id: record.id,
    activityDateTime: new Date(record.atMs).toISOString(),
    tenantId: tenantID,
    jobId: record.jobID,
    cycleId: record.cycleID,
    changeId: record.changeID,
    provisioningAction: word(record.action),
    durationInMilliseconds: 0,
    initiatedBy: { id: "", displayName: "Microsoft Entra Provisioning Service", initiatorType: word("system") },
    servicePrincipal: { id: record.servicePrincipal.id, displayName: record.servicePrincipal.displayName },
    sourceSystem: { id: null, displayName: SOURCE_SYSTEM, details: {} },
    targetSystem: { id: null, displayName: TARGET_SYSTEM, details: {} },
    sourceIdentity: {
      id: record.source.id,
      displayName: record.source.displayName,
      identityType: "Group",
      details: {},
    },
    targetIdentity: {
      id: record.target?.id ?? "",
      displayName: record.target?.displayName ?? "",
      identityType: "group",
      details: {},
    },
    provisioningStatusInfo: { status: word(record.status), errorInformation: errorView(record, word) },
    provisioningSteps: record.steps.map(({ name, type, status, description, details }) => ({
      name,
      provisioningStepType: word(type.toLowerCase()),
      status: word(status.toLowerCase()),
      description,
      details: { ...details },
    })),
    modifiedProperties: record.modified.map((one) => ({ ...one })),
  };
}

function errorView({ problem }: LogRecord, word: (text: string) => string): Document | null {
  if (problem === undefined) return null;
  return {
    errorCode: problem.code,
    reason: problem.message,
    errorCategory: word("nonServiceFailure"),
    additionalDetails: null,
    recommendedAction: null,
  };
}

function pascal(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
