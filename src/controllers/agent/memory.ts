/**
 * What the agent loop remembers between passes and may lose in a crash: refusals not to repeat at once, and lists that did not show an instance.
 * Guarantees: losing it never causes an effect outside, only an earlier question or a later conclusion (S5).
 */
import type { CommandId } from "../../aws/commands/port.ts";
import type { Hold } from "../../fleet/agent/snapshot.ts";
import type { Clock } from "../../runtime/clock.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import type { Failure } from "../../runtime/failure.ts";

export interface AgentMemory {
  hold(uid: string): Hold | undefined;
  remember(uid: string, failure: Failure, delayMs: number): void;
  clearHold(uid: string): void;
  /** Counts one complete list (by the instant it began) that did not show the agent's instance. */
  notListed(uid: string, listedMs: number): { readonly answers: number; readonly sinceAgeMs: number };
  listed(uid: string): void;
  /** Instances whose termination protection this process has lifted: not asked twice. Lost in a crash, it is lifted again, which changes nothing. */
  readonly unprotected: Set<string>;
  /** The command that this process sent for an operation. Lost in a crash, it is found again by its comment. */
  sent(uid: string, operationID: string): CommandId | undefined;
  rememberSent(uid: string, operationID: string, commandID: CommandId): void;
  forget(uid: string): void;
  /** Monotonic instant of this process's start: evidence is refreshed from there (S12). */
  readonly startedMs: number;
}

interface Absence {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly answers: number;
}

export function agentMemory(clock: Clock): AgentMemory {
  const holds = new Map<string, Hold>();
  const absences = new Map<string, Absence>();
  const unprotected = new Set<string>();
  const commands = new Map<string, { readonly operationID: string; readonly commandID: CommandId }>();
  return {
    startedMs: clock.monotonicMs(),
    unprotected,
    hold: (uid) => holds.get(uid),
    remember: (uid, failure, delayMs) => void holds.set(uid, { failure, untilMs: clock.nowMs() + delayMs }),
    clearHold: (uid) => void holds.delete(uid),
    notListed(uid, listedMs) {
      const before = absences.get(uid);
      const isNewList = before === undefined || listedMs > before.lastMs;
      const absence = isNewList
        ? { firstMs: before?.firstMs ?? listedMs, lastMs: listedMs, answers: (before?.answers ?? 0) + 1 }
        : before;
      absences.set(uid, absence);
      return { answers: absence.answers, sinceAgeMs: absence.lastMs - absence.firstMs };
    },
    listed: (uid) => void absences.delete(uid),
    sent(uid, operationID) {
      const command = commands.get(uid);
      return command?.operationID === operationID ? command.commandID : undefined;
    },
    rememberSent: (uid, operationID, commandID) => void commands.set(uid, { operationID, commandID }),
    forget(uid) {
      commands.delete(uid);
      holds.delete(uid);
      absences.delete(uid);
      unprotected.delete(uid);
    },
  };
}

/** How long a refusal is remembered, by its class; no refusal is asked again at once (operator-engineering reference, 3.5). */
export function holdDelayMs(failure: Failure, capacityMemoryMs: number, uid: string): number {
  const delayMs = baseDelayMs(failure, capacityMemoryMs);
  // Spread by identity, not by chance: agents refused together do not come back together.
  const spread = Number.parseInt(sha256Hex("spread", uid).slice(0, 4), 16) / 0xffff;
  return Math.round(delayMs * (1 + 0.2 * spread));
}

function baseDelayMs(failure: Failure, capacityMemoryMs: number): number {
  switch (failure.class) {
    case "Capacity":
      return capacityMemoryMs;
    case "Quota":
    case "Denied":
    case "Permanent":
      return PERSON_RECHECK_MS;
    case "NotFound":
      return NOT_FOUND_RECHECK_MS;
    default:
      return Math.max(TRANSIENT_RETRY_MS, failure.retryAfterMs ?? 0);
  }
}

/** Until a person has acted: slow rechecks only (operator-engineering reference, 3.5: 5-10 min). */
const PERSON_RECHECK_MS = 5 * 60_000;
/** A named thing may be new and not visible yet (aws reference, 1.2). */
const NOT_FOUND_RECHECK_MS = 15_000;
const TRANSIENT_RETRY_MS = 3_000;
