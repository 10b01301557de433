/** A program of Windows that a script calls through a variable: `$tool = Join-Path -Path $env:SystemRoot -ChildPath 'System32\w32tm.exe'`. */
import type { Command } from "./command.ts";
import { literalText } from "./literal.ts";
import type { Script } from "./script.ts";
import { all, type Syntax } from "./syntax.ts";
import { assignmentsTo, scopeOf, variableName } from "./variables.ts";

/** File name of the program; undefined when the variable can hold anything else. */
export function fixedProgram({ target }: Command, script: Script): string | undefined {
  const [variable, ...others] = all(target, "variable");
  if (variable === undefined || others.length > 0 || variable.end - variable.start !== target.end - target.start) {
    return undefined;
  }
  const assigned = assignmentsTo(variableName(variable), scopeOf(target, script));
  const names = assigned.map(({ value }) => windowsFile(value));
  const [name] = names;
  return names.every((one) => one !== undefined && one === name) ? name : undefined;
}

function windowsFile(value: Syntax): string | undefined {
  if (value.type !== "command" || !/^Join-Path\s+-Path\s+\$env:(SystemRoot|windir)\s+-ChildPath\s/i.test(value.text))
    return undefined;
  const child = all(value, "verbatim_string_characters").map(literalText).at(-1) ?? "";
  return /^System32\\[\w.\\]+\.exe$/i.test(child) ? child.split("\\").at(-1) : undefined;
}
