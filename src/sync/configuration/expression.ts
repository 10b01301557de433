/**
 * Expressions of the vendor's mapping language, as far as the operator itself writes or reads them.
 * Source: entra-graph reference, section 4: attributes in [ ], strings in double quotes with backslash escapes, names case-sensitive.
 * Never: evaluates what it does not know; then the answer is `undefined`.
 */

export function literal(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** `Switch([attribute], "default", "value", "result", ...)`: matching is by equal value. */
export function switchExpression(
  attribute: string,
  fallback: string,
  cases: readonly (readonly [value: string, result: string])[],
): string {
  const pairs = cases.flatMap(([value, result]) => [literal(value), literal(result)]);
  return `Switch([${attribute}], ${[literal(fallback), ...pairs].join(", ")})`;
}

/** The text without spaces outside of strings: two spellings of one expression become one. */
export function canonicalExpression(expression: string): string {
  return expression.replace(/("(?:\\.|[^"\\])*")|\s+/g, (_match, text: string | undefined) => text ?? "");
}

export interface ParsedSwitch {
  readonly attribute: string;
  readonly fallback: string;
  readonly cases: readonly (readonly [value: string, result: string])[];
}

const STRING = String.raw`"(?:\\.|[^"\\])*"`;
const SWITCH = new RegExp(String.raw`^Switch\(\[([A-Za-z0-9_.-]+)\](?:,(${STRING}(?:,${STRING})*))\)$`);

/** A Switch over one bare attribute with nothing but strings; anything else is not known here. */
export function parseSwitch(expression: string): ParsedSwitch | undefined {
  const [, attribute, list] = SWITCH.exec(canonicalExpression(expression)) ?? [];
  if (attribute === undefined || list === undefined) return undefined;
  const [fallback, ...rest] = [...list.matchAll(new RegExp(STRING, "g"))].map(([text]) => unquoted(text));
  if (fallback === undefined || rest.length % 2 !== 0) return undefined;
  const cases = rest.flatMap((value, at) =>
    at % 2 === 0 ? [[value, rest[at + 1] ?? ""] as readonly [string, string]] : [],
  );
  return { attribute, fallback, cases };
}

/** The value of a quoted literal, or the text itself where it is not quoted. */
export function unquoted(text: string): string {
  const inner = /^"((?:\\.|[^"\\])*)"$/.exec(text.trim())?.[1];
  return inner === undefined ? text : inner.replace(/\\(.)/g, "$1");
}
