/**
 * Operator engineering, "Error classes": a refusal that only a person can mend is asked again slowly, whatever was refused.
 * Guarantees: counts the same refused write (by action, and by the launch or the host it is about) over a few minutes; the longest row of an
 * exponential back-off that starts at a second stays below the bound, a fixed retry of a few seconds does not.
 */
import type { Oracle } from "../run/scene.ts";
import { MINUTE_MS } from "./sight/reading.ts";

const WINDOW_MS = 4 * MINUTE_MS;
/** 1, 2, 4, ... 128 s are eight in four minutes; a deed or a restart starts a row anew. */
const REPEATS_MAX = 20;

/** EC2 and Systems Manager: permission, a document that differs or is missing (EC2 API Reference, "Error codes"; SSM API Reference, "Common Errors" and SendCommand). */
const PERSONS: ReadonlySet<string> = new Set([
  "UnauthorizedOperation",
  "AccessDeniedException",
  "InvalidParameterValue",
  "InvalidDocument",
  "InvalidDocumentVersion",
]);

export function noSpinning(): Oracle {
  const rows = new Map<string, number[]>();
  return {
    name: "no spinning",
    after(happening, scene) {
      if (happening.kind !== "call" || happening.call.side !== "aws" || !happening.call.isWrite) return undefined;
      for (const { action, facts, outcome } of happening.entries) {
        if (!PERSONS.has(outcome)) continue;
        const subject = [...(facts.clientToken ?? []), ...(facts.instanceID ?? [])].join();
        const key = `${action} ${subject}`;
        const recent = (rows.get(key) ?? []).filter((atMs) => scene.nowMs() - atMs < WINDOW_MS);
        recent.push(scene.nowMs());
        rows.set(key, recent);
        if (recent.length > REPEATS_MAX)
          return `${action} of ${subject} was refused with ${outcome} ${recent.length} times within ${WINDOW_MS / MINUTE_MS} min`;
      }
      return undefined;
    },
  };
}
