/**
 * Durations as people write them in Kubernetes: Go durations such as `10m` or `1h30m`.
 * Guarantees: what the schema admits parses here to the same length that CEL's duration() gives.
 * Never: accepts a bare number, a sign or a unit below a millisecond.
 */
import { text, type Rule } from "./schema.ts";

const DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const PART = /([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)/g;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds, or `undefined` when the text is no such duration. */
export function parseDurationMs(duration: string): number | undefined {
  if (!DURATION.test(duration)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of duration.matchAll(PART)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  return Math.round(totalMs);
}

/**
 * Milliseconds of a duration that came through a schema.
 * Throws on any other text: that is a bug of ours, because the schema admits none.
 */
export function durationMs(duration: string): number {
  const parsedMs = parseDurationMs(duration);
  if (parsedMs === undefined) throw new RangeError(`not a duration: ${JSON.stringify(duration)}`);
  return parsedMs;
}

export interface DurationBounds {
  readonly min: string;
  readonly max: string;
}

/** A duration field with both bounds enforced at apply: 0 would spin a loop, a year would hide a mistake. */
export function duration(description: string, { min, max }: DurationBounds) {
  return text(`${description} Go duration, ${min} to ${max}.`, {
    max: 20,
    pattern: DURATION,
    rules: [withinBounds({ min, max })],
  });
}

function withinBounds({ min, max }: DurationBounds): Rule {
  return {
    rule: `duration(self) >= duration('${min}') && duration(self) <= duration('${max}')`,
    message: `set a duration between ${min} and ${max}, such as ${min} or ${max}`,
  };
}
