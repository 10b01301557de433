/**
 * The stages of this operator's shutdown and their deadlines, as data: the order is the specification.
 */
import { LIMITS } from "./limits.ts";
import type { ShutdownStage } from "./shutdown.ts";

/** What the composition root provides for each stage. */
export interface ShutdownSteps {
  /** `/readyz` answers 503 from here on. */
  markNotReady(): void;
  /** No further keys are taken and no watch brings new ones. */
  stopIntake(signal: AbortSignal): Promise<void> | void;
  /** Running passes end; a sent RunInstances is awaited so that its id is stored (S1). */
  drain(signal: AbortSignal): Promise<void>;
  /** Only now may another replica lead; a follower takes over in about a retry period. */
  releaseLease(signal: AbortSignal): Promise<void>;
  /** Watches, connections, servers, log. */
  close(signal: AbortSignal): Promise<void>;
}

export function shutdownStages(steps: ShutdownSteps): readonly ShutdownStage[] {
  return [
    { name: "notReady", deadlineMs: LIMITS.stopIntakeMs, run: () => steps.markNotReady() },
    { name: "stopIntake", deadlineMs: LIMITS.stopIntakeMs, run: (signal) => steps.stopIntake(signal) },
    { name: "drain", deadlineMs: LIMITS.drainStageMs, run: (signal) => steps.drain(signal) },
    { name: "releaseLease", deadlineMs: LIMITS.releaseLeaseMs, run: (signal) => steps.releaseLease(signal) },
    { name: "close", deadlineMs: LIMITS.closeMs, run: (signal) => steps.close(signal) },
  ];
}
