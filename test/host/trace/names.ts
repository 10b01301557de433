/**
 * Every name of the outside world that the scripts use, taken from the syntax tree and from string literals.
 * Guarantees: what a value is follows from where it stands (`-ClassName`, a path of the registry, a file's ending), never from the trace table, so that a name
 * the table lacks is still found. Caveat: a name that a script puts together from parts is seen as far as it is written, with * for the rest.
 */
import { bind, valueOf, type Bound } from "../static/binding.ts";
import type { Command } from "../static/command.ts";
import type { Library } from "../static/finding.ts";
import { fixedProgram } from "../static/fixed-program.ts";
import { literalText, STRING_TYPES } from "../static/literal.ts";
import type { Script } from "../static/script.ts";
import { all, type Syntax } from "../static/syntax.ts";
import { variableName } from "../static/variables.ts";
import { LANGUAGE_TYPES } from "./language-types.ts";
import { isAnswer, literalsOf } from "./literals.ts";
import type { Kind } from "./table.ts";

export interface UsedName {
  readonly kind: Exclude<Kind, "cmdlet" | "common parameter">;
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

export function namesIn(script: Script, library: Library): readonly UsedName[] {
  const found = [
    ...script.commands.flatMap((command) => commandNames(command, script, library)),
    ...literalNames(script),
    ...typeNames(script),
    ...environmentNames(script),
  ];
  return [...new Map(found.map((one) => [`${one.kind}|${one.name.toLowerCase()}`, one])).values()];
}

type Found = UsedName;

function used(script: Script, kind: Found["kind"], name: string, node: Syntax): Found {
  return { kind, name, file: script.file, line: node.line };
}

/** A parameter whose value is a name of some kind: which commands, which parameter, which kind. */
const NAMING: readonly (readonly [command: RegExp, parameter: string, kind: Found["kind"]])[] = [
  [/-(Service|CloudSync\w*Service\w*)$/i, "Name", "service"],
  [/-Service$/i, "DisplayName", "service"],
  [/-(ItemProperty|ItemPropertyValue|\w*Registry\w*)$/i, "Name", "registry value"],
  [/-Cim(Instance|Method)$/i, "ClassName", "CIM class"],
  [/^(Import|Get|Remove)-Module$/i, "Name", "module"],
  [/-(WindowsFeature|WindowsOptionalFeature)$/i, "Name", "feature"],
  [/-(WinEvent|EventLog)$/i, "LogName", "event log"],
  [/-WinEvent$/i, "ListLog", "event log"],
  [/^Join-Path$/i, "ChildPath", "file"],
  [/^Get-CloudSync\w*File$/i, "Name", "file"],
];

function commandNames(command: Command, script: Script, library: Library): readonly Found[] {
  const name = command.name ?? "";
  const bound = bind(command, script, library);
  const named = NAMING.filter(([pattern]) => pattern.test(name)).flatMap(([pattern, parameter, kind]) => {
    const value = valueOf(bound, parameter);
    if (value === undefined || isForwarded(value, pattern, script)) return [];
    const texts = literalsOf(value, script, library);
    if (texts === undefined && isAnswer(value, script)) return [];
    // A name that cannot be followed is told as one that no row can have.
    return (texts ?? [`<${value.text}>`])
      .filter((text) => text !== "" && text !== "*")
      .map((text) => used(script, kindOf(kind, text), kind === "file" ? fileName(text) : text, value));
  });
  return [...named, ...programNames(command, script), ...argumentNames(command, bound, script)];
}

/** A parameter of a function whose own calls are read the same way: the name is found where it is written. */
function isForwarded(value: Syntax, pattern: RegExp, script: Script): boolean {
  const callee = script.functionAround(value);
  if (value.type !== "variable" || callee === undefined || !pattern.test(callee.name)) return false;
  return callee.parameters.some(({ name }) => name.toLowerCase() === variableName(value));
}

/** A program is known by its name, wherever it lies. */
function fileName(text: string): string {
  return /\.exe$/i.test(text) ? (text.split(/[\\/]/).at(-1) ?? text) : text;
}

/** A module or a file given by its path is a file. */
function kindOf(kind: Found["kind"], text: string): Found["kind"] {
  return kind === "module" && /[\\/]|\.(dll|psd1|psm1)$/i.test(text) ? "file" : kind;
}

function programNames(command: Command, script: Script): readonly Found[] {
  const file = command.name?.split(/[\\/]/).at(-1) ?? fixedProgram(command, script) ?? "";
  const { target } = command;
  return /\.(exe|com)$/i.test(file) ? [used(script, "program", file, target)] : [];
}

/** Switches of a program: literals that begin with / or -, or NAME=VALUE. */
function argumentNames(command: Command, bound: Bound, script: Script): readonly Found[] {
  const isProgram = /\.(exe|com)$/i.test(command.name ?? fixedProgram(command, script) ?? "");
  const list = /^Start-Process$/i.test(command.name ?? "") ? valueOf(bound, "ArgumentList") : undefined;
  if (!isProgram && list === undefined) return [];
  const nodes = list === undefined ? command.arguments.map(({ node }) => node) : [list];
  return nodes
    .flatMap((node) => all(node, ...STRING_TYPES, "generic_token", "command_parameter"))
    .flatMap((node) => {
      const text =
        node.type === "command_parameter"
          ? node.text
          : (literalText(node) ?? node.text.slice(1, -1).replace(/\$.*$/s, "*"));
      return /^[/-]|^[A-Z_]+=/.test(text) ? [used(script, "argument", text, node)] : [];
    });
}

const SHAPES: readonly (readonly [pattern: RegExp, kind: Found["kind"]])[] = [
  [/^(HKLM:|HKCU:|HKEY_[A-Z_]+|Registry::HKEY_[A-Z_]+)\\|^(SOFTWARE|SYSTEM)\\/i, "registry key"],
  [/^(Cert:\\|[A-Z]:\\|%[A-Za-z]+%\\)/i, "file"],
  [/^[^\s/^$*+?(){}[\]|]([^/^$*+?(){}[\]|:]*)\.(exe|dll|config|psd1|psm1|ps1|msi|zip|evtx|etl|xml)$/i, "file"],
  [/^[A-Za-z]+(-[A-Za-z0-9]+)+\/(Admin|Operational|Analytic|Debug)$/, "event log"],
  [/^(\*\.|[a-z0-9-]+\.)([a-z0-9-]+\.)+(com|net|us|cn)$/, "host name"],
];

/** Literals that tell by themselves what they are. */
function literalNames(script: Script): readonly Found[] {
  return all(script.root, ...STRING_TYPES, "generic_token").flatMap((node) => {
    const text = literalText(node) ?? node.text.slice(1, -1).replaceAll(/\$(\w+:)?\w+|\$\{[^}]+\}|\$\([^)]*\)/g, "*");
    const shape = SHAPES.find(([pattern]) => pattern.test(text));
    return shape === undefined ? [] : [used(script, shape[1], fileName(text).replace(/\\$/, ""), node)];
  });
}

