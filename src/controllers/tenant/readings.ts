/**
 * What a tenant's loop reads of Graph, kept between passes: an edit of a scope must not cost calls.
 * Guarantees: bounded by the tenants that exist (`forget`); an age is on the monotonic clock; a failed read is asked again at the next visit.
 */
import type { Listing, Reading } from "../../entra/outcome.ts";
import type { Clock } from "../../runtime/clock.ts";

type Answer = Reading<unknown> | Listing<unknown>;

export interface TenantReadings {
  /** The answer under this name if it is younger than {@link READ_AGAIN_MS}, else what `read` answers. */
  read<Value extends Answer>(uid: string, name: string, read: () => Promise<Value>): Promise<Value>;
  /** Whether a new token is due: a request, or a wait for a grant. */
  isFreshTokenDue(uid: string, gapMs: number): boolean;
  forget(uid: string): void;
  /** Drops what was read, so that the next pass reads anew. */
  invalidate(uid: string): void;
}

/** Licences, owners and secrets change by hand: an hour is soon enough, and cheap. */
export const READ_AGAIN_MS = 3_600_000;

export function tenantReadings(clock: Clock): TenantReadings {
  const answers = new Map<string, Map<string, { readonly answer: Answer; readonly readMs: number }>>();
  const freshTokenMs = new Map<string, number>();
  return {
    async read<Value extends Answer>(uid: string, name: string, read: () => Promise<Value>): Promise<Value> {
      const known = answers.get(uid)?.get(name);
      const isYoung = known !== undefined && clock.monotonicMs() - known.readMs < READ_AGAIN_MS;
      // Answers are filed under the name of the call that gave them.
      if (isYoung) return known.answer as Value;
      const answer = await read();
      const own = answers.get(uid) ?? new Map<string, { answer: Answer; readMs: number }>();
      if (answer.kind === "found" || answer.kind === "complete") own.set(name, { answer, readMs: clock.monotonicMs() });
      answers.set(uid, own);
      return answer;
    },
    isFreshTokenDue(uid, gapMs) {
      const nowMs = clock.monotonicMs();
      if (nowMs - (freshTokenMs.get(uid) ?? Number.NEGATIVE_INFINITY) < gapMs) return false;
      freshTokenMs.set(uid, nowMs);
      return true;
    },
    forget(uid) {
      answers.delete(uid);
      freshTokenMs.delete(uid);
    },
    invalidate: (uid) => void answers.delete(uid),
  };
}
