/**
 * Plays a scenario in a real PowerShell: the script that a host would be given, behind stand-ins of everything outside.
 * Guarantees: a folder of its own under the system's temporary one, removed afterwards; no process outlives its deadline. Not run by this project so far.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FurtherState, HostState, Scenario } from "../scenarios/scenario.ts";
import { boundModule, STAND_INS, standInFiles } from "./bound-module.ts";
import { placeFiles, PROGRAM_DATA, PROGRAM_FILES, proxiesIn, TRACE } from "./disk.ts";
import { parametersOf } from "./parameters.ts";
import type { Shell } from "./shells.ts";
import { restarted, seen, seenFurther, stateOf, type StandInState } from "./state.ts";
import type { Table } from "../trace/table.ts";

export interface PlayedRun {
  /** The last line, parsed; undefined when it was no JSON. */
  readonly line: Readonly<Record<string, unknown>> | undefined;
  readonly before: HostState;
  readonly after: HostState;
  readonly furtherBefore: FurtherState;
  readonly furtherAfter: FurtherState;
  readonly calls: number;
  /** Everything that was written or printed, by what a person would open. */
  readonly places: readonly { readonly name: string; readonly text: string }[];
}

export interface Stage {
  readonly shell: Shell;
  readonly script: string;
  readonly table: Table;
}

const RESTARTS_MAX = 6;
const RUN_MAX_MS = 180_000;

/** @param disturbance calls counted from 1: the stand-in throws at `failAt`, the process is killed after `dieAfter` */
export function playInPowerShell(
  scenario: Scenario,
  stage: Stage,
  disturbance: { readonly failAt?: number; readonly dieAfter?: number } = {},
): PlayedRun {
  const folder = mkdtempSync(join(tmpdir(), "cloudsync-host-"));
  try {
    const first = { ...stateOf(scenario), failAt: disturbance.failAt ?? 0, dieAfter: disturbance.dieAfter ?? 0 };
    prepare(folder, stage, first);
    placeFiles(folder, scenario);
    const furtherBefore = seenFurther(first, proxiesIn(folder));
    const outputs: string[] = [];
    for (let run = 1; run <= (scenario.runs ?? 1); run += 1) {
      const operationID = scenario.repeats === true ? "operation1" : `operation${run}`;
      outputs.push(runStep(folder, { scenario, stage, operationID }));
      if (run > 1) continue;
      writeState(folder, { ...readState(folder), failAt: 0, dieAfter: 0 });
      if ((disturbance.dieAfter ?? 0) === 0) continue;
      // Windows comes up again, and the SSM agent goes on with the command that it had.
      writeState(folder, restarted(readState(folder)));
      outputs.push(runStep(folder, { scenario, stage, operationID }));
    }
    const state = readState(folder);
    return {
      line: lastLine(outputs.at(-1) ?? ""),
      before: seen(first),
      after: seen(state),
      furtherBefore,
      furtherAfter: seenFurther(state, proxiesIn(folder)),
      calls: state.calls,
      places: [...outputs.map((text) => ({ name: "output", text })), ...filesIn(folder)],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(folder: string, { script, table }: Stage, state: StandInState): void {
  const { text, forms } = boundModule(table);
  writeFileSync(join(folder, "bound.psm1"), text);
  writeFileSync(join(folder, "forms.json"), JSON.stringify(forms));
  writeState(folder, state);
  const modules = [
    ...standInFiles().map((name) => fileURLToPath(new URL(name, STAND_INS))),
    join(folder, "bound.psm1"),
  ];
  // Both the parent and the child of a step read this file, so both meet the stand-ins.
  const imports = modules.map((path) => `Import-Module -Name '${path}' -Global -DisableNameChecking`);
  const transcript = `$null = Start-Transcript -LiteralPath '${join(folder, "transcript.txt")}' -Append`;
  // A mark of byte order: Windows PowerShell 5.1 reads a file without one in the machine's code page.
  writeFileSync(join(folder, "_script.ps1"), `\uFEFF${[...imports, transcript, script].join("\n")}\n`);
}

/** One operation: the script again after each exit code 3010, as the SSM agent does. */
function runStep(
  folder: string,
  {
    scenario,
    stage,
    operationID,
  }: { readonly scenario: Scenario; readonly stage: Stage; readonly operationID: string },
): string {
  const parameters = { operationID, ...parametersOf(scenario) };
  let output = "";
  for (let run = 0; run <= RESTARTS_MAX; run += 1) {
    const { computerName } = readState(folder);
    const { status, stdout, stderr } = spawnSync(
      stage.shell.command,
      ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Unrestricted", "-File", join(folder, "_script.ps1")],
      {
        encoding: "utf8",
        timeout: RUN_MAX_MS,
        env: {
          ...process.env,
          ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`SSM_${name}`, value])),
          STANDIN_FOLDER: folder,
          COMPUTERNAME: computerName,
          ProgramFiles: join(folder, PROGRAM_FILES),
          ProgramData: join(folder, PROGRAM_DATA),
          AWS_SSM_REGION_NAME: "ap-northeast-1",
          // Windows needs its own to start a process at all.
          ...(process.platform === "win32" ? {} : { SystemRoot: folder }),
        },
      },
    );
    output += `${stdout}\n${stderr}`;
    if (status !== 3010) return stdout.trim() === "" ? output : stdout;
    writeState(folder, restarted(readState(folder)));
  }
  return output;
}

function readState(folder: string): StandInState {
  return JSON.parse(readFileSync(join(folder, "state.json"), "utf8")) as StandInState;
}

function writeState(folder: string, state: StandInState): void {
  writeFileSync(join(folder, "state.json"), JSON.stringify(state));
}

function lastLine(output: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(output.trimEnd().split(/\r?\n/).at(-1) ?? "") as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Markers, calls, transcript, script, uploads; the state itself holds the secrets, because it plays Secrets Manager, and the trace is the agent's own. */
function filesIn(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !["state.json", "forms.json", "bound.psm1", TRACE].includes(entry.name))
    .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "latin1") }));
}
