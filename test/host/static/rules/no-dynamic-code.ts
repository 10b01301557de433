/**
 * What a host runs is written in the script: nothing is made into code from text, and no command line is put together from values.
 * Guarantees: & and . reach only a script block that the function declared as such, a name that is written out, or a program of Windows' own folder.
 */
import { bind, gives, valueOf } from "../binding.ts";
import { buildsText } from "../built-text.ts";
import type { Command } from "../command.ts";
import { findingsOf, type Finding, type Library, type Rule } from "../finding.ts";
import { fixedProgram } from "../fixed-program.ts";
import type { Script } from "../script.ts";
import { all } from "../syntax.ts";
import { variableName } from "../variables.ts";

const NAME = "no-dynamic-code";
const COMMANDS: ReadonlySet<string> = new Set(
  `invoke-expression iex invoke-command icm invoke-item invoke-wmimethod invoke-history new-module import-alias set-alias new-alias
   cmd.exe wscript.exe cscript.exe mshta.exe rundll32.exe regsvr32.exe schtasks.exe wmic.exe`.split(/\s+/),
);

export const NO_DYNAMIC_CODE: Rule = {
  name: NAME,
  find: (script, library) => [
    ...script.commands.flatMap((command) => commandFindings(command, script, library)),
    ...methodFindings(script),
    ...argumentLines(script),
  ],
};

function commandFindings(command: Command, script: Script, library: Library): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const name = command.name?.toLowerCase() ?? "";
  const bound = bind(command, script, library);
  if (command.name === undefined) {
    return isDeclaredBlock(command, script) || fixedProgram(command, script) !== undefined
      ? []
      : [
          finding(command.node, [
            `${command.target.text} may be any text.`,
            "Call a name that is written out, or a [scriptblock] parameter.",
          ]),
        ];
  }
  if (command.operator === ".")
    return [finding(command.node, ["Another file becomes part of the script.", "Keep it in the script."])];
  if (COMMANDS.has(name))
    return [finding(command.node, [`${command.name} runs text or hides what runs.`, "Call the cmdlet itself."])];
  if (name === "add-type" && !bound.bindings.every(({ parameter }) => /^AssemblyName$/i.test(parameter))) {
    return [finding(command.node, ["Add-Type compiles text or loads a file.", "Only -AssemblyName is allowed."])];
  }
  if (name === "start-process") return startFindings(command, script, library);
  return /^(powershell|pwsh)(\.exe)?$/.test(name.split("\\").at(-1) ?? "") ? shellFindings(command, script) : [];
}

/** A parameter declared as [scriptblock], or a block that is written right there. */
function isDeclaredBlock({ target }: Command, script: Script): boolean {
  const [callee] = target.type === "command_name_expr" ? all(target, "variable", "script_block_expression") : [];
  if (callee === undefined || callee.end - callee.start !== target.end - target.start) return false;
  if (callee.type === "script_block_expression") return true;
  const parameters = script.functionAround(target)?.parameters ?? [];
  const declared = parameters.find(({ name }) => name.toLowerCase() === variableName(callee));
  return declared !== undefined && /^(system\.management\.automation\.)?scriptblock$/.test(declared.type);
}

/** Start-Process of 5.1 joins its arguments with blanks and quotes nothing: a value with a blank in it becomes two arguments. */
function startFindings(command: Command, script: Script, library: Library): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const bound = bind(command, script, library);
  const list = valueOf(bound, "ArgumentList");
  const built = list !== undefined && buildsText(list, script);
  return [
    ...(built
      ? [
          finding(command.node, [
            "-ArgumentList is put together from values.",
            "Pass an array of literals, or use & with single arguments.",
          ]),
        ]
      : []),
    ...(gives(bound, "Verb")
      ? [finding(command.node, ["-Verb starts whatever is registered for a file.", "Leave it out."])]
      : []),
  ];
}

/** A second PowerShell runs the same file, never a text: and under RemoteSigned, which the agent's registration wants. */
function shellFindings(command: Command, script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const words = command.arguments.map(({ node }) => node.text.toLowerCase());
  const isText = words.some((word) =>
    /^-(c|co|com|comm|comma|comman|command|e|ec|en|enc|enco.*|cwa|commandwithargs)$/.test(word),
  );
  const policy = words[words.indexOf("-executionpolicy") + 1];
  return [
    ...(isText || !words.includes("-file")
      ? [finding(command.node, ["A second PowerShell gets text to run.", "Start it with -File."])]
      : []),
    ...(policy === "remotesigned"
      ? []
      : [
          finding(command.node, [
            "A second PowerShell runs without RemoteSigned.",
            "Give -ExecutionPolicy RemoteSigned.",
          ]),
        ]),
  ];
}

const MAKERS = /^\[(System\.Management\.Automation\.)?(scriptblock|PowerShell|Runspace\w*|Language\.Parser)\]$/i;
const MEMBERS =
  /^(InvokeScript|NewScriptBlock|ExpandString|AddScript|AddCommand|InvokeCommand|DownloadString|DownloadFile|DownloadData)$/i;
const LOADERS = /^\[(System\.)?(Reflection\.Assembly|Activator|AppDomain|CodeDom\..*|Diagnostics\.Process)\]$/i;

function methodFindings(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const fix = "Write the code in the script, and call it by name.";
  return all(script.root, "invokation_expression", "member_access").flatMap((node) => {
    const [owner, ...rest] = node.children;
    const member = rest.find(({ type }) => type === "member_name");
    const isMaker = owner?.type === "type_literal" && (MAKERS.test(owner.text) || LOADERS.test(owner.text));
    if (isMaker) return [finding(node, [`${owner.text} makes code, or starts a program, from text.`, fix])];
    if (member !== undefined && MEMBERS.test(member.text))
      return [finding(node, [`${member.text} makes code from text.`, fix])];
    const isComputed =
      node.type === "invokation_expression" && member !== undefined && all(member, "variable").length > 0;
    return isComputed ? [finding(node, ["The method's name is in a variable.", fix])] : [];
  });
}

/** `$start.Arguments = ...` of a ProcessStartInfo is one line, quoted by whoever builds it. */
function argumentLines(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return all(script.root, "assignment_expression").flatMap((node) => {
    const left = node.children.find(({ type }) => type === "left_assignment_expression");
    const member = left?.children[0]?.children.find(({ type }) => type === "member_name");
    const value = node.children.findLast(({ isNamed, type }) => isNamed && type !== "comment");
    const isLine = member !== undefined && /^Arguments$/i.test(member.text) && value !== undefined;
    return isLine && buildsText(value, script)
      ? [finding(node, ["A command line is put together from values.", "Use literals, or & with single arguments."])]
      : [];
  });
}
