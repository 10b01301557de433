/**
 * Install: runs the checked setup silently (agent-host reference, 3, 4, 17.5).
 * Guarantees: an installed agent of this version or a later one is left alone.
 */
import { VIRTUAL_ACCOUNT } from "../disk.ts";
import { checkedInstaller } from "./installer.ts";
import { parameter, succeeded, type Step, type StepContext } from "./step.ts";

export const INSTALL: Step = {
  takesLock: true,
  isDone: (context) => isInstalled(context),
  run(context) {
    const { host } = context;
    const before = host.disk.agent;
    // Hosts may move above the installed build at any time (section 11).
    if (before !== undefined && isInstalled(context))
      return succeeded(context.rebootCount > 0, { agentVersion: before.version });
    const reading = checkedInstaller(context);
    if (reading.kind === "failed") return reading.end;
    const { setup } = reading;
    host.stopService();
    if (before === undefined) {
      host.disk.agent = {
        version: setup.version,
        // From 1.1.2102.0 the setup takes the cloud from its download, and nothing of the file tells which (agent-host reference, 3): the registration does.
        cloud: setup.cloud ?? "Public",
        service: { startType: "Automatic", account: VIRTUAL_ACCOUNT },
        updater: { startType: "Automatic", account: "LocalSystem" },
      };
    } else {
      before.version = setup.version;
    }
    host.startService();
    return succeeded(true, { agentVersion: setup.version });
  },
};

function isInstalled(context: StepContext): boolean {
  const version = context.host.disk.agent?.version;
  return version !== undefined && !isVersionBelow(version, parameter(context, "version"));
}

export function isVersionBelow(left: string, right: string): boolean {
  const [leftParts, rightParts] = [left, right].map((version) => version.split(".").map(Number));
  for (const [index, wanted] of (rightParts ?? []).entries()) {
    const part = leftParts?.[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
