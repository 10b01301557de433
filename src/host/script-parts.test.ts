/** A document carries what its script calls, and nothing that it does not. */
import { HOST_STEP_NAMES, type HostStepName } from "./contracts.ts";
import { scriptLines } from "./documents.ts";
import { partsOf, type ScriptPart } from "./script-parts.ts";
import { PART_LINES, STEP_LINES } from "./scripts.generated.ts";

const code = (lines: readonly string[]): string => lines.join("\n").replaceAll(/<#[\s\S]*?#>/g, "");
const functionsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^function ([A-Za-z]+-[A-Za-z]+) /gm)].map(([, name = ""]) => name);
const constantsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\$script:([A-Za-z]+) = /gm)].map(([, name = ""]) => name);
const namesIn = (text: string): readonly string[] => [...functionsIn(text), ...constantsIn(text)];
const mentions = (text: string, name: string): boolean => new RegExp(`(?<![A-Za-z-])${name}(?![A-Za-z-])`).test(text);

/** Called by the prelude where a step asks for a child PowerShell, and only there. */
const CHILD_CALL = "Invoke-CloudSyncChild";

describe.each(HOST_STEP_NAMES)("%s", (step) => {
  const text = code(scriptLines(step));

  test("calls only functions of the product that its document carries", () => {
    const called = new Set([...text.matchAll(/(?<![A-Za-z-])[A-Z][a-z]+-CloudSync[A-Za-z]+/g)].map(([name]) => name));
    if (!code(STEP_LINES[step]).includes("-InChildPowerShell")) called.delete(CHILD_CALL);
    expect([...called].filter((name) => !functionsIn(text).includes(name))).toEqual([]);
  });

  test("reads only constants that its document sets", () => {
    const read = new Set([...text.matchAll(/\$script:([A-Za-z]+)/g)].map(([, name = ""]) => name));
    const set = new Set([...text.matchAll(/\$script:([A-Za-z]+)(?:\.[A-Za-z]+)* \+?= /g)].map(([, name = ""]) => name));
    expect([...read].filter((name) => !set.has(name))).toEqual([]);
  });

  test("needs each of its parts", () => {
    expect(partsOf(step).filter((part) => !isNeeded(step, part))).toEqual([]);
  });
});

function isNeeded(step: HostStepName, part: ScriptPart): boolean {
  const others = [
    ...partsOf(step)
      .filter((other) => other !== part)
      .map((other) => PART_LINES[other]),
    STEP_LINES[step],
  ];
  const text = code(others.flat());
  if (part === "child") return text.includes("-InChildPowerShell");
  return namesIn(code(PART_LINES[part])).some((name) => mentions(text, name));
}
