/** Holds the failures of the scenario table against those that the scripts can say: where world and script differ is written down here, and nowhere hidden. */
import { readFileSync } from "node:fs";
import { provableScripts } from "../powershell/provable.ts";
import { SCENARIOS } from "./rows.ts";
import { STEPS, type ScenarioStep } from "./scenario.ts";

/** The simulated world tells these apart, the script does not: there the same trouble ends as another failure. */
const WORLD_ALONE: readonly string[] = [
  "PassThroughRegister RoleMissing",
  "PassThroughRegister WrongCloud",
  "Register RoleMissing",
];

/** Ends of a script that no row reaches, most of them because the simulated world does not play the trouble. */
const SCRIPT_ALONE: readonly string[] = [
  "CollectDiagnostics AWSToolsMissing",
  "CollectDiagnostics ArchiveTooLarge",
  "CollectDiagnostics OutputBucketUnavailable",
  "Configure ConfigureFailed",
  "Configure NotJoined",
  "Configure ServiceAccountNotSet",
  "Drain ServiceNotStopped",
  "Join ComputerAccountMissing",
  "Join FeatureNotInstalled",
  "LeaveDomain ServiceNotStopped",
  "PassThroughRegister RegistrationNotSeen",
  "ProveSecretDenied AWSToolsMissing",
  "ProveSecretDenied SecretsManagerUnreachable",
  "Proxy WinHTTPNotSet",
  "Register AccessTokenUnsupported",
  "Register ModuleLoggingOn",
  "Register RegistrationNotSeen",
  "Register SecretMalformed",
  "RestartService ServiceNotStarted",
  "VendorPermissions PermissionsFailed",
];

const expected = (step: ScenarioStep): ReadonlySet<string> =>
  new Set(SCENARIOS.filter((row) => row.step === step).flatMap(({ line }) => line.error?.reason ?? []));

test("the script of a step can say every failure that the table expects of it, but for those that are written down here", async () => {
  const scripts = await provableScripts();
  const missing = STEPS.flatMap((step) => {
    const text = scripts.find((script) => script.step === step)?.text ?? "";
    return [...expected(step)].filter((reason) => !text.includes(`'${reason}'`)).map((reason) => `${step} ${reason}`);
  });
  expect(missing.toSorted()).toEqual(WORLD_ALONE);
});

test("the table reaches every failure that a step's own text names, but for those that are written down here", () => {
  const missing = STEPS.flatMap((step) => {
    const fileName = step.replaceAll(/(?!^)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
    const text = readFileSync(new URL(`../../../src/host/powershell/${fileName}.ps1`, import.meta.url), "utf8");
    const named = new Set([...text.matchAll(/-Reason '(\w+)'/g)].map(([, reason = ""]) => reason));
    return [...named].filter((reason) => !expected(step).has(reason)).map((reason) => `${step} ${reason}`);
  });
  expect(missing.toSorted()).toEqual(SCRIPT_ALONE);
});
