/** All steps by name: a forgotten one does not compile. */
import { CONFIGURE } from "./configure.ts";
import { DRAIN } from "./drain.ts";
import { INSTALL } from "./install.ts";
import { JOIN } from "./join.ts";
import { PREFLIGHT } from "./preflight.ts";
import { PROBE } from "./probe.ts";
import { PROVE_SECRET_DENIED } from "./prove-secret-denied.ts";
import { REGISTER } from "./register.ts";
import type { Step, StepName } from "./step.ts";

export const STEPS: Readonly<Record<StepName, Step>> = {
  Preflight: PREFLIGHT,
  Join: JOIN,
  Install: INSTALL,
  Register: REGISTER,
  Configure: CONFIGURE,
  Drain: DRAIN,
  Probe: PROBE,
  ProveSecretDenied: PROVE_SECRET_DENIED,
};
