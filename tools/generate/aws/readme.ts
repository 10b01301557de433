/**
 * The tables of deploy/aws/README.md, between its markers; the rest of the page is written by hand.
 * Guarantees: a row for every action of a policy, from the statement that holds it; a page without its markers is refused.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BOOTSTRAP_STATEMENTS, RUNTIME_STATEMENTS } from "./host-statements.ts";
import { OPERATOR_STATEMENTS } from "./operator-statements.ts";
import { PARAMETERS } from "./parameters.ts";
import { CONTROL_STATEMENTS } from "./service-control-statements.ts";
import type { StatementSource } from "./statement.ts";

const README = join(import.meta.dirname, "../../../deploy/aws/README.md");

const TABLES: Readonly<Record<string, () => string>> = {
  "operator actions": () => actionTable(OPERATOR_STATEMENTS),
  "bootstrap actions": () => actionTable(BOOTSTRAP_STATEMENTS),
  "runtime actions": () => actionTable(RUNTIME_STATEMENTS),
  "service control": () => actionTable(CONTROL_STATEMENTS),
  parameters: parameterTable,
};

export function readmeText(): string {
  return Object.entries(TABLES).reduce(
    (page, [name, table]) => between(page, name, table()),
    readFileSync(README, "utf8"),
  );
}

function between(page: string, name: string, content: string): string {
  const [from, to] = [`<!-- ${name}: generated -->\n`, `<!-- ${name}: end -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`deploy/aws/README.md has no place for the table "${name}"`);
  return `${page.slice(0, start + from.length)}\n${content}\n\n${page.slice(end)}`;
}

function actionTable(statements: readonly StatementSource[]): string {
  const rows = statements.flatMap(({ sid, effect, actions, resources, conditions }) =>
    Object.entries(actions).map(([action, why]) =>
      row([
        code(action),
        effect === "Deny" ? `${sid} (Deny)` : sid,
        why,
        resources.map(code).join(", "),
        shown(conditions),
      ]),
    ),
  );
  return [row(["Action", "Statement", "Why", "On", "Only if"]), row(["---", "---", "---", "---", "---"]), ...rows].join(
    "\n",
  );
}

/** `key operator values`, one after the other. */
function shown(conditions: StatementSource["conditions"] = {}): string {
  return Object.entries(conditions)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => `${code(key)} ${operator} ${[values].flat().map(code).join(" or ")}`),
    )
    .join("; ");
}

function parameterTable(): string {
  const rows = Object.entries(PARAMETERS).map(([name, { Default, Description }]) =>
    row([code(name), defaultShown(Default), Description]),
  );
  return [row(["Parameter", "Default", "Meaning"]), row(["---", "---", "---"]), ...rows].join("\n");
}

function defaultShown(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "*required*";
  return value === "" || value === "none" ? "none" : code(String(value));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
