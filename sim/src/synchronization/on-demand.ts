/**
 * Provisioning of one group now (entra-graph reference, 5.1; G1:synchronization-synchronizationjob-provisionondemand).
 * Guarantees: the same scope, mapping, account and write as a cycle; works on a job that was never started; adds the named members and removes none.
 * Never: changes what the next cycle looks at.
 */
import { isRecord } from "../core/input.ts";
import { badRequest } from "../graph/errors.ts";
import { assess, type Assessment } from "./assess.ts";
import { exportGroup, type Exported, type InScope, type ReachedPath } from "./group-export.ts";
import type { LogRecord, LogStep } from "./provisioning-log.ts";
import { referencesOf } from "./references.ts";
import { pathOf, type RunParts } from "./run.ts";
import { exportStep, importStep, matchingStep, outcomeOf, REDUNDANT, scopingStep } from "./steps.ts";
import type { EntryProblem } from "./target-values.ts";

export interface OnDemandRequest {
  readonly groupID: string;
  readonly memberIDs: readonly string[];
}

export interface OnDemandOutcome {
  readonly result: "Success" | "Skipped" | "Failure";
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly exported: Exported | undefined;
  readonly steps: readonly LogStep[];
  readonly name: string;
}

/** Members per request. */
const MEMBERS_MAX = 5;

/** @throws GraphError 400 for a body that the service would not take */
export function readOnDemand(body: unknown, ruleIDs: readonly string[]): OnDemandRequest {
  const parameters = isRecord(body) ? body.parameters : undefined;
  const first: unknown = Array.isArray(parameters) && parameters.length === 1 ? parameters[0] : undefined;
  if (!isRecord(first)) throw badRequest("parameters takes exactly one rule with its subjects.");
  if (!ruleIDs.includes(String(first.ruleId)))
    throw badRequest(`There is no synchronization rule '${String(first.ruleId)}'.`);
  const subject: unknown = Array.isArray(first.subjects) && first.subjects.length === 1 ? first.subjects[0] : undefined;
  if (!isRecord(subject) || typeof subject.objectId !== "string")
    throw badRequest("subjects takes exactly one object.");
  if (subject.objectTypeName !== "Group")
    throw badRequest(`The object type '${String(subject.objectTypeName)}' is not in the schema.`);
  return { groupID: subject.objectId, memberIDs: readMembers(subject.links) };
}

function readMembers(links: unknown): readonly string[] {
  const members = isRecord(links) ? (links.members ?? []) : [];
  if (!Array.isArray(members)) throw badRequest("links.members is a list.");
  if (members.length > MEMBERS_MAX)
    throw badRequest(`Only ${MEMBERS_MAX} members can be provisioned on demand at a time.`);
  return members.map((member: unknown) => {
    if (!isRecord(member) || typeof member.objectId !== "string") throw badRequest("A member has an objectId.");
    return member.objectId;
  });
}

export function provisionOnDemand(request: OnDemandRequest, parts: RunParts): OnDemandOutcome {
  const { job, directory, configuration, switches } = parts;
  const assessment = assess(request.groupID, job, { directory, configuration, obeysSyncAll: switches.obeysSyncAll });
  const name = ("group" in assessment ? assessment.group?.displayName : undefined) ?? request.groupID;
  if (assessment.kind === "gone" || (assessment.kind === "outOfScope" && assessment.group === undefined))
    return notFound(name);
  const steps = [importStep(name, { objectId: request.groupID }), scopingStep(assessment)];
  if (assessment.kind !== "inScope") return outOfScope(assessment, { name, steps });
  const path = pathOf(parts);
  if (!("kind" in path)) return unreached(path, { name, steps });
  const exported = exportNow(request, assessment, { parts, path });
  const told = [...steps, matchingStep(name, exported), exportStep(name, exported)];
  remember(exported, request.groupID, { parts, path, name, steps: told });
  return { ...verdict(exported), exported, name, steps: told };
}

function exportNow(
  { groupID, memberIDs }: OnDemandRequest,
  assessment: InScope,
  { parts, path }: { readonly parts: RunParts; readonly path: ReachedPath },
): Exported {
  const { job, directory, configuration } = parts;
  const named = memberIDs.filter((memberID) => directory.isMember(groupID, memberID));
  const { guids } = referencesOf(named, {
    directory,
    forest: path.forest,
    groupGUID: (memberID) => (job.entitled.has(memberID) ? job.linked.get(memberID) : undefined),
    writesOnPremisesMembers: configuration.writesOnPremisesMembers,
  });
  return exportGroup(assessment, { job, path, members: (present) => new Set([...present, ...guids]) });
}

