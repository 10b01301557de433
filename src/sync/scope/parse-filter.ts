/**
 * Reads the subset of OData that a selector may be written in, and refuses everything else with a sentence.
 * Guarantees: whatever is accepted is completely understood; the tree is bounded in depth and size.
 * Never: guesses, drops a part, accepts a property whose change the operator could not judge itself.
 */
import { FLAG_PROPERTIES, TEXT_PROPERTIES, type GroupFilter } from "./filter.ts";

export type ParsedFilter =
  { readonly kind: "parsed"; readonly filter: GroupFilter } | { readonly kind: "refused"; readonly message: string };

const DEPTH_MAX = 8;
const TERMS_MAX = 40;

interface Token {
  readonly kind: "word" | "text" | "mark" | "end";
  readonly text: string;
  readonly at: number;
}

class Refusal extends Error {}

export function parseFilter(source: string): ParsedFilter {
  try {
    const reader = tokenReader(tokens(source));
    const filter = disjunction(reader, 0);
    const rest = reader.peek();
    if (rest.kind !== "end") throw new Refusal(`"${rest.text}" at ${rest.at + 1} is not expected there`);
    return { kind: "parsed", filter };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "refused", message: `${error.message}. ${ALLOWED}` };
  }
}

const ALLOWED =
  "A filter is made of displayName eq '...', startswith(displayName,'...'), securityEnabled, mailEnabled or onPremisesSyncEnabled eq true or false, groupTypes/any(t:t eq '...'), and, or, not and parentheses.";

const TOKEN = /\s*(?:(?<text>'(?:[^']|'')*')|(?<word>[A-Za-z][A-Za-z0-9]*)|(?<mark>[(),:/]))/y;

function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (source.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined)
      throw new Refusal(`"${source.slice(at).trim().slice(0, 20)}" at ${at + 1} cannot be read`);
    const { text, word, mark } = groups;
    if (text !== undefined) found.push({ kind: "text", text: text.slice(1, -1).replaceAll("''", "'"), at });
    else if (word !== undefined) found.push({ kind: "word", text: word, at });
    else found.push({ kind: "mark", text: mark ?? "", at });
  }
  return [...found, { kind: "end", text: "the end", at: source.length }];
}

interface Reader {
  peek(): Token;
  next(): Token;
  /** Takes this word or mark, or refuses. */
  expect(text: string): void;
  takes(text: string): boolean;
  countTerm(): void;
}

function tokenReader(all: readonly Token[]): Reader {
  let position = 0;
  let terms = 0;
  const end: Token = { kind: "end", text: "the end", at: 0 };
  const peek = (): Token => all[position] ?? all.at(-1) ?? end;
  const isNext = (text: string): boolean => peek().kind !== "text" && peek().kind !== "end" && peek().text === text;
  return {
    peek,
    next() {
      const token = peek();
      position += 1;
      return token;
    },
    expect(text) {
      if (!isNext(text)) throw new Refusal(`"${text}" is expected at ${peek().at + 1}, not "${peek().text}"`);
      position += 1;
    },
    takes(text) {
      if (!isNext(text)) return false;
      position += 1;
      return true;
    },
    countTerm() {
      terms += 1;
      if (terms > TERMS_MAX) throw new Refusal(`A filter has at most ${TERMS_MAX} comparisons`);
    },
  };
}

function disjunction(reader: Reader, depth: number): GroupFilter {
  return chain("or", reader, () => chain("and", reader, () => negation(reader, depth)));
}

function chain(kind: "and" | "or", reader: Reader, part: () => GroupFilter): GroupFilter {
  const terms = [part()];
  while (reader.takes(kind)) terms.push(part());
  const [only] = terms;
  if (terms.length === 1 && only !== undefined) return only;
  return { kind, terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])) };
}

function negation(reader: Reader, depth: number): GroupFilter {
  if (depth > DEPTH_MAX) throw new Refusal(`A filter is nested at most ${DEPTH_MAX} deep`);
  if (reader.takes("not")) return { kind: "not", term: negation(reader, depth + 1) };
  if (reader.takes("(")) {
    const inner = disjunction(reader, depth + 1);
    reader.expect(")");
    return inner;
  }
  reader.countTerm();
  return comparison(reader);
}

function comparison(reader: Reader): GroupFilter {
  const first = reader.next();
  if (first.kind !== "word") throw new Refusal(`A comparison is expected at ${first.at + 1}, not "${first.text}"`);
  if (first.text === "startswith") return startsWith(reader);
  if (first.text === "groupTypes") return groupType(reader);
  if (first.text === TEXT_PROPERTIES[0]) {
    reader.expect("eq");
    return { kind: "equals", property: "displayName", value: textValue(reader) };
  }
  const property = FLAG_PROPERTIES.find((name) => name === first.text);
  if (property === undefined) throw new Refusal(`"${first.text}" cannot be filtered by`);
  reader.expect("eq");
  const value = reader.next();
  if (value.kind !== "word" || (value.text !== "true" && value.text !== "false"))
    throw new Refusal(`${property} is compared with true or false, not "${value.text}"`);
  return { kind: "flag", property, value: value.text === "true" };
}

function startsWith(reader: Reader): GroupFilter {
  reader.expect("(");
  reader.expect("displayName");
  reader.expect(",");
  const value = textValue(reader);
  reader.expect(")");
  return { kind: "startsWith", property: "displayName", value };
}

/** groupTypes/any(t:t eq 'Unified'): the one lambda, with whatever name its variable has. */
function groupType(reader: Reader): GroupFilter {
  reader.expect("/");
  reader.expect("any");
  reader.expect("(");
  const variable = reader.next().text;
  reader.expect(":");
  reader.expect(variable);
  reader.expect("eq");
  const value = textValue(reader);
  reader.expect(")");
  return { kind: "groupType", value };
}

function textValue(reader: Reader): string {
  const token = reader.next();
  if (token.kind !== "text") throw new Refusal(`A text in single quotes is expected at ${token.at + 1}`);
  if (token.text === "") throw new Refusal("An empty text matches everything or nothing");
  return token.text;
}
