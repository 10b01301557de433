import { readTable } from "./table.ts";

const HEAD =
  "| Name | Kind | Used in | What and why | Source (page, heading) | Certainty |\n| --- | --- | --- | --- | --- | --- |\n";
const read = (row: string) => readTable(`# Title\n\n${HEAD}${row}\n`);

test("a row is read with its sources", () => {
  const { rows, malformed } = read(
    "| `Get-A -B <C>` | cmdlet | join, probe | Why. | PS: Get-A.md, PARAMETERS; E: x.md, Y, z | documented |",
  );
  expect(malformed).toEqual([]);
  expect(rows).toMatchObject([
    {
      name: "Get-A -B <C>",
      kind: "cmdlet",
      usedIn: ["join", "probe"],
      sources: [
        { short: "PS", page: "Get-A.md", heading: "PARAMETERS" },
        { short: "E", page: "x.md", heading: "Y, z" },
      ],
      certainty: "documented",
      form: { command: "Get-A" },
    },
  ]);
});

test("other tables of the page are not rows", () => {
  expect(readTable("| Certainty | Meaning |\n| --- | --- |\n| own | x |\n")).toEqual({ rows: [], malformed: [] });
});

const malformed: readonly (readonly [sentence: string, row: string, words: RegExp])[] = [
  ["an unknown kind", "| `a` | thing | join | Why. | - | own |", /kind thing/],
  ["an unknown certainty", "| `a` | file | join | Why. | - | sure |", /certainty sure/],
  ["a name without backticks", "| a | file | join | Why. | - | own |", /backticks/],
  ["a cmdlet that is no form", "| `Get-A B` | cmdlet | join | Why. | - | general |", /no form/],
  ["a documented row without a page", "| `a` | file | join | Why. | - | documented |", /names no page/],
  ["a documented row with words for a source", "| `a` | file | join | Why. | the docs | documented |", /names no page/],
  ["a row that does not say why", "| `a` | file | join |  | - | own |", /what and why/],
  ["a cell too few", "| `a` | file | join | Why. | own |", /cells/],
];
for (const [sentence, row, words] of malformed) {
  test(`${sentence} is told with its line`, () => {
    const { rows, malformed: told } = read(row);
    expect(rows).toEqual([]);
    expect(told).toEqual([expect.stringMatching(words)]);
    expect(told[0]).toMatch(/^docs\/host-steps\.md:5 /);
  });
}
