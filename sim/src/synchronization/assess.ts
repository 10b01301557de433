/** Whether a group belongs into AD, and if not, why. Guarantees: reads only; the answer is the same for cycles and for runs on demand. */
import type { EntraDirectory } from "../entra/directory.ts";
import type { DirectoryGroup } from "../entra/objects.ts";
import { CLOUDS } from "../graph/clouds.ts";
import type { Configuration } from "./configuration.ts";
import type { SourceAttributes } from "./expression/evaluate.ts";
import type { Job } from "./job.ts";
import { clauseHolds } from "./schema/operators.ts";
import type { FilterGroup, ObjectMapping } from "./schema/shapes.ts";
import { isSyncAll } from "./secrets.ts";
import { groupAttributes, isEligible } from "./source-group.ts";

export type Assessment =
  | {
      readonly kind: "inScope";
      readonly group: DirectoryGroup;
      readonly mapping: ObjectMapping;
      readonly source: SourceAttributes;
    }
  /** Not looked at, and not deprovisioned either: the built-in filter, `inputFilterGroups`, a mapping that is switched off. */
  | { readonly kind: "ignored"; readonly group: DirectoryGroup; readonly reason: string }
  | { readonly kind: "outOfScope"; readonly group: DirectoryGroup | undefined; readonly reason: OutOfScopeReason }
  /** Deleted for good. */
  | { readonly kind: "gone" };
export type OutOfScopeReason = "NotEffectivelyEntitled" | "FilteredByScopingFilter" | "SoftDeleted";

export interface AssessmentParts {
  readonly directory: EntraDirectory;
  readonly configuration: Configuration;
  readonly obeysSyncAll: boolean;
}

export function groupMapping(job: Job): ObjectMapping | undefined {
  return job.schema.rules
    .flatMap(({ objectMappings }) => objectMappings)
    .find(({ sourceObjectName }) => sourceObjectName === "Group");
}

export function assess(groupID: string, job: Job, parts: AssessmentParts): Assessment {
  const group = parts.directory.get("group", groupID);
  if (group === undefined) {
    const isRestorable = parts.directory.deleted(groupID) !== undefined;
    return isRestorable ? { kind: "outOfScope", group: undefined, reason: "SoftDeleted" } : { kind: "gone" };
  }
  const mapping = groupMapping(job);
  if (mapping?.isEnabled !== true) return { kind: "ignored", group, reason: "ObjectMappingDisabled" };
  if (!isEligible(group)) return { kind: "ignored", group, reason: "NotASupportedGroup" };
  const source = groupAttributes(group);
  if (!passes(mapping.scope.inputFilterGroups, source)) return { kind: "ignored", group, reason: "FilteredAtImport" };
  if (!isEntitled(groupID, parts)) return { kind: "outOfScope", group, reason: "NotEffectivelyEntitled" };
  if (!passes(mapping.scope.groups, source)) return { kind: "outOfScope", group, reason: "FilteredByScopingFilter" };
  return { kind: "inScope", group, mapping, source };
}

export function isAllInScope({ configuration, obeysSyncAll }: AssessmentParts): boolean {
  return obeysSyncAll && isSyncAll(configuration.secrets());
}

/** Assigned with the scope role of the cloud, or all are. */
function isEntitled(groupID: string, parts: AssessmentParts): boolean {
  if (isAllInScope(parts)) return true;
  const { servicePrincipalID, cloud } = parts.configuration;
  return parts.directory
    .assignmentsOf(groupID)
    .some(({ resourceId, appRoleId }) => resourceId === servicePrincipalID && appRoleId === CLOUDS[cloud].scopeRoleID);
}

/** Clauses are ANDed, groups are ORed; no group, no filter. */
function passes(groups: readonly FilterGroup[], source: SourceAttributes): boolean {
  if (groups.length === 0) return true;
  return groups.some(({ clauses }) => clauses.every((clause) => clauseHolds(clause, source(clause.sourceOperandName))));
}
