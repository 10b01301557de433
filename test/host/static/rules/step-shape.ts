/**
 * A step file holds constants and functions and ends with the one call that runs them; the prelude is strict. So a reader finds every step in the same place, and nothing
 * runs before the lock, the marker and the deadline are there.
 */
import { bind, gives } from "../binding.ts";
import { findingsOf, type Finding, type Library, type Rule } from "../finding.ts";
import type { Script } from "../script.ts";
import { all, type Syntax } from "../syntax.ts";

const NAME = "step-shape";
const RUNNER = "Invoke-CloudSyncStep";

export const STEP_SHAPE: Rule = {
  name: NAME,
  find: (script, library) => [
    ...(isPrelude(script) ? preludeFindings(script) : stepFindings(script)),
    ...(isShared(script) ? [] : entraFindings(script, library)),
    ...helpFindings(script),
  ],
};

function isPrelude({ file }: Script): boolean {
  return /(^|\/)prelude\.ps1$/.test(file);
}

/** A part that several steps carry in front: `directory-prelude.ps1`. It runs nothing by itself. */
function isShared({ file }: Script): boolean {
  return file.endsWith("prelude.ps1");
}

function preludeFindings(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const isStrict = script.commands.some(({ name }) => name === "Set-StrictMode");
  const isStopping = /^\$(script:)?ErrorActionPreference\s*=\s*'Stop'/im.test(script.text);
  return [
    ...(isStrict
      ? []
      : [finding(script.root, ["The prelude does not set strict mode.", "Set-StrictMode -Version 3.0 at the top."])]),
    ...(isStopping
      ? []
      : [finding(script.root, ["Errors do not stop the script.", "$ErrorActionPreference = 'Stop' at the top."])]),
  ];
}

function stepFindings(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const statements = script.root.children
    .flatMap((child) => (child.type === "statement_list" ? child.children : [child]))
    .filter(({ isNamed, type }) => isNamed && type !== "comment" && type !== "empty_statement");
  const last = statements.at(-1);
  const runs = script.commands.filter(({ name }) => name === RUNNER);
  const [run] = runs;
  const isLast = run !== undefined && run.node === last;
  const stray = statements.filter(
    (node) => node.type !== "function_statement" && node !== run?.node && !isConstant(node),
  );
  const isWhole = isShared(script) ? runs.length === 0 : isLast && runs.length === 1;
  return [
    ...(isWhole
      ? []
      : [
          finding(
            last ?? script.root,
            isShared(script)
              ? ["A shared part runs something.", "Let the step do it."]
              : [`The file does not end with one ${RUNNER}.`, "Make it the last statement."],
          ),
        ]),
    ...stray.map((node) =>
      finding(node, ["A statement stands outside the functions.", "Put it into a function that the step calls."]),
    ),
  ];
}

function entraFindings(script: Script, library: Library): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const usesEntra = script.commands.find(({ name }) => /-AADCloudSync/i.test(name ?? ""));
  const isApart = script.commands.some(
    (command) => command.name === RUNNER && gives(bind(command, script, library), "InChildPowerShell"),
  );
  if (usesEntra === undefined || isApart) return [];
  const words = [
    "The vendor's cmdlets run under SSM's execution policy.",
    `Give ${RUNNER} -InChildPowerShell.`,
  ] as const;
  return [finding(usesEntra.node, words)];
}

/** `$script:Name = value` that calls nothing. */
function isConstant(node: Syntax): boolean {
  if (node.type !== "assignment_expression" || !/^\$script:\w+\s*=/i.test(node.text)) return false;
  return all(node, "command", "invokation_expression", "script_block_expression").length === 0;
}

const HELP_WORDS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\s*\.SYNOPSIS/im, ".SYNOPSIS"],
  [/\breads?\b/i, "what it reads"],
  [/\bchanges?\b/i, "what it changes"],
  [/\bsources?\b/i, "its sources"],
];

const LEFT = [/\bleaves?\b|\bleft\b/i, "what is left"] as const;

function helpFindings(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const help = /^\uFEFF?\s*<#([\s\S]*?)#>/.exec(script.text)?.[1] ?? "";
  const wanted = isShared(script) || /\bchanges: nothing/i.test(help) ? HELP_WORDS : [...HELP_WORDS, LEFT];
  const missing = wanted.filter(([pattern]) => !pattern.test(help)).map(([, what]) => what);
  if (missing.length === 0) return [];
  return [
    finding(script.root, [
      `The help at the top of the file lacks ${missing.join(", ")}.`,
      "Say it in a comment-based help before the first statement.",
    ]),
  ];
}
