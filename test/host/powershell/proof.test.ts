import { readFileSync } from "node:fs";
import { parameterContracts } from "../../../src/host/contracts.ts";
import { readHostSteps } from "../trace/host-steps.ts";
import { SCENARIOS } from "../scenarios/rows.ts";
import { STEPS, WINDOWS_ALONE } from "../scenarios/scenario.ts";
import { boundModule, STAND_INS, standInFiles } from "./bound-module.ts";
import { notRun } from "./not-run.ts";
import { parametersOf } from "./parameters.ts";
import { readProof, standingOf, type ProvenDocument } from "./proof.ts";
import { provableScripts, type ProvableScript } from "./provable.ts";
import { withProofTable } from "./table.ts";
import { WINDOWS_POWERSHELL } from "../static/rules/windows-powershell.ts";
import { SYNTAX_ERROR } from "../static/rules/syntax-error.ts";
import { readScript } from "../static/script.ts";
import { powerShellParser } from "../static/syntax.ts";

const programs = readFileSync(new URL("programs.psm1", STAND_INS), "utf8");
const parse = await powerShellParser();
const SCRIPT: ProvableScript = { step: "Join", text: "x", sha256: "a".repeat(64) };
const PROVEN: ProvenDocument = {
  sha256: SCRIPT.sha256,
  powershellVersion: "5.1",
  cases: 3,
  branchesCovered: { seen: 1, of: 2 },
  results: { passed: 3, failed: [] },
};
const README = "# A\n<!-- host proof: written by `make generate` -->\nold\n<!-- end of host proof -->\nB\n";

test("every script that ships and was not run in a real PowerShell is told, loudly", async () => {
  const proof = readProof();
  for (const script of await provableScripts()) {
    const { kind } = standingOf(script, proof);
    if (kind === "unproven")
      process.stderr.write(
        `UNPROVEN: ${script.step} (${script.sha256.slice(0, 8)}) was never run in a real PowerShell.\n`,
      );
    expect(kind).not.toBe("failed");
  }
});

test("every script that ships is in the scenario table, and is run by make test-host on Windows; what no other system can run is named there", async () => {
  const scripts = await provableScripts();
  expect(scripts.map(({ step }) => step).toSorted()).toEqual(STEPS.toSorted());
  expect(notRun(scripts, "win32")).toEqual([]);
  expect(notRun(scripts, "linux")).toHaveLength(Object.keys(WINDOWS_ALONE).length);
  for (const [step, why] of Object.entries(WINDOWS_ALONE))
    expect(notRun([{ step }], "linux")).toEqual([`NOT RUN: ${step}: ${why}; it stays unproven here.`]);
});

test("a script that nobody has entered into the table is told as not run", () => {
  expect(notRun([{ step: "Newcomer" }], "win32")).toEqual([
    "NOT RUN: Newcomer: the scenario table does not have it; it stays unproven here.",
  ]);
});

test("every row gives its script the parameters of its contract, and no other", () => {
  for (const scenario of SCENARIOS) {
    const wanted = parameterContracts(scenario.step).map(({ name }) => name);
    const given = ["operationID", ...Object.keys(parametersOf(scenario))];
    expect({ row: scenario.sentence, given: given.toSorted() }).toEqual({
      row: scenario.sentence,
      given: wanted.toSorted(),
    });
  }
});

test("what a script calls by path or as a program has a stand-in under that very name", async () => {
  const aliases = [...programs.matchAll(/^Set-Alias -Name '([^']+)' -Value '([^']+)' -Scope Global$/gm)];
  const called = (await provableScripts()).flatMap(({ text }) => [
    ...[...text.matchAll(/& '([^']+)'/g)].map(([, path]) => path),
    ...[...text.matchAll(/\b(netsh\.exe) /g)].map(([, name]) => name),
  ]);
  expect(aliases.map(([, name]) => name).toSorted()).toEqual([...new Set(called)].toSorted());
  for (const [, , target] of aliases) expect(programs).toContain(`\nfunction ${target} {`);
});

test("a proof of an older text proves nothing", () => {
  expect(standingOf(SCRIPT, { documents: { "Join on 5.1": PROVEN } }).kind).toBe("proven");
  expect(standingOf({ ...SCRIPT, sha256: "b" }, { documents: { "Join on 5.1": PROVEN } }).kind).toBe("unproven");
  expect(standingOf(SCRIPT, { documents: { "Drain on 5.1": PROVEN } }).kind).toBe("unproven");
});

test("one PowerShell in which a case differed is enough for a failure", () => {
  const failed = { ...PROVEN, results: { passed: 2, failed: ["x"] } };
  expect(standingOf(SCRIPT, { documents: { "Join on 5.1": PROVEN, "Join on 7.5": failed } }).kind).toBe("failed");
});

test("the README's table says unproven, and keeps what stands around it", () => {
  const table = withProofTable(README, [SCRIPT], { documents: {} });
  expect(table).toMatch(/\| Join +\| `aaaaaaaa` \| \*\*unproven\*\* /);
  expect(table.startsWith("# A\n") && table.endsWith("\nB\n")).toBe(true);
  expect(withProofTable(table, [SCRIPT], { documents: {} })).toBe(table);
  expect(withProofTable(README, [SCRIPT], { documents: { "Join on 5.1": PROVEN } })).toMatch(
    /5\.1: 3 cases, 1 of 2 ends/,
  );
});

test("the stand-ins and the functions before them are PowerShell 5.1 by the grammar", () => {
  const texts = standInFiles().map((name) => [name, readFileSync(new URL(name, STAND_INS), "utf8")] as const);
  const scripts = [...texts, ["bound.psm1", boundModule(readHostSteps()).text] as const].map(([name, text]) =>
    readScript(parse, name, text),
  );
  const library = { scripts, switchesOf: () => undefined };
  const findings = scripts.flatMap((script) =>
    [SYNTAX_ERROR, WINDOWS_POWERSHELL].flatMap(({ find }) => find(script, library)),
  );
  expect(findings).toEqual([]);
});

test("every stand-in plays a cmdlet that the trace table has", () => {
  const { commands } = boundModule(readHostSteps());
  const texts = standInFiles().map((name) => readFileSync(new URL(name, STAND_INS), "utf8"));
  const implemented = texts.flatMap((text) => [...text.matchAll(/^function Use-(\w+)/gm)].map(([, name]) => name));
  expect(implemented.toSorted()).toEqual(commands.map((command) => command.replace("-", "")).toSorted());
});

test("a bound function declares the parameters of its rows, switches as such, and binds none by place", () => {
  const { text, forms } = boundModule(readHostSteps());
  const [stop = ""] = /function Stop-Service \{[^}]*\}/.exec(text) ?? [];
  expect(stop).toContain("PositionalBinding = $false");
  expect(stop).toContain("$Name");
  expect(stop).toContain("[switch]$NoWait");
  expect(forms["Stop-Service"]).toEqual([{ mandatory: ["Name", "NoWait"], optional: [] }]);
});
