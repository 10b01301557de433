/**
 * `make test-host`: runs the host scripts in every PowerShell of this machine against stand-ins, holds the outcome against the scenario table field by field,
 * and writes docs/host-proof.json. Needs Node and PowerShell, nothing else of the project.
 * Guarantees: without a PowerShell it says so and fails; a case that differs is told with both sides; a secret that got out is a failure.
 * It has not been run by this project so far: there was no PowerShell where it was written.
 */
import { isDeepStrictEqual } from "node:util";
import { playInPowerShell, type PlayedRun, type Stage } from "./powershell/play.ts";
import { notRun, whyNotRun } from "./powershell/not-run.ts";
import { provableScripts } from "./powershell/provable.ts";
import { readProof, writeProof, type ProvenDocument } from "./powershell/proof.ts";
import { findShells, type Shell } from "./powershell/shells.ts";
import { SECRETS } from "./powershell/surroundings.ts";
import { SCENARIOS } from "./scenarios/rows.ts";
import { failingChecks, type Scenario } from "./scenarios/scenario.ts";
import { leaksIn } from "./secrets/scan.ts";
import { readHostSteps } from "./trace/host-steps.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const secrets = Object.entries(SECRETS).map(([name, { value }]) => ({ name, value }));

const shells = findShells();
const scripts = await provableScripts();
const leftOut = notRun(scripts, process.platform);
if (shells.length === 0 || scripts.length === 0) {
  for (const sentence of leftOut) say(sentence);
  say(
    shells.length === 0
      ? "No PowerShell is on this machine (powershell.exe or pwsh): the host scripts were not run, and nothing is proven."
      : "src/host/scripts.generated.ts is missing: run `make generate` first.",
  );
  process.exit(1);
}
const table = readHostSteps();
let failures = 0;
for (const shell of shells) {
  for (const { step, text, sha256 } of scripts) {
    if (whyNotRun(step, process.platform) !== undefined) continue;
    const rows = SCENARIOS.filter((scenario) => scenario.step === step);
    const document = prove(rows, { shell, script: text, table }, sha256);
    failures += document.results.failed.length;
    writeProof({ documents: { ...readProof().documents, [`${step} on ${shell.version}`]: document } });
  }
}
for (const sentence of leftOut) say(sentence);
say(failures === 0 ? "All cases that were run were as the table says." : `${failures} cases differed.`);
process.exitCode = failures === 0 ? 0 : 1;

function prove(rows: readonly Scenario[], stage: Stage, sha256: string): ProvenDocument {
  const failed: string[] = [];
  const reasons = new Set<string>();
  let cases = 0;
  const judge = (sentence: string, problems: readonly string[], { line }: PlayedRun): void => {
    cases += 1;
    const reason = (line?.["error"] as { reason?: string } | undefined)?.reason;
    if (reason !== undefined) reasons.add(reason);
    if (problems.length > 0) failed.push(sentence);
    for (const problem of problems) say(`${nameOf(stage.shell)} ${sentence}: ${problem}`);
  };
  for (const row of rows) {
    const when = row.interruption?.kind === "power" ? row.interruption.when : undefined;
    const dieAfter =
      when === undefined ? 0 : when === "before" ? 1 : playInPowerShell({ ...row, runs: 1 }, stage).calls;
    const run = playInPowerShell(row, stage, { dieAfter });
    judge(row.sentence, problemsOf(row, run), run);
  }
  // Every call of the plain success fails once; the next command has to end as the plain success does, or as a second one where both did their work.
  const undisturbed = rows.filter(
    ({ line, trouble, repeats, interruption }) => line.outcome === "Succeeded" && !trouble && !repeats && !interruption,
  );
  const plain = undisturbed.find(({ runs }) => runs === undefined);
  const second = undisturbed.find(({ runs }) => runs === 2) ?? plain;
  const calls = plain === undefined ? 0 : playInPowerShell(plain, stage).calls;
  for (let failAt = 1; plain !== undefined && failAt <= calls; failAt += 1) {
    const once = playInPowerShell(plain, stage, { failAt });
    judge(
      `${plain.step}: call ${failAt} fails`,
      once.line === undefined ? ["it printed no line"] : leakProblems(once),
      once,
    );
    const again = playInPowerShell({ ...plain, runs: 2 }, stage, { failAt });
    const line = {
      outcome: "Succeeded",
      ...(plain.line.facts === undefined ? {} : { facts: plain.line.facts }),
    } as const;
    const sides = [plain, second ?? plain].map((row) => problemsOf({ ...row, line }, again));
    judge(
      `${plain.step}: call ${failAt} fails, and the next command ends well`,
      sides.find((problems) => problems.length === 0) ?? sides[0] ?? [],
      again,
    );
  }
  const known = new Set([...stage.script.matchAll(/-Reason '(\w+)'/g)].map(([, reason]) => reason ?? ""));
  const covered = { seen: [...known].filter((reason) => reasons.has(reason)).length, of: known.size };
  return {
    sha256,
    powershellVersion: stage.shell.version,
    cases,
    branchesCovered: covered,
    results: { passed: cases - failed.length, failed },
  };
}

function problemsOf({ line, failing, after, further }: Scenario, run: PlayedRun): readonly string[] {
  const wanted = { ...run.before, ...after };
  return [
    ...differences(failing, failing === undefined ? undefined : failingChecks(run.line ?? {}), "failing checks"),
    ...(run.line === undefined ? ["the last line is no JSON"] : differences(line, run.line, "line")),
    ...differences(wanted, run.after, "after"),
    ...differences({ ...run.furtherBefore, ...further }, run.furtherAfter, "further"),
    ...leakProblems(run),
  ];
}

function leakProblems({ places }: PlayedRun): readonly string[] {
  return leaksIn(places, secrets).map(({ place, secret }) => `the secret ${secret} is in ${place}`);
}

/** What is wanted and not so; what is not mentioned is free. */
function differences(wanted: unknown, got: unknown, path: string): readonly string[] {
  if (wanted === undefined || isDeepStrictEqual(wanted, got)) return [];
  if (
    typeof wanted !== "object" ||
    wanted === null ||
    Array.isArray(wanted) ||
    typeof got !== "object" ||
    got === null
  ) {
    return [`${path} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  }
  return Object.entries(wanted).flatMap(([name, value]) =>
    differences(value, (got as Readonly<Record<string, unknown>>)[name], `${path}.${name}`),
  );
}

function nameOf({ command, version }: Shell): string {
  return `[${command} ${version}]`;
}
