/** What a function was given, evaluated. Guarantees: an argument of the wrong kind is a sentence, never a silent null. */
import type { Value } from "./source.ts";

/** An expression that is well formed has no value for this object. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
}

export class Arguments {
  readonly #function: string;
  readonly #given: readonly (readonly [key: string, value: Value])[];
  readonly #fixed: ReadonlySet<string>;

  constructor(name: string, given: readonly (readonly [key: string, value: Value])[], fixed: readonly string[]) {
    this.#function = name;
    this.#given = given;
    this.#fixed = new Set(fixed);
  }

  value(name: string): Value {
    return this.#given.find(([key]) => key === name)?.[1] ?? null;
  }

  has(name: string): boolean {
    return this.#given.some(([key]) => key === name);
  }

  text(name: string): string | null {
    const value = this.value(name);
    if (value === null || typeof value === "string") return value;
    throw new EvaluationError(`${this.#function} takes one value for ${name}, not ${value.length}`);
  }

  integer(name: string): number {
    const text = this.text(name);
    if (text === null || !/^-?\d{1,9}$/.test(text.trim())) {
      throw new EvaluationError(`${this.#function} takes a whole number for ${name}, not ${text ?? "nothing"}`);
    }
    return Number(text);
  }

  list(name: string): readonly string[] {
    const value = this.value(name);
    if (value === null) return [];
    return typeof value === "string" ? [value] : value;
  }

  /** Every occurrence of a repeating parameter. */
  all(name: string): readonly Value[] {
    return this.#given.filter(([key]) => key === name).map(([, value]) => value);
  }

  /** What follows the parameters: keys with values. */
  pairs(): readonly (readonly [key: string, value: Value])[] {
    return this.#given.filter(([key]) => !this.#fixed.has(key));
  }
}
