/**
 * The texts that a value can have, found by following variables, loops and the arguments of our own functions.
 * Guarantees: `undefined` when any of them is not written in the scripts; never a part of the answer as if it were all of it.
 */
import { bind, valueOf } from "../static/binding.ts";
import type { Library } from "../static/finding.ts";
import { literalText } from "../static/literal.ts";
import type { Script } from "../static/script.ts";
import { all, around, type Syntax } from "../static/syntax.ts";
import { assignmentsTo, scopeOf, variableName } from "../static/variables.ts";

const DEPTH_MAX = 6;
const GROUPS: ReadonlySet<string> = new Set([
  "array_expression",
  "array_literal_expression",
  "parenthesized_expression",
  "sub_expression",
  "statement_list",
  "if_statement",
  "else_clause",
  "statement_block",
  "cast_expression",
]);

export function literalsOf(node: Syntax, script: Script, library: Library, depth = 0): readonly string[] | undefined {
  if (depth > DEPTH_MAX) return undefined;
  const text = literalText(node);
  if (text !== undefined) return [text];
  if (node.type.startsWith("expandable")) return [patternOf(node)];
  if (node.type === "variable") return variableLiterals(node, script, library, depth + 1);
  if (node.type === "format_expression") return [formatPattern(node)];
  if (node.type === "additive_expression") return [sumPattern(node, script, library, depth + 1)];
  if (node.type === "element_access") return elementLiterals(node, script, library, depth + 1);
  if (node.type === "hash_literal_expression" || !GROUPS.has(node.type)) return undefined;
  const parts = node.children.filter(({ isNamed, type }) => isNamed && !["comment", "type_literal"].includes(type));
  const values = parts.filter((part) => node.type !== "if_statement" || part !== parts[0]);
  return united(values.map((part) => literalsOf(part, script, library, depth + 1)));
}

/** `HKLM:\X\$name` as `HKLM:\X\*`. */
function patternOf(node: Syntax): string {
  let text = "";
  let at = node.start + 1;
  for (const part of node.children.filter(({ type }) => ["variable", "sub_expression"].includes(type))) {
    text += `${node.text.slice(at - node.start, part.start - node.start)}*`;
    at = part.end;
  }
  return text + node.text.slice(at - node.start, -1);
}

/** `$name + '.json'` as `*.json`. */
function sumPattern(node: Syntax, script: Script, library: Library, depth: number): string {
  const parts = node.children.filter(({ isNamed, type }) => isNamed && type !== "comment");
  return parts
    .map((part) => literalsOf(part, script, library, depth))
    .map((texts) => (texts?.length === 1 ? (texts[0] ?? "*") : "*"))
    .join("")
    .replaceAll(/\*+/g, "*");
}

/** `'{0}-{1}' -f $a, $b` as `*-*`. */
function formatPattern(node: Syntax): string {
  const [format] = node.children;
  const text = format === undefined ? undefined : literalText(format);
  return (text ?? "*").replaceAll(/\{\d+(:[^}]*)?\}/g, "*");
}

/** `'A', 'B' | ForEach-Object -Process { ... $_ ... }` */
function pipedLiterals(node: Syntax, script: Script, library: Library, depth: number): readonly string[] | undefined {
  const block = around(node, "script_block_expression");
  const consumer = block === undefined ? undefined : around(block, "command");
  const chain = consumer?.parent;
  if (consumer === undefined || chain?.type !== "pipeline_chain") return undefined;
  const before = chain.children.filter(({ isNamed, end }) => isNamed && end <= consumer.start).at(-1);
  return before === undefined ? undefined : literalsOf(before, script, library, depth);
}

function variableLiterals(
  node: Syntax,
  script: Script,
  library: Library,
  depth: number,
): readonly string[] | undefined {
  const name = variableName(node);
  if (name === "_") return pipedLiterals(node, script, library, depth);
  const local = assignmentsTo(name, scopeOf(node, script));
  if (local.length > 0) return united(local.map(({ value }) => literalsOf(value, script, library, depth)));
  const callee = script.functionAround(node);
  if (callee?.parameters.some((one) => one.name.toLowerCase() === name) === true) {
    const calls = library.scripts.flatMap((caller) =>
      caller.commands.filter((command) => command.name === callee.name).map((command) => ({ command, caller })),
    );
    const values = calls.map(({ command, caller }) => {
      const value = valueOf(bind(command, caller, library), name);
      return value === undefined ? [] : literalsOf(value, caller, library, depth);
    });
    return values.length === 0 ? undefined : united(values);
  }
  const shared = library.scripts.flatMap((one) =>
    assignmentsTo(name, one.root)
      .filter(({ node: assignment }) => one.functionAround(assignment) === undefined)
      .map(({ value }) => literalsOf(value, one, library, depth)),
  );
  return shared.length === 0 ? undefined : united(shared);
}

/** `$row[1]` of `foreach ($row in $rows)`, where the rows are arrays written out. */
function elementLiterals(node: Syntax, script: Script, library: Library, depth: number): readonly string[] | undefined {
  const [owner, ...rest] = node.children;
  const index = rest.find(({ type }) => type === "decimal_integer_literal")?.text;
  if (owner?.type !== "variable" || index === undefined) return undefined;
  const scope = scopeOf(node, script);
  const looped = assignmentsTo(variableName(owner), scope).flatMap(({ value }) =>
    value.type === "variable" ? assignmentsTo(variableName(value), scope).map((one) => one.value) : [value],
  );
  const rows = looped.flatMap((value) => elementsOf(value));
  const cells = rows.map((row) => elementsOf(row)[Number(index)]);
  if (cells.length === 0) return undefined;
  return united(cells.map((cell) => (cell === undefined ? undefined : literalsOf(cell, script, library, depth))));
}

function elementsOf(array: Syntax): readonly Syntax[] {
  const parts = array.children.filter(({ isNamed, type }) => isNamed && type !== "comment");
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0 && ["statement_list", "array_literal_expression"].includes(only.type)) {
    return elementsOf(only);
  }
  return array.type === "array_expression" ||
    array.type === "statement_list" ||
    array.type === "array_literal_expression"
    ? parts.flatMap((part) => (part.type === "array_literal_expression" ? elementsOf(part) : [part]))
    : [];
}

function united(parts: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? [...new Set(known.flat())] : undefined;
}

/** Read from the host or the directory while the script runs: no name that a script chose. */
export function isAnswer(node: Syntax, script: Script, depth = 0): boolean {
  if (depth > DEPTH_MAX) return false;
  if (all(node, "command").length > 0) return true;
  const scope = scopeOf(node, script);
  return all(node, "variable").some((variable) =>
    assignmentsTo(variableName(variable), scope).some(({ value }) => isAnswer(value, script, depth + 1)),
  );
}