function typeNames(script: Script): readonly Found[] {
  const literals = all(script.root, "type_literal").map((node) => ({ node, text: node.text.replace(/^\[|\]$/g, "") }));
  const made = script.commands
    .filter(({ name }) => /^New-Object$/i.test(name ?? ""))
    .flatMap(({ arguments: given }) => {
      const at = given.findIndex((one) => one.kind === "parameter" && /^TypeName$/i.test(one.name));
      const value = given[at + 1];
      const text = value?.kind === "value" ? literalText(value.node) : undefined;
      return text === undefined || value === undefined ? [] : [{ node: value.node, text }];
    });
  return [...literals, ...made].flatMap(({ node, text }) =>
    text
      .split(/[[\],]/)
      .map((part) => part.trim().replace(/^System\./i, ""))
      .filter((part) => part !== "" && !LANGUAGE_TYPES.has(part.toLowerCase()))
      .map((part) => used(script, "type", part, node)),
  );
}

/** `$env:NAME`; SSM_<parameter> is the contract's own. */
function environmentNames(script: Script): readonly Found[] {
  const read = all(script.root, "variable")
    .filter(({ text }) => /^\$\{?env:/i.test(text))
    .map((node) => ({ node, name: node.text.replace(/^\$\{?env:|\}$/gi, "") }));
  const called = all(script.root, "invokation_expression", "element_access")
    .filter(({ text }) =>
      /(Environment\]::[GS]etEnvironmentVariable|\.EnvironmentVariables\[)/i.test(text.split("'")[0] ?? ""),
    )
    .flatMap((node) => {
      const [first] = all(node, "verbatim_string_characters");
      return first === undefined ? [] : [{ node, name: literalText(first) ?? "" }];
    });
  return [...read, ...called]
    .filter(({ name }) => name !== "" && !/^ssm_/i.test(name))
    .map(({ node, name }) => used(script, "environment variable", name, node));
}
