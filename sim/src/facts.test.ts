/** The table of facts: every row is played by a test. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { WORLD_FACTS } from "./facts.ts";

const TOP = join(import.meta.dirname, "..", "..");

/** Ids that tests name in `exercises(...)`, with the files that do. */
function exercised(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync(["sim/**/*.test.ts", "test/**/*.test.ts"], { cwd: TOP })) {
    const text = readFileSync(join(TOP, file), "utf8");
    for (const [, list = ""] of text.matchAll(/\bexercises\(([^;]*?)\);/gs))
      for (const [, id = ""] of list.matchAll(/"([^"]+)"/g)) found.set(id, [...(found.get(id) ?? []), file]);
  }
  return found;
}

test("no row of the table is without a test that plays it", () => {
  const played = exercised();
  expect(WORLD_FACTS.map(({ id }) => id).filter((id) => !played.has(id))).toEqual([]);
});

test("no row is there twice, and each names a section of the reference", () => {
  const ids = WORLD_FACTS.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^\d+(\.\d+)? \S/.test(id))).toEqual([]);
});
