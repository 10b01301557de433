/** Probe: reads the host's health and changes nothing (agent-host reference, section 9). Facts only; judging them is the operator's. */
import { succeeded, type Step, type StepContext } from "./step.ts";

const CONTROLLERS_SHOWN_MAX = 16;

export const PROBE: Step = {
  takesLock: false,
  isDone: () => false,
  run(context) {
    const { host } = context;
    const { disk } = host;
    const { agent, registration } = disk;
    const account = agent?.service.account;
    const reach = reachOf(context, registration?.tenantID);
    return succeeded(false, {
      computerName: disk.computerName,
      domain: disk.domain ?? null,
      isDomainTrusted: host.isTrusted && reach.isDomainReachable,
      agentVersion: agent?.version ?? null,
      agentService: host.serviceState,
      updaterService: host.hasUpdater ? "Running" : "Missing",
      serviceAccount: account ?? null,
      isGMSAUsable: account?.endsWith("$") === true ? host.serviceAccountProblem(account) === undefined : null,
      tenantID: registration?.tenantID ?? null,
      certificateNotAfter:
        registration === undefined ? null : new Date(registration.certificateNotAfterMs).toISOString(),
      configuredDomains: disk.configuredDomains,
      unreachableDomainControllers: reach.unreachableDomainControllers,
      isEntraReachable: reach.isEntraReachable,
      pendingReboot: disk.pending !== undefined,
    });
  },
};

export interface Reach {
  readonly isDomainReachable: boolean;
  readonly unreachableDomainControllers: readonly string[];
  readonly isEntraReachable: boolean;
}

/** What the host reaches of its domain and of Entra; an unregistered one tries every tenant. */
export function reachOf({ host, directory }: StepContext, tenantID: string | undefined): Reach {
  const { domain } = host;
  const reachable = new Set(domain?.reachableControllers(host.zone).map(({ address }) => address));
  const tenant = tenantID === undefined ? undefined : directory.tenants.get(tenantID);
  return {
    isDomainReachable: reachable.size > 0,
    unreachableDomainControllers: (domain?.controllers() ?? [])
      .map(({ address }) => address)
      .filter((address) => !reachable.has(address))
      .slice(0, CONTROLLERS_SHOWN_MAX),
    isEntraReachable:
      tenant?.isReachable(host.zone) ?? [...directory.tenants.values()].every((one) => one.isReachable(host.zone)),
  };
}
