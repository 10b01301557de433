/**
 * The part of OData's `$filter` that directory objects take: eq, ne, comparisons, not, and, or, in, startswith, endswith, lambda `any`.
 * Guarantees: what is not understood is refused, never ignored; says whether an expression needs advanced query capabilities (entra-graph reference, 10.4).
 * Text compares without regard to case, as Entra does. Pure.
 */
import { badRequest } from "../errors.ts";
import type { Token } from "./lexer.ts";
import { lex } from "./lexer.ts";

export type Entity = Readonly<Record<string, unknown>>;
export interface Filter {
  readonly matches: (entity: Entity) => boolean;
  /** `ne`, `not`, `endsWith`: refused without `ConsistencyLevel: eventual` and `$count=true`. */
  readonly isAdvanced: boolean;
  readonly properties: readonly string[];
}

const DEPTH_MAX = 30;

/** @throws GraphError 400 with the vendor's code for a filter that cannot be read */
export function parseFilter(text: string): Filter {
  const parser = new Parser(lex(text));
  const matches = parser.whole();
  return { matches, isAdvanced: parser.isAdvanced, properties: [...parser.properties] };
}

type Condition = (entity: Entity) => boolean;
type Reader = (entity: Entity) => unknown;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** The variable of a lambda: `c` stands for the element. */
  #variable: string | undefined;
  isAdvanced = false;
  readonly properties = new Set<string>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#at < this.#tokens.length) throw invalid("a clause is followed by something else");
    return condition;
  }

  #or(): Condition {
    let left = this.#and();
    while (this.#takeWord("or")) left = either(left, this.#and());
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.#takeWord("and")) left = both(left, this.#not());
    return left;
  }

  #not(): Condition {
    if ((this.#depth += 1) > DEPTH_MAX) throw invalid("it is nested too deep");
    try {
      if (!this.#takeWord("not")) return this.#clause();
      this.isAdvanced = true;
      const inner = this.#not();
      return (entity) => !inner(entity);
    } finally {
      this.#depth -= 1;
    }
  }

  #clause(): Condition {
    if (this.#takeSymbol("(")) {
      const inner = this.#or();
      this.#demand(")");
      return inner;
    }
    const name = this.#name();
    if (this.#takeSymbol("(")) return this.#call(name);
    if (name.endsWith("/any")) throw invalid("any needs a variable");
    return this.#comparison(this.#property(name));
  }

  #call(written: string): Condition {
    const name = written.toLowerCase();
    if (name.endsWith("/any")) return this.#any(written.slice(0, -"/any".length));
    if (name !== "startswith" && name !== "endswith") throw unsupported(`the function ${name}`);
    if (name === "endswith") this.isAdvanced = true;
    const read = this.#property(this.#name());
    this.#demand(",");
    const wanted = folded(this.#literal());
    this.#demand(")");
    if (typeof wanted !== "string") throw invalid(`${name} takes a text`);
    return (entity) => {
      const value = folded(read(entity));
      if (typeof value !== "string") return false;
      return name === "startswith" ? value.startsWith(wanted) : value.endsWith(wanted);
    };
  }

  /** `groupTypes/any(c:c eq 'Unified')`. */
  #any(property: string): Condition {
    const variable = this.#name();
    this.#demand(":");
    const outer = this.#variable;
    this.#variable = variable;
    const inner = this.#or();
    this.#variable = outer;
    this.#demand(")");
    this.properties.add(property);
    return (entity) => {
      const values = entity[property];
      return Array.isArray(values) && values.some((element: unknown) => inner({ [variable]: element }));
    };
  }

  #comparison(read: Reader): Condition {
    const operator = this.#name().toLowerCase();
    if (operator === "in") return this.#in(read);
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw invalid(`${operator} is no operator`);
    if (operator === "ne") this.isAdvanced = true;
    const wanted = folded(this.#literal());
    return (entity) => compare(folded(read(entity)), wanted);
  }

  #in(read: Reader): Condition {
    this.#demand("(");
    const wanted = [folded(this.#literal())];
    while (this.#takeSymbol(",")) wanted.push(folded(this.#literal()));
    this.#demand(")");
    return (entity) => wanted.includes(folded(read(entity)));
  }

  #property(name: string): Reader {
    if (name !== this.#variable) this.properties.add(name);
    const path = name.split("/");
    return (entity) => path.reduce<unknown>((value, step) => (value as Entity | null | undefined)?.[step], entity);
  }

  #literal(): unknown {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token?.kind === "literal") return token.value;
    throw invalid("a value is missing");
  }

  #name(): string {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token?.kind === "name") return token.text;
    throw invalid("a name is missing");
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "name" || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #takeSymbol(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "symbol" || token.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #demand(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw invalid(`${symbol} is missing`);
  }
}

const COMPARISONS: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
  eq: (value, wanted) => (value ?? null) === wanted,
  ne: (value, wanted) => (value ?? null) !== wanted,
  gt: (value, wanted) => (order(value, wanted) ?? 0) > 0,
  ge: (value, wanted) => (order(value, wanted) ?? -1) >= 0,
  lt: (value, wanted) => (order(value, wanted) ?? 0) < 0,
  le: (value, wanted) => (order(value, wanted) ?? 1) <= 0,
};

/** `undefined` where the two have no order. */
function order(value: unknown, wanted: unknown): number | undefined {
  if (typeof value === "number" && typeof wanted === "number") return value - wanted;
  if (typeof value !== "string" || typeof wanted !== "string") return undefined;
  return value < wanted ? -1 : value > wanted ? 1 : 0;
}

function folded(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function either(left: Condition, right: Condition): Condition {
  return (entity) => left(entity) || right(entity);
}
function both(left: Condition, right: Condition): Condition {
  return (entity) => left(entity) && right(entity);
}

function invalid(what: string): Error {
  return badRequest(`Invalid filter clause: ${what}.`);
}
function unsupported(what: string): Error {
  return badRequest(
    `Unsupported or invalid query filter clause: ${what} is not supported.`,
    "Request_UnsupportedQuery",
  );
}
