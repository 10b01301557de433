/** Figures of the fleet, fed from decisions and published status; what binds them to a metrics library is the process's matter. */
import type { FleetFigures } from "../runtime/metrics-fleet.ts";
import type { Clock } from "../runtime/clock.ts";

/** Times the stages of agents' lives by their phase. Memory is bounded by the agents that exist (`forget`). */
export interface StageTimer {
  phase(uid: string, phase: string): void;
  forget(uid: string): void;
}

export function stageTimer(clock: Clock, figures: FleetFigures): StageTimer {
  const stages = new Map<string, { readonly phase: string; readonly sinceMs: number }>();
  return {
    phase(uid, phase) {
      const nowMs = clock.monotonicMs();
      const before = stages.get(uid);
      if (before?.phase === phase) return;
      // The first phase seen after a start began before it: its length is not known.
      if (before !== undefined) figures.stageEnded(before.phase, nowMs - before.sinceMs);
      stages.set(uid, { phase, sinceMs: nowMs });
    },
    forget: (uid) => void stages.delete(uid),
  };
}
