/**
 * When what happened, as seen from outside while it was happening; the story is told from it.
 * Guarantees: each moment is the first observation of it, at most one look late. Pure but for what it remembers.
 */
import { isReady, type Fleet } from "./fleet.ts";

export interface Moment {
  readonly atMs: number;
  readonly text: string;
}

export interface Journal {
  readonly moments: readonly Moment[];
  /** Something that the demo itself did. */
  note(text: string, atMs: number): void;
  /** Something that was seen; later sights of the same are nothing new. */
  once(text: string, atMs: number): void;
  observe(fleet: Fleet, atMs: number): void;
}

export function journal(): Journal {
  const moments: Moment[] = [];
  const seen = new Set<string>();
  let lastReady = 0;
  const note = (text: string, atMs: number): void => void moments.push({ atMs, text });
  const once = (text: string, atMs: number): void => {
    if (seen.has(text)) return;
    seen.add(text);
    note(text, atMs);
  };
  return {
    moments,
    note,
    once,
    observe({ pool, agents }, atMs) {
      for (const agent of agents) {
        const { name } = agent.metadata;
        const { instanceID, launch, firstFailure, phase } = agent.status ?? {};
        if (instanceID !== undefined)
          once(`${name}: ${instanceID} launched in ${launch?.availabilityZone ?? "?"}`, atMs);
        if (phase === "AwaitingRegistration") once(`${name}: installed, waits its turn to register`, atMs);
        if (isReady(agent)) once(`${name}: Ready`, atMs);
        else if (seen.has(`${name}: Ready`) && firstFailure !== undefined) {
          once(`${name}: ${firstFailure.view}/${firstFailure.reason}: ${firstFailure.message}`, atMs);
        }
        if (agent.metadata.deletionTimestamp !== undefined) once(`${name}: is being retired`, atMs);
      }
      const names = new Set(agents.map(({ metadata }) => metadata.name));
      for (const text of [...seen].filter((entry) => entry.endsWith(": is being retired"))) {
        const name = text.slice(0, text.indexOf(":"));
        if (!names.has(name)) once(`${name}: gone`, atMs);
      }
      const ready = agents.filter(isReady).length;
      if (ready !== lastReady) note(`pool: ${ready}/${pool.spec.replicas} Ready`, atMs);
      lastReady = ready;
    },
  };
}
