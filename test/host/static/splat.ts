/** What `@variable` passes: the keys of the hash tables that the same function, or its callers, put into the variable. */
import type { Command } from "./command.ts";
import type { Library } from "./finding.ts";
import { literalText } from "./literal.ts";
import type { Script } from "./script.ts";
import { all, type Syntax } from "./syntax.ts";
import { assignmentsTo, scopeOf, variableName } from "./variables.ts";

export interface SplatKey {
  readonly parameter: string;
  readonly value: Syntax | undefined;
  readonly node: Syntax;
}

/** Undefined when anything but a hash table written out can be in the variable. */
export function hashTableKeys(
  { variable, node }: { readonly variable: string; readonly node: Syntax },
  script: Script,
  library: Library,
): readonly SplatKey[] | undefined {
  const scope = scopeOf(node, script);
  const whole = assignmentsTo(variable, scope);
  if (whole.length === 0) return keysOfCallers(variable, node, script, library);
  if (whole.some(({ value }) => value.type !== "hash_literal_expression")) return undefined;
  return [...whole.flatMap(({ value }) => writtenKeys(value)), ...keysAddedLater(variable, scope)];
}

/** A `[hashtable]` parameter: what the calls of the function pass, all of them written out. */
function keysOfCallers(
  variable: string,
  node: Syntax,
  script: Script,
  library: Library,
): readonly SplatKey[] | undefined {
  const callee = script.functionAround(node);
  const declared = callee?.parameters.find(({ name }) => name.toLowerCase() === variable.toLowerCase());
  if (callee === undefined || declared?.type !== "hashtable") return undefined;
  const passed = library.scripts.flatMap((caller) =>
    caller.commands
      .filter(({ name }) => name?.toLowerCase() === callee.name.toLowerCase())
      .map((command) => keysPassed(command, declared.name, caller, library)),
  );
  const known = passed.filter((keys) => keys !== undefined);
  return passed.length === 0 || known.length < passed.length ? undefined : known.flat();
}

function keysPassed(
  command: Command,
  parameter: string,
  caller: Script,
  library: Library,
): readonly SplatKey[] | undefined {
  const at = command.arguments.findIndex(
    (one) => one.kind === "parameter" && one.name.toLowerCase() === parameter.toLowerCase(),
  );
  const value = command.arguments[at + 1];
  if (at === -1 || value?.kind !== "value") return undefined;
  if (value.node.type === "hash_literal_expression") return writtenKeys(value.node);
  if (value.node.type !== "variable") return undefined;
  return hashTableKeys({ variable: variableName(value.node), node: value.node }, caller, library);
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
