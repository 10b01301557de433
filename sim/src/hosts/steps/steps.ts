/** All steps by name: a forgotten one does not compile. */
import { PROBE } from "./probe.ts";
import type { Step, StepName } from "./step.ts";

export const STEPS: Readonly<Record<StepName, Step>> = {
  Preflight: PROBE,
  Join: PROBE,
  Install: PROBE,
  Register: PROBE,
  Configure: PROBE,
  Drain: PROBE,
  Probe: PROBE,
};
