/**
 * No text that the grammar cannot read, and none of the mistakes that the grammar reads and Windows PowerShell refuses.
 * Guarantees: one finding a line, so that one mistake is not told ten times.
 */
import { findingsOf, type Finding, type Rule } from "../finding.ts";
import type { Script } from "../script.ts";
import { all, within, type Syntax } from "../syntax.ts";

const NAME = "syntax-error";

export const SYNTAX_ERROR: Rule = {
  name: NAME,
  find(script) {
    const found = [...unreadable(script), ...brokenNames(script), ...deadContinuations(script), ...keywords(script)];
    return [...new Map(found.toSorted((a, b) => a.line - b.line).map((finding) => [finding.line, finding])).values()];
  },
};

function unreadable(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const isBroken = ({ type, isMissing }: Syntax): boolean => type === "ERROR" || isMissing;
  return [...within(script.root)].filter(isBroken).map((node) => {
    const what = node.isMissing
      ? `The grammar misses ${node.type}.`
      : `The grammar cannot read ${JSON.stringify(node.text.trim().slice(0, 40))}.`;
    return finding(node, [
      what,
      "Correct it; if Windows PowerShell would read it, write it so that this grammar does.",
    ]);
  });
}

/** `"$name: text"`: PowerShell takes the colon for the end of a scope or drive, and refuses or reads another variable. */
function brokenNames(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const scopes = /^[$@](global|script|local|private|using|env|function|variable|workflow):/i;
  return all(script.root, "expandable_string_literal", "expandable_here_string_literal").flatMap((text) =>
    text.children
      .filter(({ type }) => type === "variable")
      .filter(
        (variable) =>
          (variable.text.includes(":") && !scopes.test(variable.text) && !variable.text.startsWith("${")) ||
          (/^\$\w+$/.test(variable.text) && script.text[variable.end] === ":"),
      )
      .map((variable) =>
        finding(variable, [
          "In a string a colon right after a variable makes it a drive or a scope.",
          "Write ${name}: with braces.",
        ]),
      ),
  );
}

/** A backtick continues a line only as its very last character. */
function deadContinuations(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return script.text
    .split("\n")
    .flatMap((line, index) =>
      /`[ \t]+\r?$/.test(line)
        ? [
            finding({ ...script.root, line: index + 1 }, [
              "A backtick with blanks behind it does not continue the line.",
              "Remove the blanks.",
            ]),
          ]
        : [],
    );
}

const KEYWORDS: ReadonlySet<string> = new Set(
  "if else elseif for foreach while do until switch try catch finally function param return throw".split(" "),
);

/** `(if ($a) { 1 })`: a statement in parentheses is looked up as a command of that name. */
function keywords(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return script.commands
    .filter(({ name }) => name !== undefined && KEYWORDS.has(name.toLowerCase()))
    .map(({ node, name }) =>
      finding(node, [
        `${name ?? ""} stands where PowerShell expects a command.`,
        "Use $( ) around a statement, or assign it first.",
      ]),
    );
}
