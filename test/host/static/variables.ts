/** Where a variable of a function gets its value. Names compare without case, as in PowerShell. */
import type { Script } from "./script.ts";
import { all, type Syntax } from "./syntax.ts";

export interface Assignment {
  readonly value: Syntax;
  readonly node: Syntax;
}

/** The function around a node, or the whole file. */
export function scopeOf(node: Syntax, script: Script): Syntax {
  return script.functionAround(node)?.node ?? script.root;
}

/** `$name`, `${name}`, `$script:name` and `@name` without sign and scope, in lower case. */
export function variableName(node: Syntax): string {
  return node.text
    .replace(/^[$@]\{?/, "")
    .replace(/\}$/, "")
    .replace(/^(global|script|local|private|using|variable):/i, "")
    .toLowerCase();
}

/** `$name = value` in a scope; a `foreach` over values counts as giving them. */
export function assignmentsTo(variable: string, scope: Syntax): readonly Assignment[] {
  const wanted = variable.toLowerCase();
  const assigned = all(scope, "assignment_expression").flatMap((node) => {
    const place = assignedVariable(node);
    const value = node.children.findLast(({ isNamed, type }) => isNamed && type !== "comment");
    return place === undefined || value === undefined || variableName(place) !== wanted ? [] : [{ value, node }];
  });
  const looped = all(scope, "foreach_statement").flatMap((node) => {
    const [item, values] = node.children.filter(({ isNamed, type }) => isNamed && type !== "statement_block");
    return item === undefined || values === undefined || variableName(item) !== wanted ? [] : [{ value: values, node }];
  });
  return [...assigned, ...looped];
}

/** The plain variable on the left of an assignment, `[type] $name` included. */
function assignedVariable(node: Syntax): Syntax | undefined {
  const left = node.children.find(({ type }) => type === "left_assignment_expression")?.children[0];
  if (left === undefined) return undefined;
  if (left.type === "variable") return left;
  return left.type === "cast_expression" ? left.children.find(({ type }) => type === "variable") : undefined;
}

/** Names of the variables in or below a node; `$null`, `$true`, `$false` and `$_` are none. */
export function variablesIn(node: Syntax): ReadonlySet<string> {
  return new Set(
    all(node, "variable")
      .map(variableName)
      .filter((name) => !["null", "true", "false", "_"].includes(name)),
  );
}
