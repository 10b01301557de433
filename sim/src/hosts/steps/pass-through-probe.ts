/** PassThroughProbe: reads the health of a Pass-through Authentication host and changes nothing (agent-host reference, 9 and 14). */
import { reachOf } from "./probe.ts";
import { succeeded, type Step } from "./step.ts";

export const PASS_THROUGH_PROBE: Step = {
  takesLock: false,
  isDone: () => false,
  run(context) {
    const { host } = context;
    const { disk } = host;
    const { passThrough } = disk;
    const registration = passThrough?.registration;
    const reach = reachOf(context, registration?.tenantID);
    return succeeded(false, {
      computerName: disk.computerName,
      domain: disk.domain ?? null,
      isDomainTrusted: host.isTrusted && reach.isDomainReachable,
      agentVersion: passThrough?.version ?? null,
      agentService: host.stateOf("PassThroughAuthentication"),
      updaterService: host.hasUpdater ? "Running" : "Missing",
      serviceAccount: passThrough?.service.account ?? null,
      tenantID: registration?.tenantID ?? null,
      certificateNotAfter:
        registration === undefined ? null : new Date(registration.certificateNotAfterMs).toISOString(),
      unreachableDomainControllers: reach.unreachableDomainControllers,
      isEntraReachable: reach.isEntraReachable,
      pendingReboot: disk.pending !== undefined,
    });
  },
};
