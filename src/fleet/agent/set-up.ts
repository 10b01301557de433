/**
 * Whether a host may be registering or setting up its domain at this moment.
 * Guarantees: a command that was stored and is not known to have ended counts as running, until its host is off or its own deadline (or the slot's)
 * has passed; while it runs the registration slot is kept, whatever becomes of the agent (S11).
 */
import type { AgentSnapshot } from "./snapshot.ts";
import { mayRun } from "./links.ts";
import { needsRegistrationSlot } from "./steps.ts";

/** The step, and until when it is waited for; undefined when nothing can be running. */
export function setUpUnderWay(
  snapshot: AgentSnapshot,
): { readonly step: string; readonly untilMs: number } | undefined {
  const { agent, slot, step, nowMs } = snapshot;
  const stored = agent.status.step;
  if (slot.kind !== "mine" || stored === undefined || !needsRegistrationSlot(stored.name)) return undefined;
  if (step.kind !== "running" && step.kind !== "notSent") return undefined;
  // A host that is off runs nothing; one that EC2 has not listed may be on.
  const { instance } = snapshot;
  const isOff = instance.kind === "found" && !instance.instances.some(mayRun);
  const untilMs = Math.min(slot.deadlineMs, Date.parse(stored.deadline));
  return isOff || nowMs > untilMs ? undefined : { step: stored.name, untilMs };
}
