/** Probe: reads the host's health and changes nothing (agent-host reference, section 9). Facts only; judging them is the operator's. */
import { succeeded, type Step } from "./step.ts";

const CONTROLLERS_SHOWN_MAX = 16;

export const PROBE: Step = {
  takesLock: false,
  isDone: () => false,
  run({ host, directory }) {
    const { disk, domain } = host;
    const { agent, registration } = disk;
    const reachable = new Set(domain?.reachableControllers(host.zone).map(({ address }) => address));
    const account = agent?.service.account;
    const tenant = registration === undefined ? undefined : directory.tenants.get(registration.tenantID);
    const isEntraReachable =
      tenant?.isReachable(host.zone) ?? [...directory.tenants.values()].every((one) => one.isReachable(host.zone));
    return succeeded(false, {
      computerName: disk.computerName,
      domain: disk.domain ?? null,
      isDomainTrusted: host.isTrusted && reachable.size > 0,
      agentVersion: agent?.version ?? null,
      agentService: host.serviceState,
      updaterService: agent === undefined ? "Missing" : "Running",
      serviceAccount: account ?? null,
      isGMSAUsable: account?.endsWith("$") === true ? host.serviceAccountProblem(account) === undefined : null,
      tenantID: registration?.tenantID ?? null,
      certificateNotAfter:
        registration === undefined ? null : new Date(registration.certificateNotAfterMs).toISOString(),
      configuredDomains: disk.configuredDomains,
      unreachableDomainControllers: (domain?.controllers() ?? [])
        .map(({ address }) => address)
        .filter((address) => !reachable.has(address))
        .slice(0, CONTROLLERS_SHOWN_MAX),
      isEntraReachable,
      pendingReboot: disk.pending !== undefined,
    });
  },
};
