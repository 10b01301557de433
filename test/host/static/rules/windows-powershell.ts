/**
 * Windows PowerShell 5.1 only: nothing that came with PowerShell 6 or 7, and no class or using, which 5.1 reads before the rest of a text.
 * Source: PowerShell documentation, "What's New in PowerShell" 6.x and 7.x, "Differences between Windows PowerShell 5.1 and PowerShell 7.x".
 */
import { bind } from "../binding.ts";
import { findingsOf, type Finding, type Library, type Rule } from "../finding.ts";
import { STRING_TYPES } from "../literal.ts";
import type { Script } from "../script.ts";
import { NEWER_COMMANDS, NEWER_PARAMETERS, NEWER_VARIABLES } from "../tables/newer-than-5-1.ts";
import { all } from "../syntax.ts";
import { variableName } from "../variables.ts";

const NAME = "windows-powershell-5.1";
const OPERATORS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\?\?=/g, "??="],
  [/\?\?(?!=)/g, "??"],
  [/\?\.(?=[A-Za-z_({])/g, "?."],
  [/\?\[/g, "?["],
  [/(?<=[\w)\]}"'] )\?(?= )[^\n|]*? : /g, "a ternary"],
  [/&&/g, "&&"],
  [/\|\|/g, "||"],
  [/^[ \t]*\|/gm, "a line that begins with |"],
  [/[^\s&|]\s+&\s*$/gm, "a background &"],
];

export const WINDOWS_POWERSHELL: Rule = {
  name: NAME,
  find: (script, library) => [
    ...operators(script),
    ...statements(script),
    ...commands(script, library),
    ...variables(script),
  ],
};

/** Sought in the text with strings and comments blanked: the grammar knows some of these operators and breaks off at others. */
function operators(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const code = blanked(script);
  return OPERATORS.flatMap(([pattern, what]) =>
    [...code.matchAll(pattern)].map(({ index, 0: text }) => {
      const start = index + (text.length - text.trimStart().length);
      const line = code.slice(0, start).split("\n").length;
      return finding({ ...script.root, line, start, end: start }, [
        `${what} is not known to Windows PowerShell 5.1.`,
        "Write it with if, or on more lines.",
      ]);
    }),
  );
}

function blanked({ root, text }: Script): string {
  const characters = [...text.split("")];
  for (const { start, end } of all(root, "comment", ...STRING_TYPES)) {
    for (let at = start + 1; at < end - 1; at += 1) if (characters[at] !== "\n") characters[at] = "_";
  }
  return characters.join("");
}

function statements(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const fix = "Use functions and hash tables.";
  const blocks = all(script.root, "class_statement", "enum_statement", "parallel_statement", "sequence_statement");
  const named = script.commands.filter(({ name }) =>
    ["using", "clean", "workflow"].includes(name?.toLowerCase() ?? ""),
  );
  const parallel = all(script.root, "foreach_parameter", "switch_parameter").filter(({ text }) =>
    /-parallel/i.test(text),
  );
  return [...blocks, ...named.map(({ node }) => node), ...parallel].map((node) =>
    finding(node, [
      `${node.text.split(/\s/)[0] ?? ""} does not work in a text that is put together of two files.`,
      fix,
    ]),
  );
}

function commands(script: Script, library: Library): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return script.commands.flatMap((command) => {
    const name = command.name?.toLowerCase() ?? "";
    if (NEWER_COMMANDS.has(name)) return [finding(command.node, [`5.1 has no ${name}.`, "Use what 5.1 has."])];
    const newer = NEWER_PARAMETERS.get(name);
    const given = bind(command, script, library).bindings;
    return given
      .filter(({ parameter }) => newer?.has(parameter.toLowerCase()) ?? false)
      .map(({ parameter, node }) => finding(node, [`5.1's ${name} has no -${parameter}.`, "Use what 5.1 has."]));
  });
}

function variables(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return all(script.root, "variable")
    .filter((node) => NEWER_VARIABLES.has(variableName(node)))
    .map((node) => finding(node, [`5.1 has no ${node.text}: under strict mode reading it fails.`, "Do without it."]));
}
