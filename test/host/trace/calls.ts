/** Every call of a cmdlet that is not a function of the scripts, with the parameters it gives. Common parameters are counted apart. */
import { bind } from "../static/binding.ts";
import type { Library } from "../static/finding.ts";
import type { Script } from "../static/script.ts";
import { functionNamed } from "../static/taint.ts";

export interface Call {
  readonly command: string;
  /** In lower case, without common parameters. */
  readonly parameters: ReadonlySet<string>;
  readonly common: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** about_CommonParameters of Windows PowerShell 5.1; -WhatIf and -Confirm are a cmdlet's own. */
const COMMON: ReadonlySet<string> = new Set(
  `debug erroraction errorvariable informationaction informationvariable outvariable outbuffer pipelinevariable verbose
   warningaction warningvariable`.split(/\s+/),
);

export function callsIn(script: Script, library: Library): readonly Call[] {
  return script.commands.flatMap((command) => {
    const { name } = command;
    if (name?.includes("-") !== true || /\.(exe|com)$/i.test(name)) return [];
    if (functionNamed(name, library) !== undefined) return [];
    const given = bind(command, script, library).bindings.map(({ parameter }) => parameter);
    return [
      {
        command: name,
        parameters: new Set(given.map((one) => one.toLowerCase()).filter((one) => !COMMON.has(one))),
        common: given.filter((one) => COMMON.has(one.toLowerCase())),
        file: script.file,
        line: command.node.line,
      },
    ];
  });
}
