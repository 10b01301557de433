/** A sentence for each script that `make test-host` leaves out, so that a green run never passes for a proof of it. Pure. */
import { STEPS, WINDOWS_ALONE, type ScenarioStep } from "../scenarios/scenario.ts";
import type { ProvableScript } from "./provable.ts";

/** Why a step is left out; undefined: it is run. */
export function whyNotRun(step: string, platform: NodeJS.Platform): string | undefined {
  if (!isScenarioStep(step)) return "the scenario table does not have it";
  return platform === "win32" ? undefined : WINDOWS_ALONE[step];
}

export function notRun(scripts: readonly Pick<ProvableScript, "step">[], platform: NodeJS.Platform): readonly string[] {
  return scripts.flatMap(({ step }) => {
    const why = whyNotRun(step, platform);
    return why === undefined ? [] : [`NOT RUN: ${step}: ${why}; it stays unproven here.`];
  });
}

function isScenarioStep(step: string): step is ScenarioStep {
  return STEPS.some((known) => known === step);
}
