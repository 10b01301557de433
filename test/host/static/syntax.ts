/**
 * A PowerShell text as a plain tree, parsed with tree-sitter's grammar (npm: tree-sitter-powershell, run in WebAssembly).
 * Guarantees: what the grammar could not read is in the tree as ERROR or as a missing node. Never: runs the text.
 * Caveat: this grammar is the only parser that this proof has. It is not Microsoft's, and what it accepts is not thereby proven to run;
 * known gaps that Windows PowerShell would refuse are rules of their own (rules/syntax-error.ts).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Language, Parser, type Node } from "web-tree-sitter";

export interface Syntax {
  readonly type: string;
  readonly text: string;
  /** From 1, as an editor counts. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Named by the grammar's rule; keywords and punctuation are not. */
  readonly isNamed: boolean;
  readonly isMissing: boolean;
  readonly children: readonly Syntax[];
  readonly parent: Syntax | undefined;
}

export type ParsePowerShell = (text: string) => Syntax;

/** The operator precedences of the grammar: a node of these with one child stands for that child, and is left out. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  ...["logical", "bitwise", "comparison", "additive", "multiplicative", "format", "range"].flatMap((level) => [
    `${level}_expression`,
    `${level}_argument_expression`,
  ]),
  "array_literal_expression",
  "unary_expression",
  "expression_with_unary_operator",
  "argument_expression",
  "string_literal",
  "integer_literal",
  "pipeline",
  "pipeline_chain",
]);

/** Loads the grammar; the parser it returns is synchronous and can be used for any number of texts. */
export async function powerShellParser(): Promise<ParsePowerShell> {
  await Parser.init();
  const wasm = createRequire(import.meta.url).resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
  const language = await Language.load(readFileSync(wasm));
  const parser = new Parser().setLanguage(language);
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error("the grammar was given up on a text");
    const root = copied(tree.rootNode, undefined);
    tree.delete();
    return root;
  };
}

function copied(node: Node, parent: Syntax | undefined): Syntax {
  const [only, ...others] = node.children;
  if (only !== undefined && others.length === 0 && TRANSPARENT.has(node.type)) return copied(only, parent);
  const children: Syntax[] = [];
  const copy: Syntax = {
    type: node.type,
    text: node.text,
    line: node.startPosition.row + 1,
    start: node.startIndex,
    end: node.endIndex,
    isNamed: node.isNamed,
    isMissing: node.isMissing,
    children,
    parent,
  };
  for (const child of node.children) children.push(copied(child, copy));
  return copy;
}

/** A node and all below it, in the order of the text. */
export function* within(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of node.children) yield* within(child);
}

/** All nodes of some types in or below a node, in the order of the text. */
export function all(node: Syntax, ...types: readonly string[]): readonly Syntax[] {
  return [...within(node)].filter(({ type }) => types.includes(type));
}

/** The nearest node of some types around a node, itself excluded. */
export function around(node: Syntax, ...types: readonly string[]): Syntax | undefined {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) if (types.includes(outer.type)) return outer;
  return undefined;
}
