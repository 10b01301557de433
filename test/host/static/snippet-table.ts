/**
 * Tests of one rule by a table of texts: each bad one is found, by that rule and on the marked line, and none of the good ones is.
 * A snippet may be given as a file name and a text; else it is a step's.
 */
import type { Library, Rule } from "./finding.ts";
import { readScript } from "./script.ts";
import { powerShellParser } from "./syntax.ts";

export type Snippet = readonly [sentence: string, text: string, file?: string];
export interface SnippetTable {
  readonly bad: readonly Snippet[];
  readonly good: readonly Snippet[];
}

/** Of the cmdlets that the snippets use; the scripts' own come from docs/host-steps.md. */
const SWITCHES: Readonly<Record<string, readonly string[]>> = {
  "stop-service": ["force"],
  "remove-item": ["force", "recurse"],
  "convertto-securestring": ["asplaintext", "force"],
  "invoke-cloudsyncstep": ["inchildpowershell", "readonly"],
  "restart-computer": ["force"],
  "start-process": ["wait", "passthru"],
  "get-item": ["force"],
};

const parse = await powerShellParser();

export function snippetTests(rule: Rule, { bad, good }: SnippetTable): void {
  for (const [sentence, text, file] of bad) {
    test(`${rule.name} finds ${sentence}`, () => {
      const lines = linesFound(rule, text, file);
      const marked = text.split("\n").findIndex((line) => line.includes("# here")) + 1;
      expect(lines).toContain(marked === 0 ? 1 : marked);
    });
  }
  for (const [sentence, text, file] of good) {
    test(`${rule.name} has nothing against ${sentence}`, () => expect(linesFound(rule, text, file)).toEqual([]));
  }
}

function linesFound(rule: Rule, text: string, file = "src/host/powershell/snippet.ps1"): readonly number[] {
  const script = readScript(parse, file, text);
  const library: Library = {
    scripts: [script],
    switchesOf: (command) => new Set(SWITCHES[command.toLowerCase()]),
  };
  const found = rule.find(script, library);
  for (const { why, fix } of found) expect([why, fix].every((words) => /^\S.*\.$/s.test(words))).toBe(true);
  return found.map(({ line }) => line);
}
