/**
 * The one control plane that an integration run shares: started by `global-setup.ts`, found here by the tests.
 * Tests isolate themselves by namespace (`namespace.ts`); a test that kills a server starts its own control plane.
 */
import { readControlPlaneFacts } from "./control-plane.ts";
import type { ControlPlaneFacts } from "./control-plane.ts";

/** Set by the global setup to the directory of the shared control plane. */
export const SHARED_CONTROL_PLANE_VARIABLE = "CLOUDSYNC_TEST_CONTROL_PLANE";

export function sharedControlPlane(): ControlPlaneFacts {
  const directory = process.env[SHARED_CONTROL_PLANE_VARIABLE];
  const facts = directory === undefined ? undefined : readControlPlaneFacts(directory);
  if (facts === undefined) throw new Error("no shared control plane: run this test in the jest project `integration`");
  return facts;
}
