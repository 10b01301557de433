/**
 * Cuts the text of an expression into words. Syntax: attributes in `[ ]`, strings in double quotes with `\` before `\` and `"`, functions nested
 * (entra-docs, functions-for-customizing-application-data, "Syntax overview"). Pure.
 */
export interface Token {
  readonly kind: "attribute" | "text" | "word" | "comparison" | "(" | ")" | ",";
  readonly text: string;
  /** Where it starts, from 0. */
  readonly at: number;
}

export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

const COMPARISONS = ["<>", ">=", "<=", "=", ">", "<"];
const WORD = /[A-Za-z0-9_.%&+-]/;

export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const char = expression.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const { token, next } = tokenAt(expression, at);
    tokens.push(token);
    at = next;
  }
  return tokens;
}

interface Cut {
  readonly token: Token;
  readonly next: number;
}

function tokenAt(expression: string, at: number): Cut {
  const char = expression.charAt(at);
  if (char === "(" || char === ")" || char === ",") return { token: { kind: char, text: char, at }, next: at + 1 };
  if (char === "[") return attributeAt(expression, at);
  if (char === '"') return textAt(expression, at);
  const comparison = COMPARISONS.find((one) => expression.startsWith(one, at));
  if (comparison !== undefined) {
    return { token: { kind: "comparison", text: comparison, at }, next: at + comparison.length };
  }
  return wordAt(expression, at);
}

function attributeAt(expression: string, at: number): Cut {
  const end = expression.indexOf("]", at);
  if (end === -1) throw new ExpressionError(`the attribute at position ${at} is not closed with ]`);
  const text = expression.slice(at + 1, end).trim();
  if (text === "" || text.includes("[")) throw new ExpressionError(`unexpected end of the attribute at position ${at}`);
  return { token: { kind: "attribute", text, at }, next: end + 1 };
}

function textAt(expression: string, at: number): Cut {
  let text = "";
  for (let index = at + 1; index < expression.length; index += 1) {
    const char = expression.charAt(index);
    if (char === '"') return { token: { kind: "text", text, at }, next: index + 1 };
    if (char === "\\") index += 1;
    text += expression.charAt(index);
  }
  throw new ExpressionError(`the string at position ${at} is not closed with "`);
}

function wordAt(expression: string, at: number): Cut {
  let end = at;
  while (end < expression.length && WORD.test(expression.charAt(end))) end += 1;
  if (end === at) throw new ExpressionError(`unexpected ${expression.charAt(at)} at position ${at}`);
  return { token: { kind: "word", text: expression.slice(at, end), at }, next: end };
}