function remember(
  exported: Exported,
  groupID: string,
  {
    parts,
    path,
    name,
    steps,
  }: {
    readonly parts: RunParts;
    readonly path: ReachedPath;
    readonly name: string;
    readonly steps: readonly LogStep[];
  },
): void {
  const { job, configuration, directory, nowMs, cycleID, record } = parts;
  const target = "target" in exported ? exported.target : undefined;
  if (target !== undefined && exported.kind !== "failed") job.linked.set(groupID, target.objectGUID);
  const { servicePrincipalID: id } = configuration;
  record({
    ...outcomeOf(exported),
    atMs: nowMs,
    jobID: job.id,
    cycleID,
    servicePrincipal: { id, displayName: directory.get("servicePrincipal", id)?.displayName ?? "" },
    source: { id: groupID, displayName: name },
    target:
      target === undefined
        ? undefined
        : { id: target.objectGUID, displayName: path.domain.groups.get(target.objectGUID)?.attributes["cn"] ?? "" },
    problem: exported.kind === "failed" ? exported.problem : undefined,
    steps,
    modified: exported.kind === "created" || exported.kind === "updated" ? exported.modified : [],
  });
}

type Verdict = Pick<OnDemandOutcome, "result" | "errorCode" | "errorMessage">;
interface Told {
  readonly name: string;
  readonly steps: readonly LogStep[];
}

function verdict(exported: Exported): Verdict {
  switch (exported.kind) {
    case "created":
    case "updated":
      return { result: "Success", errorCode: undefined, errorMessage: undefined };
    case "redundant":
      return { result: "Skipped", errorCode: "RedundantExport", errorMessage: REDUNDANT };
    case "notFlowing":
      return {
        result: "Skipped",
        errorCode: "ObjectMappingFlowTypes",
        errorMessage: "The object mapping does not flow this kind of change.",
      };
    case "failed":
      return { result: "Failure", errorCode: exported.problem.code, errorMessage: exported.problem.message };
  }
}

function outOfScope(
  assessment: Extract<Assessment, { readonly kind: "ignored" | "outOfScope" }>,
  { name, steps }: Told,
): OnDemandOutcome {
  const errorMessage = `The group '${name}' is not in scope of provisioning: ${assessment.reason}.`;
  return { result: "Skipped", errorCode: assessment.reason, errorMessage, exported: undefined, name, steps };
}

function unreached(problem: EntryProblem, { name, steps }: Told): OnDemandOutcome {
  const exported: Exported = { kind: "failed", problem, target: undefined };
  return { ...verdict(exported), exported, name, steps: [...steps, exportStep(name, exported)] };
}

/** "Deleted groups are not handled": what the answer looks like is not published [I]. */
function notFound(name: string): OnDemandOutcome {
  const errorMessage = `The group '${name}' could not be found in the source system.`;
  const step: LogStep = {
    name: "EntryImport",
    type: "Import",
    status: "Failure",
    description: errorMessage,
    details: {},
  };
  return { result: "Failure", errorCode: "EntryNotFound", errorMessage, exported: undefined, name, steps: [step] };
}

/** Key and value as they cross the wire: JSON inside text. @param isValueEmpty `{}` is documented for groups */
export function onDemandAnswer(
  outcome: OnDemandOutcome,
  {
    groupID,
    record,
    nowMs,
    isValueEmpty,
  }: {
    readonly groupID: string;
    readonly record: LogRecord | undefined;
    readonly nowMs: number;
    readonly isValueEmpty: boolean;
  },
): { readonly key: string; readonly value: string } {
  const { result, errorCode, errorMessage, exported, steps, name } = outcome;
  const details = errorCode === undefined ? {} : { errorCode, errorMessage };
  const key = JSON.stringify({ result, details });
  if (isValueEmpty) return { key, value: "{}" };
  const timestamp = new Date(nowMs).toISOString();
  const target = exported !== undefined && "target" in exported ? exported.target : undefined;
  const isFailure = result === "Failure";
  const value = {
    action: actionWord(exported),
    changeId: record?.changeID ?? null,
    startTime: timestamp,
    endTime: timestamp,
    reportableIdentifier: name,
    modifiedProperties: record?.modified ?? [],
    provisioningSteps: steps.map((step) => ({ ...step, timestamp })),
    statusInfo: {
      status: result,
      errorCode: isFailure ? (errorCode ?? null) : null,
      reason: isFailure ? (errorMessage ?? null) : null,
      additionalDetails: null,
      errorCategory: isFailure ? "NonServiceFailure" : null,
      recommendedAction: null,
    },
    sourceIdentity: { id: groupID, type: "Group", displayName: name, details: null },
    sourceSystem: { id: null, name: "Microsoft Entra ID", details: null },
    targetIdentity: {
      id: target?.objectGUID ?? null,
      type: "group",
      displayName: target?.attributes["cn"] ?? null,
      details: null,
    },
    targetSystem: { id: null, name: "Active Directory", details: null },
  };
  return { key, value: JSON.stringify(value) };
}

function actionWord(exported: Exported | undefined): string {
  if (exported?.kind === "created") return "Create";
  return exported?.kind === "updated" ? "Update" : "Other";
}
