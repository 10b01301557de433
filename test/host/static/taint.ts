/**
 * Which variables of which functions hold a secret, over all scripts together.
 * Guarantees: what comes from a reader of secrets, what is assigned from it, what is passed on to a function of ours, and what such a function
 * returns, is a secret. A parameter of another function is one as soon as any call passes one. Never: forgets one because it was read again later.
 */
import { bind } from "./binding.ts";
import type { Library } from "./finding.ts";
import { literalText } from "./literal.ts";
import type { DeclaredFunction, Script } from "./script.ts";
import { all, around, type Syntax } from "./syntax.ts";
import { variableName } from "./variables.ts";

/** Commands whose result is a secret: ours, and the two readers of AWS that it stands on. */
const READERS: readonly string[] = ["get-cloudsyncsecret", "get-secsecretvalue", "get-ssmparametervalue"];
/** Members of a secret that are none themselves. */
const OPEN_MEMBERS =
  /^(UserName|VersionId|ARN|Name|Count|Length|Server|DomainName|Region|TenantId|UserPrincipalName)$/i;
const ROUNDS_MAX = 20;

export interface Taint {
  readonly isSecret: (variable: Syntax, script: Script) => boolean;
  /** A command whose result is a secret. */
  readonly readsSecret: (command: string) => boolean;
}

export function secretsIn(library: Library): Taint {
  const readers = new Set(READERS);
  /** `function/variable`, in lower case; an empty function is the top of a file. */
  const secrets = new Set<string>();
  const taint: Taint = {
    isSecret: (variable, script) => secrets.has(key(script.functionAround(variable), variableName(variable))),
    readsSecret: (command) => readers.has(command.toLowerCase()),
  };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = secrets.size + readers.size;
    for (const script of library.scripts) spread(script, library, { taint, readers, secrets });
    if (secrets.size + readers.size === before) return taint;
  }
  throw new Error(`secrets still spread after ${ROUNDS_MAX} rounds`);
}

interface Spreading {
  readonly taint: Taint;
  readonly readers: Set<string>;
  readonly secrets: Set<string>;
}

function spread(script: Script, library: Library, { taint, readers, secrets }: Spreading): void {
  for (const node of all(script.root, "assignment_expression")) {
    const [left] = node.children.filter(({ type }) => type === "left_assignment_expression");
    const value = node.children.findLast(({ isNamed, type }) => isNamed && type !== "comment");
    if (left === undefined || value === undefined || !carriesSecret(value, script, taint)) continue;
    for (const place of all(left, "variable")) secrets.add(key(script.functionAround(place), variableName(place)));
  }
  for (const command of script.commands) {
    const callee = functionNamed(command.name, library);
    if (callee === undefined) continue;
    for (const { parameter, value } of bind(command, script, library).bindings) {
      if (value !== undefined && carriesSecret(value, script, taint)) secrets.add(key(callee, parameter.toLowerCase()));
    }
  }
  for (const declared of script.functions)
    if (returnsSecret(declared, script, taint)) readers.add(declared.name.toLowerCase());
}

/** A value that holds a secret: not a comparison of it, and not one of its open members. */
export function carriesSecret(value: Syntax, script: Script, taint: Taint): boolean {
  if (/^(comparison|logical)_expression$/.test(value.type)) return false;
  if (value.type === "variable") return taint.isSecret(value, script);
  if (value.type === "command") {
    const name = value.children.find(({ type }) => type === "command_name")?.text ?? "";
    // What another command makes of a secret is judged where the secret goes into it.
    return taint.readsSecret(name);
  }
  if (["member_access", "element_access"].includes(value.type) && isOpenMember(value)) return false;
  // What a script block lets out is judged where it stands in the block.
  if (value.type === "script_block_expression") return false;
  return value.children.some((child) => carriesSecret(child, script, taint));
}

/** `$secret.UserName`, `$connection['Server']`. */
export function isOpenMember(access: Syntax): boolean {
  const [, ...rest] = access.children;
  const named = rest.find(({ isNamed }) => isNamed);
  return named !== undefined && OPEN_MEMBERS.test(literalText(named) ?? named.text);
}

/** Its `return`, or a value that stands alone as a statement of the function itself. */
function returnsSecret(declared: DeclaredFunction, script: Script, taint: Taint): boolean {
  const own = (node: Syntax): boolean => around(node, "function_statement") === declared.node;
  const returned = all(declared.node, "flow_control_statement").filter(
    (node) => own(node) && /^return/i.test(node.text),
  );
  const alone = all(declared.node, "statement_list")
    .flatMap(({ children }) => children)
    .filter((node) => own(node) && ["variable", "member_access", "command"].includes(node.type));
  return [...returned, ...alone].some((node) => carriesSecret(node, script, taint));
}

export function functionNamed(name: string | undefined, library: Library): DeclaredFunction | undefined {
  if (name === undefined) return undefined;
  const wanted = name.toLowerCase();
  return library.scripts.flatMap(({ functions }) => functions).find((one) => one.name.toLowerCase() === wanted);
}

function key(declared: DeclaredFunction | undefined, variable: string): string {
  return `${declared?.name.toLowerCase() ?? ""}/${variable}`;
}
