/** One script file as the rules see it: its tree, its functions with their parameters, its commands. Made once a file. */
import { commandsIn, type Command } from "./command.ts";
import { all, type ParsePowerShell, type Syntax } from "./syntax.ts";

export interface DeclaredParameter {
  /** Without the dollar sign. */
  readonly name: string;
  /** In lower case, without brackets; empty when none is declared. */
  readonly type: string;
}

export interface DeclaredFunction {
  readonly name: string;
  readonly node: Syntax;
  readonly parameters: readonly DeclaredParameter[];
}

export interface Script {
  readonly file: string;
  readonly text: string;
  readonly root: Syntax;
  readonly functions: readonly DeclaredFunction[];
  readonly commands: readonly Command[];
  readonly functionAround: (node: Syntax) => DeclaredFunction | undefined;
}

export function readScript(parse: ParsePowerShell, file: string, text: string): Script {
  const root = parse(text);
  const functions = all(root, "function_statement").map(declaredFunction);
  return {
    file,
    text,
    root,
    functions,
    commands: commandsIn(root),
    // The innermost comes last in the order of the text.
    functionAround: ({ start, end }) => functions.findLast(({ node }) => node.start <= start && end <= node.end),
  };
}

function declaredFunction(node: Syntax): DeclaredFunction {
  const name = node.children.find(({ type }) => type === "function_name")?.text ?? "";
  const own = all(node, "script_parameter").filter((parameter) => belongsTo(parameter, node));
  return { name, node, parameters: own.map(declaredParameter) };
}

/** Not a parameter of a script block or of another function inside. */
function belongsTo(parameter: Syntax, owner: Syntax): boolean {
  let outer = parameter.parent;
  while (outer !== undefined && !["function_statement", "script_block_expression"].includes(outer.type)) {
    outer = outer.parent;
  }
  return outer === owner;
}

function declaredParameter(node: Syntax): DeclaredParameter {
  const variable = node.children.find(({ type }) => type === "variable")?.text ?? "";
  const types = all(node, "attribute").flatMap(({ children }) =>
    children.filter(({ type }) => type === "type_literal"),
  );
  return { name: variable.replace(/^\$/, ""), type: (types.at(-1)?.text ?? "").replace(/[[\]]/g, "").toLowerCase() };
}
