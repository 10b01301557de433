/** Durations: the same lengths as Go gives, and nothing that Go or we would refuse. */
import fc from "fast-check";
import { durationMs, parseDurationMs } from "./durations.ts";

const rows: readonly (readonly [text: string, lengthMs: number | undefined])[] = [
  ["10m", 600_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["1m500ms", 60_500],
  ["0s", 0],
  ["24h", 86_400_000],
  ["10", undefined],
  ["-5m", undefined],
  ["5d", undefined],
  ["5 m", undefined],
  ["", undefined],
  ["10m ", undefined],
  ["5us", undefined],
];
test.each(rows)("%p is %p ms", (text, lengthMs) => {
  expect(parseDurationMs(text)).toBe(lengthMs);
});

test("a duration that no schema admits is a bug that names it", () => {
  expect(() => durationMs("soon")).toThrow('not a duration: "soon"');
});

test("hours, minutes, seconds and milliseconds add up", () => {
  const part = fc.nat({ max: 500 });
  fc.assert(
    fc.property(part, part, part, part, (hours, minutes, seconds, millis) => {
      const expectedMs = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis;
      return parseDurationMs(`${hours}h${minutes}m${seconds}s${millis}ms`) === expectedMs;
    }),
  );
});
