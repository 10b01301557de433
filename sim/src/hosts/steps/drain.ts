/** Drain: stops the agent's service so that a peer takes over at once (agent-host reference, 12). Reversible: its start type stays Automatic. */
import { succeeded, type Step } from "./step.ts";

export const DRAIN: Step = {
  takesLock: true,
  isDone: ({ host }) => !host.isServiceRunning,
  run({ host }) {
    const wasRunning = host.isServiceRunning;
    if (wasRunning) host.stopService();
    return succeeded(wasRunning, { agentService: host.serviceState });
  },
};
