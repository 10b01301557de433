/**
 * From an expression's text to its tree. Guarantees: function names are case-sensitive and known, required arguments are there; an argument left
 * empty (`Switch([x], , "a", "b")`) is left out of the tree, as in the vendor's parsed `Replace` (G1:synchronization-synchronizationschema-parseexpression).
 */
import { COMPARISON, FUNCTIONS, type ExpressionFunction } from "./functions.ts";
import { attribute, constant, type MappingSource, type SourceParameter } from "./source.ts";
import { ExpressionError, tokensOf, type Token } from "./tokens.ts";

/** Deeper than any sane mapping; a bound for hostile input. */
const DEPTH_MAX = 50;

/** @throws ExpressionError with a sentence */
export function parseExpression(expression: string): MappingSource {
  const parser = new Parser(expression);
  const source = parser.argument(0);
  if (source === undefined) throw new ExpressionError("the expression is empty");
  parser.end();
  return source;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  end(): void {
    const rest = this.#tokens[this.#index];
    if (rest !== undefined) throw new ExpressionError(`unexpected ${rest.text} at position ${rest.at}`);
  }

  /** A value, or two that are compared; `undefined` where nothing stands. */
  argument(depth: number): MappingSource | undefined {
    if (depth > DEPTH_MAX) throw new ExpressionError(`functions are nested more than ${DEPTH_MAX} deep`);
    const startsAt = this.#tokens[this.#index]?.at ?? this.#text.length;
    const left = this.#operand(depth);
    const comparison = this.#tokens[this.#index];
    if (left === undefined || comparison?.kind !== "comparison") return left;
    this.#index += 1;
    const right = this.#operand(depth);
    if (right === undefined) throw new ExpressionError(`nothing follows ${comparison.text} at ${comparison.at}`);
    const parameters = [
      { key: "left", value: left },
      { key: "right", value: right },
    ];
    return { type: "Function", name: comparison.text, expression: this.#textSince(startsAt), parameters };
  }

  #operand(depth: number): MappingSource | undefined {
    const token = this.#tokens[this.#index];
    if (token === undefined || token.kind === "," || token.kind === ")") return undefined;
    if (token.kind === "(" || token.kind === "comparison") {
      throw new ExpressionError(`unexpected ${token.text} at position ${token.at}`);
    }
    this.#index += 1;
    if (token.kind === "attribute") return attribute(token.text);
    if (token.kind === "text") return constant(token.text);
    return this.#tokens[this.#index]?.kind === "(" ? this.#call(token, depth) : constant(token.text);
  }

  #call(name: Token, depth: number): MappingSource {
    const definition = FUNCTIONS.get(name.text);
    if (definition === undefined)
      throw new ExpressionError(`there is no function ${name.text} (names are case-sensitive)`);
    const given = this.#arguments(name, depth);
    const parameters = named(definition, given);
    return { type: "Function", name: name.text, expression: this.#textSince(name.at), parameters };
  }

  /** From the opening parenthesis to behind the closing one. */
  #arguments(name: Token, depth: number): readonly (MappingSource | undefined)[] {
    this.#index += 1;
    const given: (MappingSource | undefined)[] = [];
    for (;;) {
      given.push(this.argument(depth + 1));
      const separator = this.#tokens[this.#index];
      this.#index += 1;
      if (separator?.kind === ")") break;
      if (separator?.kind !== ",")
        throw new ExpressionError(`${name.text} at position ${name.at} is not closed with )`);
    }
    return given.length === 1 && given[0] === undefined ? [] : given;
  }

  #textSince(startsAt: number): string {
    const last = this.#tokens[this.#index - 1];
    const next = this.#tokens[this.#index];
    const endsAt = next?.at ?? this.#text.length;
    return last === undefined ? "" : this.#text.slice(startsAt, endsAt).trimEnd();
  }
}

function named(
  definition: ExpressionFunction,
  given: readonly (MappingSource | undefined)[],
): readonly SourceParameter[] {
  const { name, parameters, hasPairs } = definition;
  const last = parameters.at(-1);
  const takesMore = hasPairs === true || last?.allowMultipleOccurrences === true;
  if (!takesMore && given.length > parameters.length) {
    throw new ExpressionError(`${name} takes ${parameters.length} arguments, not ${given.length}`);
  }
  const fixed = given.slice(0, parameters.length).flatMap((value, index) => {
    const key = parameters[index]?.name ?? "";
    return value === undefined ? [] : [{ key, value }];
  });
  const rest = given.slice(parameters.length);
  const more = hasPairs === true ? pairs(name, rest) : repeated(last?.name ?? "", rest);
  const all = [...fixed, ...more];
  const missing = missingParameter(definition, all);
  if (missing !== undefined) throw new ExpressionError(`${name} needs its argument ${missing}`);
  return all;
}

export function missingParameter(
  definition: ExpressionFunction,
  given: readonly SourceParameter[],
): string | undefined {
  return definition.parameters.find(({ name, required }) => required && !given.some(({ key }) => key === name))?.name;
}

function repeated(key: string, rest: readonly (MappingSource | undefined)[]): readonly SourceParameter[] {
  return rest.flatMap((value) => (value === undefined ? [] : [{ key, value }]));
}

/** Pairs stand in the tree as the key's text and the value. The vendor shows no parsed Switch [I]. */
function pairs(name: string, rest: readonly (MappingSource | undefined)[]): readonly SourceParameter[] {
  if (rest.length % 2 === 1) throw new ExpressionError(`${name} takes keys and values in pairs`);
  return rest.flatMap((key, index) => {
    if (index % 2 === 1) return [];
    const value = rest[index + 1];
    if (key?.type !== "Constant") throw new ExpressionError(`a key of ${name} is a constant`);
    if (value === undefined) throw new ExpressionError(`the key ${key.name} of ${name} has no value`);
    return [{ key: key.name, value }];
  });
}

/** Whether every function in a tree is known and has what it needs: what a save of a schema refuses. */
export function treeProblem(source: MappingSource): string | undefined {
  if (source.type !== "Function") return undefined;
  const definition = FUNCTIONS.get(source.name) ?? COMPARISON.get(source.name);
  if (definition === undefined) return `there is no function ${source.name}`;
  const missing = missingParameter(definition, source.parameters);
  if (missing !== undefined) return `${source.name} needs its parameter ${missing}`;
  return source.parameters.map(({ value }) => treeProblem(value)).find((problem) => problem !== undefined);
}
