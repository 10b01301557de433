import { readScript } from "../static/script.ts";
import { powerShellParser } from "../static/syntax.ts";
import { checkTrace } from "./check.ts";
import type { HostSources } from "./sources.ts";
import { readTable } from "./table.ts";

const parse = await powerShellParser();
const HEAD =
  "| Name | Kind | Used in | What and why | Source (page, heading) | Certainty |\n| --- | --- | --- | --- | --- | --- |\n";
const SOURCES: HostSources = {
  readOn: "2026-11-26",
  books: {},
  pages: [
    { short: "PS", page: "Get-Item.md", commit: "c", headings: ["PARAMETERS", "-LiteralPath"] },
    { short: "E", page: "gone.md", headings: ["A"] },
  ],
};

function report(text: string, ...rows: readonly string[]) {
  const script = readScript(parse, "src/host/powershell/a.ps1", text);
  const table = readTable(HEAD + rows.map((row) => `| ${row} |\n`).join(""));
  return checkTrace(table, SOURCES, { scripts: [script], switchesOf: () => new Set(["force"]) });
}

const CALL = "Get-Item -LiteralPath $x\n";
const ROW = "`Get-Item -LiteralPath <String[]>` | cmdlet | a | Why. | PS: Get-Item.md, PARAMETERS | documented";

test("a call with its row leaves nothing to say", () => {
  expect(report(CALL, ROW)).toMatchObject({ problems: [], unread: [] });
});

const rows: readonly (readonly [sentence: string, text: string, rows: readonly string[], words: RegExp])[] = [
  ["a cmdlet without a row", CALL, [], /Get-Item has no row of kind cmdlet; it is called as Get-Item -literalpath/],
  ["a parameter that no form has", "Get-Item -LiteralPath $x -Force\n", [ROW], /no form of Get-Item fits/],
  [
    "a mandatory parameter that is not given",
    "Get-Item -Force\n",
    [ROW.replace("]>", "]> [-Force]")],
    /no form of Get-Item fits/,
  ],
  ["a row that nothing uses", CALL, [ROW, "`x.exe` | program | a | Why. | - | general"], /x\.exe is used nowhere/],
  [
    "a parameter that nothing gives",
    CALL,
    [ROW.replace("]>", "]> [-Path <String>]")],
    /-Path of Get-Item is given nowhere/,
  ],
  ["a wrong column", CALL, [ROW.replace("| a |", "| b |")], /is used in: a\./],
  [
    "a common parameter without a row",
    "Get-Item -LiteralPath $x -ErrorAction Stop\n",
    [ROW],
    /-ErrorAction has no row of kind common/,
  ],
  ["a program without a row", `${CALL}nltest.exe\n`, [ROW], /nltest\.exe has no row of kind program/],
  ["a page that is not listed", CALL, [ROW.replace("Get-Item.md", "Other.md")], /has no page PS: Other\.md/],
  ["a heading that the page lacks", CALL, [ROW.replace("PARAMETERS", "NOTES")], /no heading PS: Get-Item\.md, NOTES/],
  [
    "a parameter that the cmdlet's page lacks",
    "Get-Item -LiteralPath $x -Force\n",
    [ROW.replace("]>", "]> [-Force]")],
    /Get-Item\.md has no parameter -Force/,
  ],
];
for (const [sentence, text, table, words] of rows) {
  test(`${sentence} is told`, () => expect(report(text, ...table).problems.join("\n")).toMatch(words));
}

test("a documented row whose page could not be read is told, and is no failure", () => {
  const { problems, unread } = report(CALL, ROW.replace("PS: Get-Item.md, PARAMETERS", "E: gone.md, A"));
  expect(problems).toEqual([]);
  expect(unread).toEqual([expect.stringContaining("E: gone.md, A could not be read")]);
});

test("a program that is also a file needs one row", () => {
  const text = "$t = 'x.exe'\nx.exe\n";
  expect(report(text, "`x.exe` | file | a | Why. | - | own").problems).toEqual([]);
});
