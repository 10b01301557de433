/**
 * PassThroughInstall: runs the checked setup of the Pass-through Authentication agent, silently and unregistered (agent-host reference, 14).
 * Guarantees: an installed agent of this version or a later one is left alone; a government cloud gets no version that lacks it.
 */
import { NETWORK_SERVICE } from "../disk.ts";
import { isVersionBelow } from "./install.ts";
import { checkedInstaller } from "./installer.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

/** entra-docs, how-to-connect-pta-quick-start, "Azure Government cloud prerequisite". */
const GOVERNMENT_VERSION = "1.5.1742.0";

export const PASS_THROUGH_INSTALL: Step = {
  takesLock: true,
  isDone: (context) => isInstalled(context),
  run(context) {
    const { host } = context;
    const before = host.disk.passThrough;
    if (before !== undefined && isInstalled(context)) return succeeded(false, { agentVersion: before.version });
    const problem = cloudProblem(context);
    if (problem !== undefined) return problem;
    const reading = checkedInstaller(context);
    if (reading.kind === "failed") return reading.end;
    const { version } = reading.setup;
    host.stopServiceOf("PassThroughAuthentication");
    host.disk.passThrough = {
      version,
      cloud: before?.cloud ?? (parameter(context, "tenantCloud") === "Public" ? "Public" : "USGovernment"),
      service: { startType: "Automatic", account: NETWORK_SERVICE },
      registration: before?.registration,
    };
    host.startServiceOf("PassThroughAuthentication");
    return succeeded(true, { agentVersion: version });
  },
};

function cloudProblem(context: StepContext): StepEnd | undefined {
  const cloud = parameter(context, "tenantCloud");
  if (cloud === "China") return cloudUnsupported();
  if (cloud === "Public" || !isVersionBelow(parameter(context, "version"), GOVERNMENT_VERSION)) return undefined;
  const words = [
    `The government cloud needs ${GOVERNMENT_VERSION} or later.`,
    "Put a later one in the catalogue.",
  ] as const;
  return failed("Permanent", "InstallerVersionTooOld", words);
}

/** No source names Pass-through Authentication for Azure China. */
export function cloudUnsupported(): StepEnd {
  return failed("Permanent", "CloudUnsupported", ["No agent is known for this cloud.", "Use another sign-in method."]);
}

function isInstalled(context: StepContext): boolean {
  const version = context.host.disk.passThrough?.version;
  return version !== undefined && !isVersionBelow(version, parameter(context, "version"));
}
