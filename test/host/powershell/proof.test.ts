import { readFileSync } from "node:fs";
import { readHostSteps } from "../trace/host-steps.ts";
import { SCENARIOS } from "../scenarios/rows.ts";
import { FURTHER_STEPS, STAND_IN_STEPS, STEPS } from "../scenarios/scenario.ts";
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

test("every script that ships is in the scenario table, and is either played by the stand-ins or named as not run", async () => {
  const scripts = await provableScripts();
  expect(scripts.map(({ step }) => step).toSorted()).toEqual(STEPS.toSorted());
  expect(notRun(scripts)).toHaveLength(FURTHER_STEPS.length);
  for (const step of FURTHER_STEPS) {
    expect(notRun([{ step }])[0]).toMatch(
      new RegExp(`^NOT RUN: ${step}: the stand-ins do not play it, because .+; it stays unproven\\.$`),
    );
  }
  for (const step of STAND_IN_STEPS) expect(notRun([{ step }])).toEqual([]);
});

test("no run is recorded of a step that the stand-ins do not play, and none can be played", () => {
  const recorded = Object.keys(readProof().documents).map((name) => name.split(" on ")[0]);
  expect(FURTHER_STEPS.filter((step) => recorded.includes(step))).toEqual([]);
  for (const scenario of SCENARIOS) {
    const play = (): unknown => parametersOf(scenario);
    if (FURTHER_STEPS.some((step) => step === scenario.step)) expect(play).toThrow("do not play");
    else expect(play).not.toThrow();
  }
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
