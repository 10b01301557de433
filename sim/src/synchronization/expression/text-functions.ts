/** Functions on text. Where the vendor's page says nothing about a null source, the result is null [I]. */
import { type Arguments, EvaluationError } from "./arguments.ts";
import type { ExpressionFunction } from "./functions.ts";
import { withoutDiacritics } from "./diacritics.ts";
import { optional, required } from "./parameter.ts";
import type { Value } from "./source.ts";

/** A function of one text. */
function ofText(name: string, result: (source: string) => string): ExpressionFunction {
  return {
    name,
    parameters: [required("source")],
    result: (given) => {
      const source = given.text("source");
      return source === null ? null : result(source);
    },
  };
}

export const TEXT_FUNCTIONS: readonly ExpressionFunction[] = [
  {
    name: "Append",
    parameters: [required("source"), required("suffix")],
    result: (given) => {
      const source = given.text("source");
      return source === null ? null : source + (given.text("suffix") ?? "");
    },
  },
  ofText("ConvertToBase64", (source) => Buffer.from(source, "utf16le").toString("base64")),
  ofText("ConvertToUTF8Hex", (source) => Buffer.from(source, "utf8").toString("hex").toUpperCase()),
  ofText("CStr", (source) => source),
  {
    name: "InStr",
    parameters: [required("value1"), required("value2"), optional("start", "Integer"), optional("compareType")],
    result: (given) => String(positionOf(given)),
  },
  {
    name: "Left",
    parameters: [required("String"), required("NumChars", "Integer")],
    result: (given) => {
      const text = given.text("String") ?? "";
      const count = given.integer("NumChars");
      return count < 0 ? text : text.slice(0, count);
    },
  },
  {
    name: "Mid",
    parameters: [required("source"), required("start", "Integer"), required("length", "Integer")],
    result: (given) => {
      const source = given.text("source");
      const start = given.integer("start") - 1;
      if (start < 0) throw new EvaluationError("Mid starts at 1");
      return source === null ? null : source.slice(start, start + Math.max(0, given.integer("length")));
    },
  },
  ofText("NormalizeDiacritics", withoutDiacritics),
  {
    name: "Replace",
    parameters: [
      required("source"),
      optional("Find"),
      optional("regexPattern"),
      optional("regexGroupName"),
      optional("Replacement"),
      optional("replacementAttributeName"),
      optional("template"),
    ],
    result: replaced,
  },
  ofText("StripSpaces", (source) => source.replaceAll(" ", "")),
  {
    name: "ToLower",
    parameters: [required("source"), optional("culture")],
    result: (given) => given.text("source")?.toLowerCase() ?? null,
  },
  {
    name: "ToUpper",
    parameters: [required("source"), optional("culture")],
    result: (given) => given.text("source")?.toUpperCase() ?? null,
  },
  // Used in the default mappings, not on the page of functions.
  ofText("Trim", (source) => source.trim()),
  {
    name: "Word",
    parameters: [required("String"), required("WordNumber", "Integer"), required("delimiters")],
    result: (given) => wordOf(given),
  },
];

/** The page calls the first position 1 in words and 5 for "The quick", counted from 1; 0 means that it is not there [general]. */
function positionOf(given: Arguments): number {
  const [text, found] = [given.text("value1") ?? "", given.text("value2") ?? ""];
  const start = given.has("start") ? given.integer("start") - 1 : 0;
  if (given.text("compareType") === "vbTextCompare") return text.toLowerCase().indexOf(found.toLowerCase(), start) + 1;
  return text.indexOf(found, start) + 1;
}

/** Each of the characters in `delimiters` separates; empty words do not count. */
function wordOf(given: Arguments): string {
  const number = given.integer("WordNumber");
  const delimiters = new Set(given.text("delimiters") ?? "");
  const words: string[] = [];
  let word = "";
  for (const char of `${given.text("String") ?? ""}${given.text("delimiters")?.charAt(0) ?? ""}`) {
    if (!delimiters.has(char)) word += char;
    else {
      words.push(word);
      word = "";
    }
  }
  words.push(word);
  return words.filter((word) => word !== "")[number - 1] ?? "";
}

function replaced(given: Arguments): Value {
  const source = given.text("source");
  const find = given.text("Find");
  const template = given.text("template");
  if (find !== null && template !== null) return template.replaceAll(find, source ?? "");
  const pattern = given.text("regexPattern");
  const group = given.text("regexGroupName");
  if (pattern !== null && group !== null && given.has("replacementAttributeName")) {
    if (source !== null && source !== "") return source;
    return expressionOf(pattern).exec(given.text("replacementAttributeName") ?? "")?.groups?.[group] ?? null;
  }
  if (source === null) return null;
  const replacement = given.text("Replacement") ?? "";
  if (find !== null) return find === "" ? source : source.replaceAll(find, () => replacement);
  if (pattern === null) return source;
  return group === null ? byPattern(source, pattern, replacement) : byGroup(source, { pattern, group, replacement });
}

function byPattern(source: string, pattern: string, replacement: string): string {
  const translated = replacement.replaceAll(/\$\{(\w+)\}/g, "$$<$1>");
  return source.replace(expressionOf(pattern), translated);
}

function byGroup(
  source: string,
  { pattern, group, replacement }: { readonly pattern: string; readonly group: string; readonly replacement: string },
): string {
  return source.replace(expressionOf(pattern), (...found: readonly unknown[]) => {
    const whole = String(found[0]);
    const groups = found.at(-1) as Readonly<Record<string, string | undefined>> | undefined;
    const part = groups?.[group];
    return part === undefined || part === "" ? whole : whole.replace(part, () => replacement);
  });
}

function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "g");
  } catch (error) {
    throw new EvaluationError(`${pattern} is no regular expression: ${error instanceof Error ? error.message : "?"}`);
  }
}
