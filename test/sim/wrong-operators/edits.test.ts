import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { edited } from "./edits.ts";
import { WRONG_OPERATORS } from "./list.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");
const edit = { file: "a.ts", find: "await store();", replace: "" };

test("a piece that is there once is replaced", () => {
  expect(edited("await store();\nawait launch();", edit)).toBe("\nawait launch();");
});

test.each([
  ["not there", "await launch();"],
  ["there twice", "await store();\nawait store();"],
])("a piece that is %s is refused", (_sentence, text) => {
  expect(() => edited(text, edit)).toThrow("times the piece");
});

test.each(WRONG_OPERATORS.flatMap(({ name, edits }) => edits.map((one) => [name, one] as const)))(
  "%s still finds its piece in the sources",
  (_name, one) => {
    const text = readFileSync(resolve(PROJECT, one.file), "utf8");
    expect(edited(text, one)).not.toBe(text);
  },
);
