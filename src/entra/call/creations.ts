/**
 * Remembers for some minutes what this process has just created, because replicas may not know it yet (entra-graph reference, 10.5).
 * Guarantees: bounded in count and time; what is forgotten (also by a restart) is judged like anything else, which the loops take for "not proven".
 * Never: a wait: the loop comes again.
 */
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { CREATION_GRACE_MS, CREATION_RETRY_MS, CREATIONS_REMEMBERED_MAX } from "../limits.ts";

export interface Creations {
  created(id: string): void;
  isRecent(ids: readonly string[]): boolean;
}

export function recentCreations(clock: Clock): Creations {
  const sinceMs = new Map<string, number>();
  return {
    created(id) {
      const [oldest] = sinceMs.keys();
      if (sinceMs.size >= CREATIONS_REMEMBERED_MAX && oldest !== undefined) sinceMs.delete(oldest);
      sinceMs.set(id, clock.monotonicMs());
    },
    isRecent(ids) {
      return ids.some((id) => {
        const createdMs = sinceMs.get(id);
        if (createdMs === undefined) return false;
        if (clock.monotonicMs() - createdMs < CREATION_GRACE_MS) return true;
        sinceMs.delete(id);
        return false;
      });
    },
  };
}

/** Statuses that a replica without the new object answers (entra-graph reference, 10.5; 401, 403 and 409 are [C]); a 400 says it by its code. */
const NOT_YET: ReadonlySet<number> = new Set([401, 403, 404, 409]);

/** A refusal of what was just created means "not yet"; every other failure stays as it is. */
export function notYet(failure: Failure, status: number | undefined): Failure {
  if (failure.class !== "NotFound" && (status === undefined || !NOT_YET.has(status))) return failure;
  return {
    ...failure,
    class: "Wait",
    reason: "NotYetVisible",
    fix: "None: just created, and not known to all of the directory yet; tried again for some minutes.",
    retryAfterMs: CREATION_RETRY_MS,
  };
}
