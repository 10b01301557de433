/**
 * `node test/host/trace/main.ts`: what scripts and trace table lack of each other, a sentence a line; `--write` fills in the column Used in.
 * Exits 1 when anything is left to do. Never: writes a row, or anything else than that column.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { hostScripts } from "../static/host-scripts.ts";
import { libraryOf } from "../static/library.ts";
import { checkTrace } from "./check.ts";
import { HOST_STEPS_FILE, readHostSteps, tableSwitches } from "./host-steps.ts";
import { readSourcesFile } from "./sources.ts";

const table = readHostSteps();
const report = checkTrace(table, readSourcesFile(), libraryOf(await hostScripts(), tableSwitches(table)));
if (process.argv.includes("--write")) {
  const lines = readFileSync(HOST_STEPS_FILE, "utf8").split("\n");
  for (const [line, files] of report.usedIn) {
    const cells = (lines[line - 1] ?? "").split("|");
    cells[3] = ` ${files.join(", ")} `;
    lines[line - 1] = cells.join("|");
  }
  writeFileSync(HOST_STEPS_FILE, lines.join("\n"));
}
const left = report.problems.filter(
  (problem) => !process.argv.includes("--write") || !problem.includes(" is used in: "),
);
for (const problem of [...left, ...report.unread]) process.stdout.write(`${problem}\n`);
process.exitCode = left.length === 0 ? 0 : 1;
