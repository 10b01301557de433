/** Words of a `$filter`. A text in single quotes doubles the quotes inside it (OData 4.01, URL Conventions, 5.1.1.14.1). */
import { badRequest } from "../errors.ts";

export type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "symbol"; readonly text: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null };

const PIECE =
  /\s+|(?<text>'(?:[^']|'')*')|(?<date>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?)|(?<guid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])|(?<number>-?\d+(?:\.\d+)?)|(?<name>[A-Za-z_$@][\w.$/@-]*)|(?<symbol>[(),:])/iy;

export function lex(text: string): readonly Token[] {
  const tokens: Token[] = [];
  PIECE.lastIndex = 0;
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    const groups = PIECE.exec(text)?.groups;
    if (groups === undefined) {
      PIECE.lastIndex = 0;
      throw badRequest(`Invalid filter clause: there is a syntax error at position ${at}.`);
    }
    const token = tokenOf(groups);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { text, date, guid, number, name, symbol } = groups;
  if (text !== undefined) return { kind: "literal", value: text.slice(1, -1).replaceAll("''", "'") };
  if (date !== undefined || guid !== undefined) return { kind: "literal", value: date ?? guid ?? "" };
  if (number !== undefined) return { kind: "literal", value: Number(number) };
  if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
  if (name === "null") return { kind: "literal", value: null };
  if (name !== undefined) return { kind: "name", text: name };
  return symbol === undefined ? undefined : { kind: "symbol", text: symbol };
}
