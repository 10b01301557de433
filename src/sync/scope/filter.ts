/**
 * Filters over groups: their tree, their canonical text, and whether a group whose facts are known matches.
 * Guarantees: the canonical text of a tree parses to the same tree; a fact that was not readable makes the answer "unknown", never "no" (S5).
 * Never: passes a text of a user on to Graph; only what `filterText` writes leaves.
 */
import type { Group } from "../../entra/groups/port.ts";
import { unreachable } from "../../runtime/unreachable.ts";

/** Properties that a filter may name: those that the operator reads itself, so that it can judge a change by its own eyes. */
export const TEXT_PROPERTIES = ["displayName"] as const;
export const FLAG_PROPERTIES = ["securityEnabled", "mailEnabled", "onPremisesSyncEnabled"] as const;

export type GroupFilter =
  | { readonly kind: "equals"; readonly property: "displayName"; readonly value: string }
  | { readonly kind: "startsWith"; readonly property: "displayName"; readonly value: string }
  | { readonly kind: "flag"; readonly property: (typeof FLAG_PROPERTIES)[number]; readonly value: boolean }
  | { readonly kind: "groupType"; readonly value: string }
  | { readonly kind: "and" | "or"; readonly terms: readonly GroupFilter[] }
  | { readonly kind: "not"; readonly term: GroupFilter };

/** OData text; quotes inside values are doubled, as OData 4.01 (URL conventions, 5.1.1.6.1) wants them. */
export function filterText(filter: GroupFilter): string {
  switch (filter.kind) {
    case "equals":
      return `${filter.property} eq ${quoted(filter.value)}`;
    case "startsWith":
      return `startswith(${filter.property},${quoted(filter.value)})`;
    case "flag":
      return `${filter.property} eq ${filter.value}`;
    case "groupType":
      return `groupTypes/any(t:t eq ${quoted(filter.value)})`;
    case "and":
    case "or":
      return filter.terms.map(nestedText).join(` ${filter.kind} `);
    case "not":
      return `not(${filterText(filter.term)})`;
    default:
      return unreachable(filter);
  }
}

function nestedText(term: GroupFilter): string {
  return term.kind === "and" || term.kind === "or" ? `(${filterText(term)})` : filterText(term);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export type Match = "yes" | "no" | "unknown";

/** Compares names without case, as Graph does for directory objects [I]. */
export function matchOf(filter: GroupFilter, group: Group): Match {
  switch (filter.kind) {
    case "equals":
      return answer(folded(group.displayName) === folded(filter.value));
    case "startsWith":
      return answer(folded(group.displayName).startsWith(folded(filter.value)));
    case "flag": {
      const fact = flagOf(filter.property, group);
      return fact === undefined ? "unknown" : answer(fact === filter.value);
    }
    case "groupType":
      return group.groupTypes === undefined ? "unknown" : answer(group.groupTypes.includes(filter.value));
    case "and":
      return combined(
        filter.terms.map((term) => matchOf(term, group)),
        "no",
        "yes",
      );
    case "or":
      return combined(
        filter.terms.map((term) => matchOf(term, group)),
        "yes",
        "no",
      );
    case "not": {
      const inner = matchOf(filter.term, group);
      return inner === "unknown" ? "unknown" : inner === "yes" ? "no" : "yes";
    }
    default:
      return unreachable(filter);
  }
}

function combined(answers: readonly Match[], decisive: Match, otherwise: Match): Match {
  if (answers.includes(decisive)) return decisive;
  return answers.includes("unknown") ? "unknown" : otherwise;
}

function flagOf(property: (typeof FLAG_PROPERTIES)[number], group: Group): boolean | undefined {
  switch (property) {
    case "securityEnabled":
      return group.isSecurityEnabled;
    case "mailEnabled":
      return group.isMailEnabled;
    case "onPremisesSyncEnabled":
      return group.isSyncedFromAD;
    default:
      return unreachable(property);
  }
}

function answer(holds: boolean): Match {
  return holds ? "yes" : "no";
}

export function folded(name: string): string {
  return name.toLowerCase();
}
