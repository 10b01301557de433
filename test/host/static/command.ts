/** One command of a script: what is called, and with which arguments, as PowerShell would split them. */
import { all, type Syntax } from "./syntax.ts";
import { literalText } from "./literal.ts";

export type Argument =
  /** `-Name`; `joined` is the value of `-Name:value`. */
  | { readonly kind: "parameter"; readonly name: string; readonly joined: Syntax | undefined; readonly node: Syntax }
  | { readonly kind: "value"; readonly node: Syntax }
  /** `@variable` */
  | { readonly kind: "splat"; readonly variable: string; readonly node: Syntax };

export interface Command {
  /** As it is written: `Get-Item`, `nltest.exe`; undefined when only running it could tell. */
  readonly name: string | undefined;
  readonly operator: "&" | "." | "";
  /** The node that says what is called. */
  readonly target: Syntax;
  readonly arguments: readonly Argument[];
  readonly redirections: readonly Syntax[];
  readonly node: Syntax;
}

export function commandsIn(root: Syntax): readonly Command[] {
  return all(root, "command").flatMap((node) => {
    const target = node.children.find(({ type }) => type.startsWith("command_name"));
    // The grammar takes the range of `foreach ($i in 1..3)` for a command of that name.
    return target === undefined || /^\d/.test(target.text) ? [] : [command(node, target)];
  });
}

function command(node: Syntax, target: Syntax): Command {
  const operator = node.children.find(({ type }) => type === "command_invokation_operator")?.text;
  const elements = node.children.filter(({ type }) => type === "command_elements").flatMap(({ children }) => children);
  return {
    name: target.type === "command_name" ? target.text : namedBy(target),
    operator: operator === "&" || operator === "." ? operator : "",
    target,
    arguments: argumentsOf(elements),
    redirections: elements.filter(({ type }) => type === "redirection"),
    node,
  };
}

/** `& 'C:\x.exe'`: a literal tells what is called as plainly as a bare name. */
function namedBy(target: Syntax): string | undefined {
  const [only, ...others] = target.children;
  if (only === undefined || others.length > 0) return target.children.length === 0 ? target.text : undefined;
  return only.type === "path_command_name"
    ? all(only, "variable").length === 0
      ? only.text
      : undefined
    : only.type === "command_name"
      ? only.text
      : literalText(only);
}

const NO_ARGUMENTS: ReadonlySet<string> = new Set(["command_argument_sep", "redirection", "argument_list", "comment"]);

function argumentsOf(elements: readonly Syntax[]): readonly Argument[] {
  const found: Argument[] = [];
  elements.forEach((node, index) => {
    if (NO_ARGUMENTS.has(node.type) || isJoined(elements, index)) return;
    if (node.type === "command_parameter") {
      const joined = elements[index + 1]?.text === ":" ? elements[index + 2] : undefined;
      found.push({ kind: "parameter", name: node.text.replace(/^-+/, ""), joined, node });
    } else if (node.type === "variable" && node.text.startsWith("@")) {
      found.push({ kind: "splat", variable: node.text.slice(1), node });
    } else found.push({ kind: "value", node });
  });
  return found;
}

/** The value right after the colon of `-Name:value` was taken with its parameter. */
function isJoined(elements: readonly Syntax[], index: number): boolean {
  return elements[index - 1]?.text === ":" && elements[index - 2]?.type === "command_parameter";
}
