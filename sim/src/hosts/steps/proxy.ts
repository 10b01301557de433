/**
 * Proxy: one proxy for the agent's file, the updater's file and WinHTTP, or none (agent-host reference, 8.3).
 * Guarantees: a file that is no XML is left as it is; a service is restarted only if it runs and its file changed.
 * Never: a proxy user or password; the contract has no room for one.
 */
import type { WindowsDisk } from "../disk.ts";
import { agentKind } from "./restart-service.ts";
import { failed, parameter, succeeded, type Step, type StepContext } from "./step.ts";

export const PROXY: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const { host } = context;
    const kind = agentKind(context);
    if (host.stateOf(kind) === "Missing") {
      return failed("Permanent", "AgentNotInstalled", ["No such agent is installed.", "Install it first."]);
    }
    if (host.disk.isConfigurationSpoilt) {
      const words = ["The agent's configuration file is no XML.", "Repair it by hand or replace the host."] as const;
      return failed("Person", "ConfigurationMalformed", words);
    }
    const place = kind === "Provisioning" ? "agent" : "passThrough";
    const wasRunning = host.stateOf(kind) === "Running";
    const isFileChanged = write(host.disk, place, wanted(context));
    const isUpdaterChanged = write(host.disk, "updater", wanted(context));
    const winHTTP = withoutScheme(wanted(context));
    if (host.disk.ailments.has("winHTTPLocked") && host.disk.proxy.winHTTP !== winHTTP) {
      const words = ["WinHTTP did not take the proxy.", "Look for a policy that sets it; tried again."] as const;
      return { ...failed("Transient", "WinHTTPNotSet", words), changed: isFileChanged || isUpdaterChanged };
    }
    const isRestChanged = [write(host.disk, "winHTTP", winHTTP), isUpdaterChanged].includes(true);
    if (isFileChanged && wasRunning) {
      host.stopServiceOf(kind);
      if (!host.startServiceOf(kind)) {
        const words = ["The service did not come back.", "Look at the host's events."] as const;
        return { ...failed("Transient", "ServiceNotStarted", words), changed: true };
      }
    }
    const { proxy } = host.disk;
    return succeeded(isFileChanged || isRestChanged, {
      agentProxy: proxy[place] ?? null,
      updaterProxy: proxy.updater ?? null,
      isUpdaterConfigurationFound: true,
      winHTTPProxy: proxy.winHTTP ?? null,
      agentService: host.stateOf(kind),
    });
  },
};

function wanted(context: StepContext): string | undefined {
  const url = parameter(context, "proxyURL");
  return url === "" ? undefined : url;
}

/** WinHTTP knows a host and a port. */
function withoutScheme(url: string | undefined): string | undefined {
  return url?.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

function write({ proxy }: WindowsDisk, place: keyof WindowsDisk["proxy"], value: string | undefined): boolean {
  if (proxy[place] === value) return false;
  proxy[place] = value;
  return true;
}
