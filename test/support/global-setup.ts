/**
 * Starts the control plane of an integration run once and installs the CRDs in `crds/`, as a user does: with kubectl.
 * Uses a running one instead when the variable already names it (then the teardown leaves it alone).
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startControlPlane } from "./control-plane.ts";
import type { ControlPlaneFacts } from "./control-plane.ts";
import { kubectlOk } from "./kubectl.ts";
import { SHARED_CONTROL_PLANE_VARIABLE, sharedControlPlane } from "./shared-control-plane.ts";

const CRDS = resolve(import.meta.dirname, "../../crds");

export default async function globalSetup(): Promise<void> {
  if (process.env[SHARED_CONTROL_PLANE_VARIABLE] !== undefined) {
    await installCrds(sharedControlPlane());
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-test-"));
  const controlPlane = await startControlPlane({ directory });
  process.env[SHARED_CONTROL_PLANE_VARIABLE] = directory;
  globalThis.stopSharedControlPlane = async () => {
    await controlPlane.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  await installCrds(controlPlane);
}

/** Applies every file of `crds/` and waits until the server serves them; nothing to do while there are none. */
export async function installCrds(controlPlane: ControlPlaneFacts): Promise<void> {
  const files = readdirSync(CRDS).filter((name) => name.endsWith(".yaml"));
  if (files.length === 0) return;
  await kubectlOk(controlPlane, ["apply", "--server-side", "-f", CRDS]);
  await kubectlOk(controlPlane, ["wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS]);
}

declare global {
  // Jest runs setup and teardown in one process; a global is its documented way to hand something over.
  var stopSharedControlPlane: (() => Promise<void>) | undefined;
}
