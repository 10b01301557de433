/** What `@variable` passes: the keys of the hash tables that the same function put into the variable. */
import { literalText } from "./literal.ts";
import type { Script } from "./script.ts";
import { all, type Syntax } from "./syntax.ts";
import { assignmentsTo, scopeOf } from "./variables.ts";

export interface SplatKey {
  readonly parameter: string;
  readonly value: Syntax | undefined;
  readonly node: Syntax;
}

/** Undefined when the function gives the variable anything but hash tables written out. */
export function hashTableKeys(
  { variable, node }: { readonly variable: string; readonly node: Syntax },
  script: Script,
): readonly SplatKey[] | undefined {
  const scope = scopeOf(node, script);
  const whole = assignmentsTo(variable, scope);
  if (whole.length === 0 || whole.some(({ value }) => value.type !== "hash_literal_expression")) return undefined;
  return [...whole.flatMap(({ value }) => writtenKeys(value)), ...keysAddedLater(variable, scope)];
}

function writtenKeys(table: Syntax): readonly SplatKey[] {
  const entries = table.children.flatMap(({ children }) => children).filter(({ type }) => type === "hash_entry");
  return entries.flatMap((entry) => {
    const key = entry.children.find(({ type }) => type === "key_expression");
    const name = key?.children[0] === undefined ? key?.text : (literalText(key.children[0]) ?? key.text);
    const value = entry.children.find(({ type, isNamed }) => isNamed && type !== "key_expression");
    return name === undefined ? [] : [{ parameter: name, value, node: entry }];
  });
}

/** `$table.Key = value` and `$table['Key'] = value`. */
function keysAddedLater(variable: string, scope: Syntax): readonly SplatKey[] {
  return all(scope, "assignment_expression").flatMap((node) => {
    const [place] = node.children.find(({ type }) => type === "left_assignment_expression")?.children ?? [];
    if (place === undefined || !["member_access", "element_access"].includes(place.type)) return [];
    const [owner, ...rest] = place.children;
    if (owner?.text.toLowerCase() !== `$${variable}`.toLowerCase()) return [];
    const named = rest.find(({ isNamed }) => isNamed);
    const name = named === undefined ? undefined : (literalText(named) ?? named.text);
    return name === undefined
      ? []
      : [{ parameter: name, value: node.children.findLast(({ isNamed }) => isNamed), node }];
  });
}
