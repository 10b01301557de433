/**
 * Whether scope mode All may be written: the vendor supports it for tenants below three thresholds, and for so many groups and memberships.
 * Guarantees: what cannot be counted, or told by a rule that is evaluated here, is no permission (S5).
 * Caveat: the vendor's threshold of a million memberships in the whole tenant is not checked; no call counts them.
 * Source: entra-graph reference, 3.2 and 8.1.
 */
import type { Group } from "../../entra/groups/port.ts";
import { hold, type Hold } from "./action.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { admits, type FilterGroup } from "./filter.ts";
import type { Edit } from "./impact.ts";

/** Of the whole tenant. */
export interface TenantSize {
  readonly users: number;
  readonly groups: number;
}

export interface AllScope {
  readonly size: TenantSize;
  /** Groups that the filters admit for certain, and those of which it cannot be told. */
  readonly certain: readonly Group[];
  readonly doubtful: readonly Group[];
  /** `undefined`: not counted yet. */
  readonly membersOf: (groupID: string) => number | undefined;
}

/** The edit brings objects in by mode All: the switch itself, or other filters under it. */
export function reachesIntoAll({ before, after, areFiltersChanged }: Edit): boolean {
  return after.isAllScope && (!before.isAllScope || areFiltersChanged);
}

export function admittedBy(
  filters: readonly FilterGroup[],
  groups: readonly Group[],
): Pick<AllScope, "certain" | "doubtful"> {
  const answers = groups.map((group) => ({ group, isIn: admits(filters, group) }));
  const of = (wanted: boolean | undefined): readonly Group[] =>
    answers.flatMap(({ group, isIn }) => (isIn === wanted ? [group] : []));
  return { certain: of(true), doubtful: of(undefined) };
}

/** Worth a count of their members: there are not too many of them already. */
export function groupsToCount({ certain, doubtful }: Pick<AllScope, "certain" | "doubtful">): readonly string[] {
  const all = [...certain, ...doubtful];
  return all.length > CONFIGURATION_BOUNDS.allModeGroupsMax ? [] : all.map(({ id }) => id);
}

/** The first limit that is exceeded, or that nobody can say is kept. */
export function judgeAllScope(scope: AllScope): Hold | undefined {
  const { tenantUsersMax, tenantGroupsMax, allModeGroupsMax, allModeMembershipsMax } = CONFIGURATION_BOUNDS;
  const { size, certain, doubtful } = scope;
  return (
    tenantLimit(size.users, tenantUsersMax, "users") ??
    tenantLimit(size.groups, tenantGroupsMax, "groups") ??
    scopeLimit({ certain: certain.length, doubtful: doubtful.length }, allModeGroupsMax, "groups") ??
    uncounted(scope) ??
    scopeLimit(
      { certain: sumOf(certain, scope), doubtful: sumOf(doubtful, scope) },
      allModeMembershipsMax,
      "memberships",
    )
  );
}

function tenantLimit(found: number, max: number, what: string): Hold | undefined {
  if (found <= max) return undefined;
  const message = `The vendor supports scope.mode All up to ${max} ${what} in the tenant, and it has ${found}: set scope.mode to Selected.`;
  return hold("stalled", "OverLimit", message);
}

function scopeLimit(
  { certain, doubtful }: { readonly certain: number; readonly doubtful: number },
  max: number,
  what: string,
): Hold | undefined {
  if (certain > max) {
    const message = `The filters admit ${certain} ${what}, and scope.mode All may have ${max}: narrow scope.attributeFilters, or set scope.mode to Selected.`;
    return hold("stalled", "OverLimit", message);
  }
  if (certain + doubtful <= max) return undefined;
  const message = `Whether the filters admit more than the ${max} ${what} that scope.mode All may have cannot be told: regular expressions and most attributes are not evaluated here, and ${certain + doubtful} are possible. Filter with EQUALS on displayName, or set scope.mode to Selected.`;
  return hold("stalled", "LimitUnknown", message);
}

function uncounted({ certain, doubtful, membersOf }: AllScope): Hold | undefined {
  const all = [...certain, ...doubtful];
  if (all.every(({ id }) => membersOf(id) !== undefined)) return undefined;
  return hold(
    "waiting",
    "CountingMembers",
    `The members of ${all.length} groups are counted before anything of scope.mode All is written.`,
  );
}

function sumOf(groups: readonly Group[], { membersOf }: AllScope): number {
  return groups.reduce((sum, { id }) => sum + (membersOf(id) ?? 0), 0);
}
