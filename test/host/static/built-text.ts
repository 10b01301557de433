/** Whether a value is text put together from other values: interpolation, +, -f, -join, replacement or a formatting method. */
import { isExpanded } from "./literal.ts";
import type { Script } from "./script.ts";
import { all, type Syntax } from "./syntax.ts";
import { assignmentsTo, scopeOf, variableName } from "./variables.ts";

const JOINING = new Set([
  "additive_expression",
  "additive_argument_expression",
  "format_expression",
  "format_argument_expression",
]);
const METHODS = /^(Format|Concat|Join|Replace|Insert|Append\w*|ToString|Substring|Trim\w*)$/i;

/** Follows variables to the assignments of the same function; a value that the function did not make is not built by it. */
export function buildsText(node: Syntax, script: Script, seen: ReadonlySet<string> = new Set()): boolean {
  if (
    all(
      node,
      "additive_expression",
      "format_expression",
      "expandable_string_literal",
      "expandable_here_string_literal",
    ).some(isBuilt)
  )
    return true;
  if (all(node, "comparison_operator").some(({ text }) => /^-(join|[ci]?replace)$/i.test(text))) return true;
  if (
    all(node, "member_name").some(({ text, parent }) => parent?.type === "invokation_expression" && METHODS.test(text))
  )
    return true;
  return all(node, "variable").some((variable) => {
    const name = variableName(variable);
    if (seen.has(name)) return false;
    const values = assignmentsTo(name, scopeOf(variable, script)).map(({ value }) => value);
    return values.some((value) => value.type !== "command" && buildsText(value, script, new Set([...seen, name])));
  });
}

function isBuilt(node: Syntax): boolean {
  return JOINING.has(node.type)
    ? all(node, "verbatim_string_characters", "expandable_string_literal").length > 0
    : isExpanded(node);
}
