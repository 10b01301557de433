/**
 * Which objects an edit lets leave scope or move to another container.
 * Guarantees: a number only from complete reads and rules that can be evaluated here; everything else is "not known", never 0 (S6).
 */
import type { Group } from "../../entra/groups/port.ts";
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import { admits, type FilterGroup } from "./filter.ts";
import type { ContainerOf } from "./target-container.ts";

/** What decides who is provisioned and where, before or after an edit. */
export interface Reach {
  readonly isAllScope: boolean;
  readonly filters: readonly FilterGroup[];
  readonly containerOf: ContainerOf;
  readonly domain: string | undefined;
}

export interface Edit {
  readonly before: Reach;
  readonly after: Reach;
  readonly isContainerChanged: boolean;
  readonly areFiltersChanged: boolean;
}

export interface Impact {
  /** Ids in order; `undefined`: not known. */
  readonly leaving: readonly string[] | undefined;
  readonly moving: readonly string[] | undefined;
}

export const NO_IMPACT: Impact = { leaving: [], moving: [] };
const NOT_KNOWN: Impact = { leaving: undefined, moving: undefined };

/** A job that never ran has provisioned nothing but what a test asked for. */
export function hasRun({ status }: SynchronizationJob): boolean {
  const { lastExecution, steadyStateFirstMs, code } = status;
  return lastExecution !== undefined || steadyStateFirstMs !== undefined || !["Paused", "NotConfigured"].includes(code);
}

export function canShrinkOrMove({ before, after, isContainerChanged, areFiltersChanged }: Edit): boolean {
  const isDomainChanged = before.domain !== undefined && before.domain !== after.domain;
  return (
    isDomainChanged ||
    isContainerChanged ||
    before.isAllScope !== after.isAllScope ||
    (areFiltersChanged && before.isAllScope)
  );
}

/** Whether the groups of the tenant have to be read to judge the edit; the assigned ones always are. */
export function needsAllGroups({ before, after }: Edit): boolean {
  return before.isAllScope || after.isAllScope;
}

export function impactOf(
  edit: Edit,
  { groups, assigned }: { readonly groups: readonly Group[] | undefined; readonly assigned: readonly Group[] },
  provisionedCount: number | undefined,
): Impact {
  const { before, after } = edit;
  if (before.domain !== undefined && before.domain !== after.domain) return NOT_KNOWN;
  const assignedIDs = new Set(assigned.map(({ id }) => id));
  const inReach = (reach: Reach, group: Group): boolean | undefined =>
    reach.isAllScope ? admits(reach.filters, group) : assignedIDs.has(group.id);
  const known = needsAllGroups(edit) ? groups : assigned;
  // An empty tenant is likelier a list that lies (S5).
  if (known === undefined || (needsAllGroups(edit) && known.length === 0)) return NOT_KNOWN;
  const knownIDs = new Set(known.map(({ id }) => id));
  const all = [...known, ...assigned.filter(({ id }) => !knownIDs.has(id))];
  const inScope = all.filter((group) => inReach(before, group) !== false);
  // More are provisioned than were read: a list that lies, or objects that nobody can name.
  if (provisionedCount !== undefined && provisionedCount > inScope.length) return NOT_KNOWN;
  const staying = inScope.filter((group) => inReach(after, group) !== false);
  return {
    leaving: leavingOf(inScope, (reach, group) => inReach(reach, group), edit),
    moving: movingOf(staying, edit),
  };
}

function leavingOf(
  inScope: readonly Group[],
  inReach: (reach: Reach, group: Group) => boolean | undefined,
  { before, after }: Edit,
): readonly string[] | undefined {
  const leaving: string[] = [];
  for (const group of inScope) {
    const answers = [inReach(before, group), inReach(after, group)];
    if (answers[1] === true) continue;
    if (answers.includes(undefined)) return undefined;
    leaving.push(group.id);
  }
  return leaving.sort();
}

function movingOf(
  staying: readonly Group[],
  { before, after, isContainerChanged }: Edit,
): readonly string[] | undefined {
  if (!isContainerChanged) return [];
  const moving: string[] = [];
  for (const group of staying) {
    const [from, to] = [before.containerOf(group), after.containerOf(group)];
    if (from === undefined || to === undefined) return undefined;
    if (from !== to) moving.push(group.id);
  }
  return moving.sort();
}

/** The vendor's own count of provisioned groups; the key's spelling is not published, so any that names groups. */
export function provisionedGroups({ status }: SynchronizationJob): number | undefined {
  const entry = Object.entries(status.entryCounts).find(([key]) => key.toLowerCase().includes("group"));
  return entry?.[1];
}
