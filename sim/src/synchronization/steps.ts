/**
 * The steps of a provisioning as log and on-demand answers tell them (names and details from the samples of
 * G1:synchronization-synchronizationjob-provisionondemand). Pure.
 */
import type { Assessment } from "./assess.ts";
import type { Exported } from "./group-export.ts";
import type { LogAction, LogStatus, LogStep } from "./provisioning-log.ts";
import type { EntryProblem } from "./target-values.ts";

export const SOURCE_SYSTEM = "Microsoft Entra ID";
export const TARGET_SYSTEM = "Active Directory";

export function importStep(name: string, details: Readonly<Record<string, string>>): LogStep {
  const description = `Retrieved Group '${name}' from ${SOURCE_SYSTEM}`;
  return { name: "EntryImport", type: "Import", status: "Success", description, details };
}

export function scopingStep(assessment: Assessment): LogStep {
  const isInScope = assessment.kind === "inScope";
  const reason = "reason" in assessment ? assessment.reason : "";
  return {
    name: "EntrySynchronizationScoping",
    type: "Scoping",
    status: isInScope ? "Success" : "Skipped",
    description: "Determine if Group in scope by evaluating against each scoping filter",
    details: {
      "Active in the source system": "True",
      "Assigned to the application": reason === "NotEffectivelyEntitled" ? "False" : "True",
      "Scoping filter evaluation passed": isInScope ? "True" : "False",
      ...(!isInScope && { SkipReason: reason }),
    },
  };
}

export function matchingStep(name: string, exported: Exported): LogStep {
  const isFound = exported.kind === "updated" || exported.kind === "redundant";
  const problem = exported.kind === "failed" && exported.target === undefined ? exported.problem : undefined;
  const isAmbiguous = problem?.code.includes("UnexpectedDuplicateEntries") === true;
  return {
    name: "EntryImport",
    type: "Matching",
    status: isAmbiguous ? "Failure" : "Success",
    description: isFound
      ? `Retrieved '${name}' from ${TARGET_SYSTEM}`
      : `No object in ${TARGET_SYSTEM} matches '${name}'`,
    details: problem !== undefined && isAmbiguous ? problemDetails(problem) : {},
  };
}

export function exportStep(name: string, exported: Exported): LogStep {
  const step = { type: "Export" } as const;
  switch (exported.kind) {
    case "created":
      return {
        ...step,
        name: "EntryExportAdd",
        status: "Success",
        description: `Group '${name}' was created in ${TARGET_SYSTEM}`,
        details: {},
      };
    case "updated":
      return {
        ...step,
        name: "EntryExportUpdate",
        status: "Success",
        description: `Group '${name}' was updated in ${TARGET_SYSTEM}`,
        details: {},
      };
    case "redundant":
      return {
        ...step,
        name: "EntrySynchronizationSkip",
        status: "Skipped",
        description: REDUNDANT,
        details: { SkipReason: "RedundantExport" },
      };
    case "notFlowing":
      return {
        ...step,
        name: "EntrySynchronizationSkip",
        status: "Skipped",
        description: "The object mapping does not flow this kind of change",
        details: { SkipReason: "ObjectMappingFlowTypes" },
      };
    case "failed":
      return {
        ...step,
        name: "EntryExport",
        status: "Failure",
        description: `Failed to write Group '${name}' to ${TARGET_SYSTEM}. ${exported.problem.message}`,
        details: problemDetails(exported.problem),
      };
  }
}

export const REDUNDANT = "The state of the group in both the source and target systems already match.";

export function problemDetails({ code, message }: EntryProblem): Readonly<Record<string, string>> {
  return { ErrorCode: code, ErrorMessage: message };
}

export function outcomeOf(exported: Exported): { readonly action: LogAction; readonly status: LogStatus } {
  switch (exported.kind) {
    case "created":
      return { action: "create", status: "success" };
    case "updated":
      return { action: "update", status: "success" };
    case "redundant":
    case "notFlowing":
      return { action: "other", status: "skipped" };
    case "failed":
      return { action: exported.target === undefined ? "create" : "update", status: "failure" };
  }
}
