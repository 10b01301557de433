/** What a rule of the static proof says: where, which rule, why it matters, what to do. */
import type { Syntax } from "./syntax.ts";
import type { Script } from "./script.ts";

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** The function it stands in; empty at the top of a file. */
  readonly inFunction: string;
  readonly why: string;
  readonly fix: string;
}

/** A pure function over one script; `library` holds all scripts that it may call. */
export interface Rule {
  readonly name: string;
  readonly find: (script: Script, library: Library) => readonly Finding[];
}

/** What the rules know of a command besides its text. */
export interface Library {
  readonly scripts: readonly Script[];
  /** `undefined`: nothing is known of the command; else the names of its switches, in lower case. */
  readonly switchesOf: (command: string) => ReadonlySet<string> | undefined;
}

/** Makes the findings of one rule; `words`: why it matters, then what to do. */
export function findingsOf(rule: string, script: Script) {
  return (node: Syntax, words: readonly [why: string, fix: string]): Finding => ({
    file: script.file,
    line: node.line,
    rule,
    inFunction: script.functionAround(node)?.name ?? "",
    why: words[0],
    fix: words[1],
  });
}

export function sentence({ file, line, rule, why, fix }: Finding): string {
  return `${file}:${line} ${rule}: ${why} ${fix}`;
}
