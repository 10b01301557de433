/**
 * Brings one group into AD, or out of it: matching, comparison, the write through the agent's account.
 * Guarantees: what AD already holds is not written again; a group is found by what the job remembers, then by its join attributes; a failure leaves
 * AD as it was.
 */
import { GroupWriter, type WriteProblem } from "../ad/group-writer.ts";
import type { GroupObject } from "../ad/groups.ts";
import type { AgentPath } from "../core/guests.ts";
import type { Assessment } from "./assess.ts";
import type { Job } from "./job.ts";
import { modifiedProperties, targetState, type Modified, type TargetState } from "./target-state.ts";
import { targetValues, type EntryProblem, type TargetValues } from "./target-values.ts";

export type ReachedPath = Extract<AgentPath, { kind: "reached" }>;
export type InScope = Extract<Assessment, { kind: "inScope" }>;

export type Match =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly group: GroupObject }
  | { readonly kind: "ambiguous"; readonly problem: EntryProblem };

export type Exported =
  | {
      readonly kind: "created" | "updated";
      readonly target: GroupObject;
      readonly modified: readonly Modified[];
      readonly references: number;
    }
  | { readonly kind: "redundant"; readonly target: GroupObject }
  /** The object mapping's flowTypes leave it out. */
  | { readonly kind: "notFlowing" }
  | { readonly kind: "failed"; readonly problem: EntryProblem; readonly target: GroupObject | undefined };

/** Members per group (entra-graph reference, 8.1). */
const MEMBERS_MAX = 50_000;

/** @param members the references that the group shall have, from those that it has */
export function exportGroup(
  { group, mapping, source }: InScope,
  {
    job,
    path,
    members,
  }: {
    readonly job: Job;
    readonly path: ReachedPath;
    readonly members: (present: ReadonlySet<string>) => ReadonlySet<string>;
  },
): Exported {
  const mapped = targetValues(mapping, source);
  if (mapped.kind === "problem") return { kind: "failed", problem: mapped.problem, target: undefined };
  if (!path.domain.hasAnchorAttribute) return { kind: "failed", problem: NO_ANCHOR_ATTRIBUTE, target: undefined };
  const match = matchGroup(group.id, mapped.values, { job, path });
  if (match.kind === "ambiguous") return { kind: "failed", problem: match.problem, target: undefined };
  const existing = match.kind === "found" ? match.group : undefined;
  if (existing === undefined ? !mapping.adds : !mapping.updates) return { kind: "notFlowing" };
  const present = existing === undefined ? new Set<string>() : path.domain.groups.members(existing.objectGUID);
  const memberGUIDs = mapped.values.hasMembers ? members(present) : present;
  if (memberGUIDs.size > MEMBERS_MAX) return { kind: "failed", problem: TOO_MANY_MEMBERS, target: existing };
  return write(targetState(mapped.values, existing), { path, existing, memberGUIDs });
}

function write(
  state: TargetState,
  {
    path,
    existing,
    memberGUIDs,
  }: {
    readonly path: ReachedPath;
    readonly existing: GroupObject | undefined;
    readonly memberGUIDs: ReadonlySet<string>;
  },
): Exported {
  const modified = modifiedProperties(state, existing);
  const present = existing === undefined ? new Set<string>() : path.domain.groups.members(existing.objectGUID);
  const references = changedReferences(present, memberGUIDs);
  if (existing !== undefined && modified.length === 0 && references === 0)
    return { kind: "redundant", target: existing };
  const writer = new GroupWriter(path.domain, path.serviceAccount);
  const change = { ...state, memberGUIDs };
  const written = existing === undefined ? writer.create(change) : writer.change(existing, change);
  if (written.kind === "refused") return { kind: "failed", problem: entryProblem(written.problem), target: existing };
  return { kind: existing === undefined ? "created" : "updated", target: written.group, modified, references };
}

/** By what the job remembers, then by each join attribute in turn. */
export function matchGroup(
  groupID: string,
  values: TargetValues,
  { job, path }: { readonly job: Job; readonly path: ReachedPath },
): Match {
  const linked = path.domain.groups.get(job.linked.get(groupID) ?? "");
  if (linked !== undefined) return { kind: "found", group: linked };
  for (const { name, value } of values.joins) {
    const found = path.domain.groups.having(name, value);
    if (found.length > 1) return { kind: "ambiguous", problem: duplicates(name, value) };
    const [group] = found;
    if (group !== undefined) return { kind: "found", group };
  }
  return { kind: "none" };
}

/** @returns the reason why it is still there; `undefined`: it is gone */
export function removeGroup(groupID: string, job: Job, path: ReachedPath): EntryProblem | undefined {
  const target = path.domain.groups.get(job.linked.get(groupID) ?? "");
  if (target === undefined) return undefined;
  const removed = new GroupWriter(path.domain, path.serviceAccount).remove(target);
  return removed.kind === "refused" ? entryProblem(removed.problem) : undefined;
}

const NO_ANCHOR_ATTRIBUTE: EntryProblem = {
  code: "HybridSynchronizationActiveDirectoryInvalidParameter",
  message: "The attribute msDS-ExternalDirectoryObjectId does not exist in the schema of the directory.",
};
const TOO_MANY_MEMBERS: EntryProblem = {
  code: "GroupMembershipLimitExceeded",
  message: `The group has more than ${MEMBERS_MAX} members.`,
};

/** The code is known from the field [C]; the wording is made up. */
function duplicates(name: string, value: string): EntryProblem {
  return {
    code: "HybridSynchronizationActiveDirectoryUnexpectedDuplicateEntriesFound",
    message: `More than one object has ${name} ${value}.`,
  };
}

/** No list of these codes is published: names in the form of the known ones [unverified]. */
function entryProblem(problem: WriteProblem): EntryProblem {
  switch (problem.reason) {
    case "ContainerNotFound":
      return {
        code: "HybridSynchronizationActiveDirectoryObjectNotFound",
        message: `There is no container ${problem.place}.`,
      };
    case "AccessDenied":
      return {
        code: "HybridSynchronizationActiveDirectoryInsufficientAccessRights",
        message: `The agent's account lacks ${problem.right} on ${problem.place}. Access is denied.`,
      };
    case "NameTaken":
      return {
        code: "HybridSynchronizationActiveDirectoryObjectAlreadyExists",
        message: `The name is taken in ${problem.place}.`,
      };
    case "AccountNameTaken":
      return {
        code: "HybridSynchronizationActiveDirectoryAttributeValueNotUnique",
        message: "The sAMAccountName is not unique.",
      };
  }
}

function changedReferences(present: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  const added = [...wanted].filter((guid) => !present.has(guid)).length;
  const removed = [...present].filter((guid) => !wanted.has(guid)).length;
  return added + removed;
}
