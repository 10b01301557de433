/**
 * What a GroupScope declares, as group ids: by id, by name, by selector; pure, from what was read.
 * Guarantees: a name stands for the id that it was first bound to, and another group under that name is a change of identity that waits for a person;
 * what is declared and not admitted, not found or not readable is still declared, so that nothing leaves because of it (S5, S6).
 * Never: counts or names a group that the namespace was not granted.
 */
import type { GroupScopeSpec } from "../../api/group-scope.ts";
import type { Group } from "../../entra/groups/port.ts";
import { isGranted, isNameGranted, type Grant, type UnitMembers } from "./grant.ts";

export type Origin = "id" | "name" | "selector";

/** Every group that bore the name at a complete read; `unread` while there is none. */
export type NameReading = { readonly kind: "read"; readonly ids: readonly string[] } | { readonly kind: "unread" };

export interface SelectorReading {
  readonly ids: ReadonlySet<string>;
  /** Whether a second complete read said the same since groups were last missed. */
  readonly isAgreed: boolean;
}

export interface ScopeReadings {
  readonly groups: NonNullable<GroupScopeSpec["groups"]>;
  readonly names: ReadonlyMap<string, NameReading>;
  /** Absent: the scope has no selector. */
  readonly selector: SelectorReading | undefined;
  readonly displayNameOf: (id: string) => string | undefined;
  readonly bindings: ReadonlyMap<string, string>; // display name -> id
  readonly grant: Grant;
  readonly units: UnitMembers;
}

export interface Problem {
  readonly reason: "GroupNotFound" | "NameAmbiguous" | "IdentityChanged" | "NotGranted";
  readonly id?: string;
  readonly displayName?: string;
}

/** A name whose group is another one now: approving the plan that holds it binds the name anew. */
export interface Rebinding {
  readonly displayName: string;
  readonly from: string;
  readonly to: string;
  /** The former group is declared by id or selector as well, so it stays. */
  readonly isFormerKept: boolean;
}

export interface Resolution {
  /** May come in. */
  readonly admitted: ReadonlyMap<string, Origin>;
  /** Stays where it is in scope already; a superset of `admitted`. */
  readonly declared: ReadonlySet<string>;
  readonly bindings: ReadonlyMap<string, string>;
  readonly rebindings: readonly Rebinding[];
  readonly problems: readonly Problem[];
  readonly isSelectorEmpty: boolean;
  readonly isAgreed: boolean;
}

export function resolve(readings: ScopeReadings): Resolution {
  const { groups, selector, grant, units, bindings, displayNameOf } = readings;
  const admitted = new Map<string, Origin>();
  const declared = new Set<string>();
  const problems: Problem[] = [];
  const names = (groups.displayNames ?? []).map((displayName) => resolveName(displayName, readings));
  const declare = (id: string, origin: Origin): boolean => {
    declared.add(id);
    const isAdmitted = isGranted(grant, { id, displayName: displayNameOf(id) }, units);
    if (isAdmitted && !admitted.has(id)) admitted.set(id, origin);
    return isAdmitted;
  };
  for (const id of groups.ids ?? []) if (!declare(id, "id")) problems.push({ reason: "NotGranted", id });
  for (const name of names) {
    if (name.problem !== undefined) problems.push(name.problem);
    if (name.id !== undefined && !declare(name.id, "name") && name.problem === undefined)
      problems.push({ reason: "NotGranted", displayName: name.displayName });
  }
  // What a selector matches outside of the consent is none of the namespace's business: not counted, not named.
  for (const id of selector?.ids ?? []) declare(id, "selector");
  return {
    admitted,
    declared,
    // What was never granted is not bound: status would tell whether a group has the name, and its id.
    bindings: new Map(
      names.flatMap(({ displayName, id }) =>
        id !== undefined && (admitted.has(id) || bindings.has(displayName)) ? [[displayName, id] as const] : [],
      ),
    ),
    rebindings: names.flatMap(({ rebinding }) => (rebinding === undefined ? [] : [rebinding])),
    problems,
    isSelectorEmpty: selector !== undefined && selector.ids.size === 0,
    isAgreed: selector?.isAgreed ?? true,
  };
}

interface ResolvedName {
  readonly displayName: string;
  readonly id: string | undefined;
  readonly problem?: Problem;
  readonly rebinding?: Rebinding;
}

function resolveName(
  displayName: string,
  { groups, names, selector, bindings, grant, units }: ScopeReadings,
): ResolvedName {
  const reading = names.get(displayName) ?? { kind: "unread" };
  const bound = bindings.get(displayName);
  if (reading.kind === "unread") return { displayName, id: bound };
  const { ids } = reading;
  // Whether a name is taken is told only to those who may see the group, or any group of that name.
  const isVisible = isNameGranted(grant, displayName) || ids.some((id) => isGranted(grant, { id, displayName }, units));
  const problem = (reason: Problem["reason"]): Problem => ({
    reason: isVisible ? reason : "NotGranted",
    displayName,
  });
  if (bound !== undefined && ids.includes(bound)) {
    return ids.length === 1
      ? { displayName, id: bound }
      : { displayName, id: bound, problem: problem("NameAmbiguous") };
  }
  const [only] = ids;
  if (ids.length > 1) return { displayName, id: bound, problem: problem("NameAmbiguous") };
  if (only === undefined) return { displayName, id: bound, problem: problem("GroupNotFound") };
  if (bound === undefined) return { displayName, id: only };
  const isFormerKept = groups.ids?.includes(bound) === true || selector?.ids.has(bound) === true;
  const rebinding = { displayName, from: bound, to: only, isFormerKept };
  return { displayName, id: bound, problem: problem("IdentityChanged"), ...(isVisible ? { rebinding } : {}) };
}

/** The names that a changed group touches: it bears one now, or it is bound to one. */
export function touchedNames(
  displayNames: readonly string[],
  bindings: ReadonlyMap<string, string>,
  change: { readonly id: string; readonly group: Group | undefined },
): readonly string[] {
  const now = change.group?.displayName.toLowerCase();
  return displayNames.filter((name) => name.toLowerCase() === now || bindings.get(name) === change.id);
}
