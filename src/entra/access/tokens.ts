/**
 * Tokens of an access: held until shortly before their end, taken once for all who wait, taken anew on request.
 * Guarantees: a failing refresh does not take away a token that still holds; a refused proof is presented again only after a pause, longer each
 * time, and at once when the Secret behind it has changed. Never: a token or a proof in a failure or a log (S9).
 */
import type { Clock } from "../../runtime/clock.ts";
import { withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { raceAbort } from "../../runtime/race-abort.ts";
import type { TokenSource } from "../call/caller.ts";
import { NotConnected } from "../call/caller.ts";
import {
  ACCESSES_MAX,
  FRESH_TOKEN_AGE_MS_MAX,
  READ_TIMEOUT_MS,
  TOKEN_FAILURE_PAUSE_MS_MAX,
  TOKEN_FAILURE_PAUSE_MS_MIN,
  TOKEN_REFRESH_MARGIN_MS,
} from "../limits.ts";
import type { AccessPort, EntraAccess } from "./port.ts";
import { accessKey } from "./port.ts";
import type { ProofOptions } from "./present.ts";
import { fingerprintOf, presentProofs } from "./present.ts";
import { claimsOf } from "./token-facts.ts";

export interface Held {
  readonly token: string;
  readonly takenMs: number; // monotonic
  readonly expiresAtMs: number;
  readonly certificateExpiresAtMs: number | undefined;
}

interface Slot {
  held: Held | undefined;
  refresh: Promise<Held> | undefined;
  failed: Refused | undefined;
  /** The Secret whose proof was accepted last. */
  workingSecretName: string | undefined;
}

interface Refused {
  readonly failure: Failure;
  readonly inRow: number;
  readonly untilMs: number;
  readonly fingerprint: string | undefined;
  lookAgainMs: number;
}

export interface TokenOptions extends ProofOptions {
  /** Ends refreshes when the process ends. */
  readonly closed: AbortSignal;
}

export function accessTokens(options: TokenOptions): TokenSource & Pick<AccessPort, "token"> {
  const { clock, closed } = options;
  const slots = new Map<string, Slot>();
  const slotOf = (access: EntraAccess): Slot => slotIn(slots, accessKey(access));
  const refreshed = (slot: Slot, access: EntraAccess): Promise<Held> => {
    slot.refresh ??= refresh(options, slot, access).finally(() => {
      slot.refresh = undefined;
    });
    return slot.refresh;
  };
  const current = async (access: EntraAccess, signal: AbortSignal): Promise<Held> => {
    const slot = slotOf(access);
    const restMs = (slot.held?.expiresAtMs ?? 0) - clock.nowMs();
    if (slot.held !== undefined && restMs > TOKEN_REFRESH_MARGIN_MS) return slot.held;
    const usable = restMs > 0 ? slot.held : undefined;
    try {
      return await raceAbort(refreshed(slot, access), signal);
    } catch (error) {
      if (usable !== undefined) return usable;
      throw error;
    }
  };
  return {
    async bearer(access, signal) {
      return (await current(access, signal)).token;
    },
    forget(access) {
      const slot = slotOf(access);
      // Other refusals look the same (entra-graph reference, 10.5: 401 of a replica): a new token is not refused for its age.
      if (slot.held !== undefined && ageMs(slot.held, clock) > FRESH_TOKEN_AGE_MS_MAX) slot.held = undefined;
    },
    async token(access, { isFresh }, signal) {
      const slot = slotOf(access);
      try {
        const isFreshEnough = slot.held !== undefined && ageMs(slot.held, clock) <= FRESH_TOKEN_AGE_MS_MAX;
        const held =
          isFresh && !isFreshEnough ? await raceAbort(refreshed(slot, access), signal) : await current(access, signal);
        return factsOf(held);
      } catch (error) {
        if (error instanceof NotConnected) return { kind: "failed", failure: error.failure };
        if (signal.aborted || closed.aborted) return { kind: "failed", failure: CANCELLED };
        throw error;
      }
    },
  };
}

function factsOf(held: Held): Awaited<ReturnType<AccessPort["token"]>> {
  const claims = claimsOf(held.token);
  if (claims === undefined) return { kind: "failed", failure: OPAQUE };
  const { certificateExpiresAtMs } = held;
  return {
    kind: "issued",
    facts: {
      ...claims,
      tokenExpiresAtMs: held.expiresAtMs,
      ...(certificateExpiresAtMs === undefined ? {} : { certificateExpiresAtMs }),
    },
  };
}

async function refresh(options: TokenOptions, slot: Slot, access: EntraAccess): Promise<Held> {
  const { clock, closed } = options;
  const within = <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> =>
    withDeadline(clock, READ_TIMEOUT_MS, closed, (attempt) => raceAbort(work(attempt), attempt));
  if (slot.failed !== undefined && (await isHeldBack(options, slot.failed, access, within)))
    throw new NotConnected(slot.failed.failure);
  try {
    const presented = await within((attempt) => presentProofs(options, access, slot.workingSecretName, attempt));
    if (presented.kind === "issued") {
      slot.held = presented.held;
      slot.workingSecretName = presented.secretName;
      slot.failed = undefined;
      return presented.held;
    }
    slot.failed = refusedAfter(slot.failed, presented.failure, presented.fingerprint, clock);
    throw new NotConnected(presented.failure);
  } catch (error) {
    if (error instanceof NotConnected || closed.aborted) throw error;
    slot.failed = refusedAfter(slot.failed, LATE, undefined, clock);
    throw new NotConnected({ ...LATE, evidence: { cause: error instanceof Error ? error.name : "unknown" } });
  }
}

/** Whether a pause still runs; a Secret that has changed ends it. */
async function isHeldBack(
  options: TokenOptions,
  failed: Refused,
  access: EntraAccess,
  within: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>,
): Promise<boolean> {
  const nowMs = options.clock.monotonicMs();
  if (nowMs >= failed.untilMs) return false;
  if (failed.fingerprint === undefined || nowMs < failed.lookAgainMs) return true;
  failed.lookAgainMs = nowMs + TOKEN_FAILURE_PAUSE_MS_MIN;
  try {
    const fingerprint = await within((attempt) => fingerprintOf(options, access, attempt));
    return fingerprint === undefined || fingerprint === failed.fingerprint;
  } catch (error) {
    if (options.closed.aborted) throw error;
    return true;
  }
}

function refusedAfter(
  before: Refused | undefined,
  failure: Failure,
  fingerprint: string | undefined,
  clock: Clock,
): Refused {
  // Another proof starts its own row.
  const inRow = before === undefined || before.fingerprint !== fingerprint ? 0 : before.inRow + 1;
  const grownMs = Math.min(TOKEN_FAILURE_PAUSE_MS_MAX, TOKEN_FAILURE_PAUSE_MS_MIN * 2 ** Math.min(inRow, 16));
  const nowMs = clock.monotonicMs();
  return {
    failure,
    inRow,
    untilMs: nowMs + (failure.retryAfterMs ?? (failure.class === "Denied" ? grownMs : TOKEN_FAILURE_PAUSE_MS_MIN)),
    fingerprint,
    lookAgainMs: nowMs + TOKEN_FAILURE_PAUSE_MS_MIN,
  };
}

function slotIn(slots: Map<string, Slot>, key: string): Slot {
  const known = slots.get(key);
  if (known !== undefined) return known;
  const [oldest] = slots.keys();
  if (slots.size >= ACCESSES_MAX && oldest !== undefined) slots.delete(oldest);
  const slot: Slot = { held: undefined, refresh: undefined, failed: undefined, workingSecretName: undefined };
  slots.set(key, slot);
  return slot;
}

function ageMs({ takenMs }: Held, clock: Clock): number {
  return clock.monotonicMs() - takenMs;
}

const CANCELLED: Failure = {
  class: "Transient",
  reason: "Cancelled",
  message: "The pass ended before there was a token",
  fix: "None: tried again.",
};
const LATE: Failure = {
  class: "Transient",
  reason: "TokenLate",
  message: "No token in time",
  fix: "None: tried again. If it lasts, check the way to the login authority and to the API server.",
};
const OPAQUE: Failure = {
  class: "Permanent",
  reason: "TokenOpaque",
  message: "The token does not show the application's permissions",
  fix: "Report this: permissions cannot be checked before they are needed; calls go on.",
};
