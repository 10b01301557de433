/**
 * How an apply that would take another manager's fields is told.
 * Source: apimachinery, util/managedfields/internal/conflict.go; structured-merge-diff, fieldpath/path.go.
 */
import type { JsonObject } from "../json.ts";
import { membersOf } from "./field-set.ts";
import type { FieldSet } from "./field-set.ts";
import type { ManagerEntry } from "./managed.ts";

export interface Conflict {
  readonly manager: ManagerEntry;
  readonly fields: FieldSet;
}

/** The apply must not go through without force. */
export class ApplyConflict extends Error {
  readonly causes: readonly JsonObject[];

  constructor(conflicts: readonly Conflict[]) {
    const told = conflicts
      .map(({ manager, fields }) => ({ who: printed(manager), paths: [...membersOf(fields)].map(pathText) }))
      .sort((left, right) => (left.who < right.who ? -1 : 1));
    super(messageOf(told));
    this.causes = told.flatMap(({ who, paths }) =>
      paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field })),
    );
  }
}

function messageOf(told: readonly { readonly who: string; readonly paths: readonly string[] }[]): string {
  const count = told.reduce((sum, { paths }) => sum + paths.length, 0);
  if (count === 1)
    return `Apply failed with 1 conflict: conflict with ${told[0]?.who ?? ""}: ${told[0]?.paths[0] ?? ""}`;
  const lines = told.flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)]);
  return `Apply failed with ${count} conflicts: ${lines.join("\n")}`;
}

/** The time of an update manager is not part of its identity, so it is not told. */
function printed({ manager, subresource, operation, apiVersion }: ManagerEntry): string {
  const named = JSON.stringify(manager);
  const placed = subresource === undefined ? named : `${named} with subresource ${JSON.stringify(subresource)}`;
  return operation === "Update" ? `${placed} using ${apiVersion}` : placed;
}

export function pathText(path: readonly string[]): string {
  return path.map(elementText).join("");
}

function elementText(element: string): string {
  const rest = element.slice(2);
  switch (element.charAt(0)) {
    case "f":
      return `.${rest}`;
    case "v":
      return `[=${rest}]`;
    default: {
      const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
    }
  }
}
