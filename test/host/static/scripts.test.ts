import { readHostSteps, tableSwitches } from "../trace/host-steps.ts";
import { EXCEPTIONS, isExcepted } from "./exceptions.ts";
import { sentence } from "./finding.ts";
import { hostScripts } from "./host-scripts.ts";
import { libraryOf } from "./library.ts";
import { allFindings, RULES } from "./rules.ts";

const scripts = await hostScripts();
const library = libraryOf(scripts, tableSwitches(readHostSteps()));
const findings = scripts.flatMap((script) => allFindings(script, library));

test("the scripts that ship break no rule of the static proof", () => {
  expect(findings.filter((finding) => !isExcepted(finding)).map(sentence)).toEqual([]);
});

test("every exception is still needed", () => {
  const idle = EXCEPTIONS.filter((one) => !findings.some((finding) => isExcepted(finding, [one])));
  expect(idle).toEqual([]);
});

test("there is a prelude, and no function of it is declared again", () => {
  expect(scripts.map(({ file }) => file)).toContain("src/host/powershell/prelude.ps1");
  for (const step of scripts.filter(({ file }) => !file.endsWith("/prelude.ps1"))) {
    const others = scripts.filter(({ file }) => file.endsWith("/prelude.ps1"));
    const taken = new Set(others.flatMap(({ functions }) => functions.map(({ name }) => name.toLowerCase())));
    expect(step.functions.filter(({ name }) => taken.has(name.toLowerCase())).map(({ name }) => name)).toEqual([]);
  }
});

test("every rule has a name of its own, and every exception names a rule", () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { rule } of EXCEPTIONS) expect(names).toContain(rule);
});
