/**
 * Holds the failures of the scenario table against those that the scripts can say: neither has one that the other lacks.
 * What the script cannot tell apart, the simulated hosts do not either: a role that is missing from a wrong password (the vendor's cmdlet has no code
 * for it), a tenant of another cloud from one that does not exist (AADSTS90002 for both), a setup of another cloud from the right one (nothing of the file says it; the registration does).
 */
import { readFileSync } from "node:fs";
import { provableScripts } from "../powershell/provable.ts";
import { SCENARIOS } from "./rows.ts";
import { STEPS, type ScenarioStep } from "./scenario.ts";

const expected = (step: ScenarioStep): ReadonlySet<string> =>
  new Set(SCENARIOS.filter((row) => row.step === step).flatMap(({ line }) => line.error?.reason ?? []));

test("the script of a step can say every failure that the table expects of it", async () => {
  const scripts = await provableScripts();
  const missing = STEPS.flatMap((step) => {
    const text = scripts.find((script) => script.step === step)?.text ?? "";
    return [...expected(step)].filter((reason) => !text.includes(`'${reason}'`)).map((reason) => `${step} ${reason}`);
  });
  expect(missing).toEqual([]);
});

test("the table reaches every failure that a step's own text names", () => {
  const missing = STEPS.flatMap((step) => {
    const fileName = step.replaceAll(/(?!^)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
    const text = readFileSync(new URL(`../../../src/host/powershell/${fileName}.ps1`, import.meta.url), "utf8");
    const named = new Set([...text.matchAll(/-Reason '(\w+)'/g)].map(([, reason = ""]) => reason));
    return [...named].filter((reason) => !expected(step).has(reason)).map((reason) => `${step} ${reason}`);
  });
  expect(missing).toEqual([]);
});
