import { hostScripts } from "../static/host-scripts.ts";
import { libraryOf } from "../static/library.ts";
import { checkTrace } from "./check.ts";
import { readHostSteps, tableSwitches } from "./host-steps.ts";
import { headingsOf, readSourcesFile, resolve } from "./sources.ts";

const table = readHostSteps();
const sources = readSourcesFile();
const scripts = await hostScripts();

test("every name that a script uses has a row, every row is used, and documented rows resolve", () => {
  const { problems, unread } = checkTrace(table, sources, libraryOf(scripts, tableSwitches(table)));
  for (const sentence of unread) process.stderr.write(`NOT READ: ${sentence}\n`);
  expect(problems).toEqual([]);
});

test("every documented row names a page and a heading that are listed", () => {
  expect(table.malformed).toEqual([]);
  const documented = table.rows.filter(({ certainty }) => certainty === "documented");
  expect(documented.length).toBeGreaterThan(0);
  for (const { line, sources: named } of documented) {
    for (const source of named) {
      const resolution = resolve(source, sources);
      expect({ line, ...source, isListed: resolution === "resolved" || resolution === "unread" }).toMatchObject({
        isListed: true,
      });
    }
  }
});

test("every page of the sources belongs to a book and has headings", () => {
  for (const page of sources.pages) {
    expect(Object.keys(sources.books)).toContain(page.short);
    expect(headingsOf(page, sources).length).toBeGreaterThan(0);
  }
});
