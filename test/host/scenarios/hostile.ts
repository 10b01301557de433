/** Values that a script would have to fear if a parameter ever became a part of its text, and whether a step's contract lets them through. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { ScenarioStep } from "./scenario.ts";

export const HOSTILE_VALUES: readonly string[] = [
  "'",
  '"',
  "`",
  "x'; Stop-Computer; '",
  'x"; Stop-Computer; "',
  "$(Stop-Computer)",
  "$env:COMPUTERNAME",
  "; Stop-Computer",
  "| Stop-Computer",
  "& Stop-Computer",
  "x\nStop-Computer",
  "x\r\nexit 0",
  "\u2018x\u2019",
  "\u201cx\u201d",
  "\u202ex",
  "Grüße 日本 😀",
  "-EncodedCommand AAAA",
  "..\\..\\Windows\\System32",
  `${"{".repeat(2)}ssm:x}}`,
  "%SystemRoot%",
  "x\u0000y",
  "A".repeat(5_000),
  // The end of a text is not the end of its last line: `$` of some engines takes one for the other.
  "abc\n",
];

/** A value that fits, made hostile by what follows it. */
export function spoilt(fitting: string): readonly string[] {
  return ["\n", "\r\n", "\u0000", "\u2028", "`n", "$(Stop-Computer)"].map((end) => `${fitting}${end}`);
}

const CONTRACT = z.object({
  definitions: z.object({
    parameters: z.object({
      properties: z.record(
        z.string(),
        z.object({
          pattern: z.string().optional(),
          enum: z.array(z.string()).optional(),
          maxLength: z.number().optional(),
        }),
      ),
    }),
  }),
});

/** Parameters of a step, and whether its contract accepts a value for one. Read from contracts/host, with a reader of its own. */
export function contractOf(step: ScenarioStep): ReadonlyMap<string, (value: string) => boolean> {
  const fileName = step.replaceAll(/(?!^)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
  const file = new URL(`../../../contracts/host/${fileName}.json`, import.meta.url);
  const { properties } = CONTRACT.parse(JSON.parse(readFileSync(file, "utf8"))).definitions.parameters;
  return new Map(
    Object.entries(properties).map(([name, { pattern, enum: words, maxLength }]) => [
      name,
      (value) =>
        (pattern === undefined || new RegExp(pattern, "u").test(value)) &&
        (words === undefined || words.includes(value)) &&
        (maxLength === undefined || Array.from(value).length <= maxLength),
    ]),
  );
}
