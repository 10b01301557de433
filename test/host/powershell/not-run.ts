/** A sentence for each script that `make test-host` leaves out, so that a green run never passes for a proof of it. Pure. */
import { NOT_PLAYED } from "../scenarios/scenario.ts";
import { isPlayedByStandIns } from "./parameters.ts";
import type { ProvableScript } from "./provable.ts";

export function notRun(scripts: readonly Pick<ProvableScript, "step">[]): readonly string[] {
  return scripts
    .filter(({ step }) => !isPlayedByStandIns(step))
    .map(({ step }) => `NOT RUN: ${step}: the stand-ins do not play it${whyOf(step)}; it stays unproven.`);
}

function whyOf(step: string): string {
  const why = Object.entries(NOT_PLAYED).find(([name]) => name === step)?.[1];
  return why === undefined ? "" : `, because ${why}`;
}
