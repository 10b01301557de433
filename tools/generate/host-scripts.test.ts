/** The generator of the host scripts' constants keeps every character, and refuses what a document cannot carry. */
import { PART_LINES, PRELUDE_LINES, STEP_LINES } from "../../src/host/scripts.generated.ts";
import { HOST_STEP_NAMES } from "../../src/host/contracts.ts";
import { SCRIPT_PARTS } from "../../src/host/script-parts.ts";
import { stepFileName } from "../../src/host/step-file-name.ts";
import { hostScriptsText, scriptFiles, type ScriptFiles } from "./host-scripts.ts";

const FILES = new Map([
  ["prelude.ps1", "# shared\n"],
  ["drain.ps1", "Stop-Service -Name 'a \"b\" \\c'\n\n# end\n"],
]);
const withDrain = (text: string): ScriptFiles => new Map([...FILES, ["drain.ps1", text]]);

test("the constants are the scripts, character for character", () => {
  const files = scriptFiles();
  expect(PRELUDE_LINES.join("\n")).toBe(files.get("prelude.ps1")?.trimEnd());
  for (const step of HOST_STEP_NAMES) {
    expect(`${STEP_LINES[step].join("\n")}\n`).toBe(files.get(`${stepFileName(step)}.ps1`));
  }
  for (const part of SCRIPT_PARTS) {
    expect(`${PART_LINES[part].join("\n")}\n`).toBe(files.get(`${part}-prelude.ps1`));
  }
});

test("the same scripts give the same text, in the order of the steps", () => {
  const reversed = new Map([...FILES].reverse());
  expect(hostScriptsText(reversed, ["Drain"], [])).toBe(hostScriptsText(FILES, ["Drain"], []));
  expect(hostScriptsText(FILES, ["Drain"], [])).toContain(
    '  Drain: [\n    "Stop-Service -Name \'a \\"b\\" \\\\c\'",\n    "",\n    "# end",\n  ],',
  );
});

const refused: readonly (readonly [sentence: string, files: ScriptFiles, message: string])[] = [
  ["a step without a script", new Map([["prelude.ps1", "#\n"]]), "has no drain.ps1"],
  ["a missing prelude", new Map([["drain.ps1", "#\n"]]), "has no prelude.ps1"],
  ["a script of no step", new Map([...FILES, ["other.ps1", "#\n"]]), "no step of src/host/contracts.ts and no part"],
  ["two opening braces in a row", withDrain("$table = @{{}}\n"), "two opening braces"],
  ["a character outside ASCII", withDrain("# caf\u00e9\n"), "printable ASCII"],
  ["a carriage return", withDrain("# a\r\n"), "printable ASCII"],
  ["a tab", withDrain("\t# a\n"), "printable ASCII"],
  ["a last line without its end", withDrain("# a"), "does not end with a line feed"],
];
for (const [sentence, files, message] of refused) {
  test(`${sentence} stops the generator`, () => expect(() => hostScriptsText(files, ["Drain"], [])).toThrow(message));
}

test("a part without a script stops the generator", () =>
  expect(() => hostScriptsText(FILES, ["Drain"], ["probe"])).toThrow("has no probe-prelude.ps1"));
