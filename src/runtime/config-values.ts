/**
 * Forms of configuration values: from the text of a flag to a checked value.
 * Guarantees: every refusal is a half-sentence that says what to give instead; every number has a lower and an upper bound.
 * Never: reads the environment or a file, accepts a number without its unit.
 */
import * as z from "zod";

const DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const DURATION_PART = /([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)/g;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The schema of one flag: text in, value out. */
export type ValueForm<Value> = z.ZodType<Value, string>;

/** A Go duration such as `1m30s`, as whole milliseconds; ParseDuration of Go's package time without signs and sub-millisecond units. */
export function duration(min: string, max: string): ValueForm<number> {
  const advice = `give a duration from ${min} to ${max}, such as ${min} or ${max}`;
  return z
    .string()
    .regex(DURATION, advice)
    .transform(milliseconds)
    .refine((valueMs) => valueMs >= milliseconds(min) && valueMs <= milliseconds(max), advice);
}

function milliseconds(text: string): number {
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(DURATION_PART)) totalMs += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  return Math.round(totalMs);
}

export function integer(min: number, max: number): ValueForm<number> {
  const advice = `give a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, advice)
    .transform(Number)
    .refine((value) => value >= min && value <= max, advice);
}

/** Calls per second; fractions are allowed, 0 is not: a bucket that never fills is an outage. */
export function perSecond(max: number): ValueForm<number> {
  const advice = `give calls per second, from 0.1 to ${max}, such as 2.5`;
  return z
    .string()
    .regex(/^[0-9]{1,6}(\.[0-9]{1,3})?$/, advice)
    .transform(Number)
    .refine((value) => value >= 0.1 && value <= max, advice);
}

export function matching(pattern: RegExp, advice: string): ValueForm<string> {
  return z.string().regex(pattern, advice);
}

export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]]): ValueForm<Word> {
  return z
    .string()
    .refine((text): text is Word => words.some((word) => word === text), `give one of ${words.join(", ")}`);
}

export function truth(): ValueForm<boolean> {
  return oneOf(["true", "false"]).transform((word) => word === "true");
}

/** A comma list of namespaces without repetitions; the empty text is the empty list. */
export function namespaces(countMax: number): ValueForm<readonly string[]> {
  return z
    .string()
    .transform((text) => [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== ""))
    .refine((names) => names.every((name) => NAMESPACE.test(name)), "give namespace names separated by commas")
    .refine((names) => names.length <= countMax, `give at most ${countMax} namespaces, or none to watch all of them`);
}

/** A comma list of words of which each is known; the empty text is the empty list. */
export function knownWords<const Word extends string>(words: readonly Word[]): ValueForm<readonly Word[]> {
  return z
    .string()
    .transform((text) => [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== ""))
    .refine(
      (names): names is Word[] => names.every((name) => words.some((word) => word === name)),
      `give names out of ${words.join(", ")}, separated by commas`,
    );
}

/** A path; the empty text is "not given". */
export function path(): ValueForm<string> {
  return z.string().max(4_096, "give a path of at most 4096 characters");
}
