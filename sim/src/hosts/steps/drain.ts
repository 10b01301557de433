/** Drain: stops the agent's service so that a peer takes over at once (agent-host reference, 12). Reversible: its start type stays Automatic. */
import { failed, succeeded, type Step, type StepEnd } from "./step.ts";

export const DRAIN: Step = {
  takesLock: true,
  isDone: ({ host }) => !host.isServiceRunning,
  run({ host }) {
    const wasRunning = host.isServiceRunning;
    if (wasRunning && host.disk.ailments.has("serviceHangs")) return serviceNotStopped();
    if (wasRunning) host.stopService();
    return succeeded(wasRunning, { agentService: host.serviceState });
  },
};

/** It was asked to: that much is changed. */
export function serviceNotStopped(): StepEnd {
  const words = ["The agent service does not stop.", "Read the host's System event log; tried again."] as const;
  return { ...failed("Transient", "ServiceNotStopped", words), changed: true };
}
