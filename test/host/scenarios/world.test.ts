import { seenFurther, stateOf as standInState } from "../powershell/state.ts";
import { SCENARIOS } from "./rows.ts";
import { failingChecks, STEPS, type ScenarioStep } from "./scenario.ts";
import { FURTHER_STATES, STAGE_STATES } from "./stages.ts";
import { playInWorld } from "./world.ts";

/** What the files of a host before any step name (powershell/disk.test.ts). */
const NO_FILE_PROXIES = { agent: null, passThrough: null, updater: null };
const COMES_LATER: ReadonlySet<string> = new Set(["membership", "serviceAccountLost"]);

for (const scenario of SCENARIOS) {
  test(scenario.sentence, () => {
    const { line, before, after, furtherBefore, furtherAfter } = playInWorld(scenario);
    const stage = STAGE_STATES[scenario.before];
    expect(before).toEqual({ ...stage, computerName: stage.computerName ?? before.computerName });
    if (scenario.beside === undefined && scenario.trouble === undefined) {
      expect(furtherBefore).toEqual(FURTHER_STATES[scenario.before]);
    }
    // What the stand-ins of make test-host put around this row's host is what the world had, but for a trouble that comes afterwards.
    if (!COMES_LATER.has(scenario.trouble?.kind ?? ""))
      expect(seenFurther(standInState(scenario), NO_FILE_PROXIES)).toEqual(furtherBefore);
    expect(line).toMatchObject(scenario.line);
    if (scenario.failing !== undefined)
      expect(failingChecks(line as object as Record<string, unknown>)).toEqual(scenario.failing);
    expect(after).toEqual({ ...before, ...scenario.after });
    expect(furtherAfter).toEqual({ ...furtherBefore, ...scenario.further });
  });
}

test("every step has a success, and every step that changes something has a second run, a repeated command and two interruptions", () => {
  const quiet = new Set<ScenarioStep>(["Preflight", "Probe"]);
  // A restart is a restart, and an archive an archive, however often one is asked for.
  const never = new Set<ScenarioStep>(["RestartService", "CollectDiagnostics"]);
  for (const step of STEPS) {
    const rows = SCENARIOS.filter((one) => one.step === step);
    const has = (wanted: (row: (typeof rows)[number]) => boolean): boolean => rows.some(wanted);
    expect({ step, has: has(({ line }) => line.outcome === "Succeeded") }).toEqual({ step, has: true });
    if (quiet.has(step)) continue;
    expect({ step, has: has(({ repeats }) => repeats === true) }).toEqual({ step, has: true });
    const isFoundDone = has(({ line }) => line.outcome === "Succeeded" && line.changed === false);
    expect({ step, isFoundDone }).toEqual({ step, isFoundDone: !never.has(step) });
    if (step === "Drain") continue;
    for (const when of ["before", "after"]) {
      expect({
        step,
        when,
        has: has(({ interruption }) => interruption?.kind === "power" && interruption.when === when),
      }).toEqual({ step, when, has: true });
    }
  }
});

test("no two rows tell the same", () => {
  expect(new Set(SCENARIOS.map(({ sentence }) => sentence)).size).toBe(SCENARIOS.length);
});
