/**
 * The shared poll of running commands: one paged list a command, however many instances it reached and however many loops ask.
 * Guarantees: a command is read when it may have ended (`poll-pace.ts`); a poll ends with its command; what nobody asked for in ten minutes is
 * dropped.
 * Never: a call to AWS from `reading`; an end that SSM did not report.
 */
import type { CommandInvocation } from "@aws-sdk/client-ssm";
import type { Clock } from "../../runtime/clock.ts";
import type { InstanceId } from "../instances/port.ts";
import { parseInstanceId } from "../instances/port.ts";
import { COMMAND_IDLE_MS_MAX, COMMANDS_POLLED_MAX, INVOCATION_GRACE_MS } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { scopeKey } from "../scope/port.ts";
import type { CommandReads } from "./command-reads.ts";
import { parseListed, parseWhole, tookMs } from "./parse-invocation.ts";
import { commandTimes, nextPollMs, type PollBounds } from "./poll-pace.ts";
import type { CommandId, InvocationReading } from "./port.ts";

export interface PollerOptions {
  readonly clock: Clock;
  readonly reads: CommandReads;
  readonly poll: PollBounds;
  readonly onChange: (change: { readonly commandID: CommandId; readonly instanceID: InstanceId }) => void;
}

export interface CommandPoller {
  reading(scope: AwsScope, commandID: CommandId, instanceID: InstanceId): InvocationReading;
  /** Puts a command that was just sent under the poll. */
  follow(scope: AwsScope, commandID: CommandId, sent: SentTo): void;
  close(): void;
}

export interface SentTo {
  readonly documentName: string;
  readonly instanceIDs: readonly InstanceId[];
}

interface Followed {
  readonly scope: AwsScope;
  readonly commandID: CommandId;
  /** Absent for a command that an earlier process sent. */
  readonly documentName: string | undefined;
  readonly sinceMs: number;
  readonly readings: Map<InstanceId, InvocationReading>;
  lastAskedMs: number;
  hasEnded: boolean;
  isReading: boolean;
  cancelTimer: (() => void) | undefined;
}

const UNREAD: InvocationReading = { kind: "unread" };

export function commandPoller(options: PollerOptions): CommandPoller {
  const { clock } = options;
  const times = commandTimes();
  /** The command of each document that shows how long it takes. */
  const ahead = new Map<string, Followed>();
  const followed = new Map<string, Followed>();
  const closed = new AbortController();
  const isClosed = (): boolean => closed.signal.aborted;

  const pauseAfter = (command: Followed): number => {
    const { documentName = "", sinceMs } = command;
    const leader = ahead.get(documentName);
    if (leader === undefined || leader.hasEnded || followed.get(keyOf(leader.scope, leader.commandID)) !== leader)
      ahead.set(documentName, command);
    const role = ahead.get(documentName) === command ? "ahead" : "behind";
    return nextPollMs(clock.monotonicMs() - sinceMs, times.usualMs(documentName) ?? role, options.poll);
  };
  const learn = (wire: CommandInvocation): void => {
    const { DocumentName = "" } = wire;
    if (!times.record(DocumentName, tookMs(wire))) return;
    for (const command of followed.values()) {
      if (command.documentName !== DocumentName || command.hasEnded || command.isReading) continue;
      command.cancelTimer?.();
      command.cancelTimer = clock.schedule(pauseAfter(command), () => void visit(command));
    }
  };

  const start = (scope: AwsScope, commandID: CommandId, documentName: string | undefined): Followed => {
    const nowMs = clock.monotonicMs();
    const command: Followed = {
      scope,
      commandID,
      documentName,
      sinceMs: nowMs,
      readings: new Map(),
      lastAskedMs: nowMs,
      hasEnded: false,
      isReading: false,
      cancelTimer: undefined,
    };
    makeRoom(followed);
    followed.set(keyOf(scope, commandID), command);
    // What an earlier process sent may have ended long ago.
    const firstDelayMs = documentName === undefined ? 0 : pauseAfter(command);
    command.cancelTimer = clock.schedule(firstDelayMs, () => void visit(command));
    return command;
  };
  const visit = async (command: Followed): Promise<void> => {
    if (isClosed()) return;
    const idleMs = clock.monotonicMs() - command.lastAskedMs;
    if (idleMs >= COMMAND_IDLE_MS_MAX) {
      followed.delete(keyOf(command.scope, command.commandID));
      return;
    }
    let pauseMs = COMMAND_IDLE_MS_MAX - idleMs;
    if (!command.hasEnded) {
      command.isReading = true;
      const retryAfterMs = await poll(command, { ...options, learn }, closed.signal);
      command.isReading = false;
      pauseMs = Math.max(retryAfterMs, pauseAfter(command));
    }
    // An ended command stays readable until nobody asks for it; the visit then only looks for that.
    if (!isClosed() && followed.get(keyOf(command.scope, command.commandID)) === command) {
      command.cancelTimer = clock.schedule(pauseMs, () => void visit(command));
    }
  };

  /** An instance that was not known when the poll ended: read once more. */
  const resume = (command: Followed): void => {
    if (!command.hasEnded) return;
    command.hasEnded = false;
    command.cancelTimer?.();
    command.cancelTimer = clock.schedule(0, () => void visit(command));
  };

  return {
    reading(scope, commandID, instanceID) {
      const command = followed.get(keyOf(scope, commandID)) ?? start(scope, commandID, undefined);
      command.lastAskedMs = clock.monotonicMs();
      const reading = command.readings.get(instanceID);
      if (reading !== undefined) return reading;
      command.readings.set(instanceID, UNREAD);
      resume(command);
      return UNREAD;
    },
    follow(scope, commandID, { documentName, instanceIDs }) {
      const command = followed.get(keyOf(scope, commandID)) ?? start(scope, commandID, documentName);
      for (const instanceID of instanceIDs)
        if (!command.readings.has(instanceID)) command.readings.set(instanceID, UNREAD);
    },
    close() {
      closed.abort();
      for (const { cancelTimer } of followed.values()) cancelTimer?.();
      followed.clear();
    },
  };
}

/** One read of a command; returns how long AWS or the own rate limit asks to wait. */
async function poll(
  command: Followed,
  options: PollerOptions & { readonly learn: (ended: CommandInvocation) => void },
  signal: AbortSignal,
): Promise<number> {
  const listing = await options.reads.invocations(command.scope, command.commandID, signal);
  if (signal.aborted) return 0;
  if (listing.kind === "failed") {
    const { failure } = listing;
    // Trouble on the way says nothing about the command: what was read before stays the newest reading (S5).
    const keepsEarlier = failure.class === "Throttled" || failure.class === "Transient";
    for (const [instanceID, reading] of command.readings) {
      if (reading.kind === "ended" || (keepsEarlier && reading.kind !== "unread")) continue;
      if (keepsEarlier && isInGrace(command, options.clock)) continue;
      change(command, options, instanceID, { kind: "failed", failure });
    }
    return failure.retryAfterMs ?? 0;
  }
  const seen = new Set<InstanceId>();
  for (const wire of listing.items) {
    const instanceID = parseInstanceId(wire.InstanceId ?? "");
    if (instanceID === undefined) continue;
    seen.add(instanceID);
    if (command.readings.get(instanceID)?.kind === "ended") continue;
    const reading = await readingOf(command, options.reads, { wire, instanceID }, signal);
    if (reading.kind === "ended" && reading.isSuccess) options.learn(wire);
    change(command, options, instanceID, reading);
  }
  for (const instanceID of command.readings.keys()) {
    if (!seen.has(instanceID) && listing.kind === "complete" && !isInGrace(command, options.clock)) {
      change(command, options, instanceID, INVOCATION_MISSING);
    }
  }
  command.hasEnded = command.readings.size > 0 && [...command.readings.values()].every(({ kind }) => kind === "ended");
  return 0;
}

async function readingOf(
  { scope, commandID }: Followed,
  reads: CommandReads,
  { wire, instanceID }: { readonly wire: CommandInvocation; readonly instanceID: InstanceId },
  signal: AbortSignal,
): Promise<InvocationReading> {
  const { reading, needsWhole, pluginName } = parseListed(wire);
  if (!needsWhole) return reading;
  const outcome = await reads.whole(scope, { commandID, instanceID, pluginName }, signal);
  if (outcome.kind === "ok") return parseWhole(outcome.output);
  // Somebody has to grant it: said, and read again at the next poll like the rest.
  if (outcome.failure.class === "Denied") return { kind: "failed", failure: outcome.failure };
  // A cut output is no result: it is read again at the next poll.
  return { kind: "running", statusDetails: "OutputPending" };
}

function change(command: Followed, options: PollerOptions, instanceID: InstanceId, reading: InvocationReading): void {
  const before = command.readings.get(instanceID);
  command.readings.set(instanceID, reading);
  if (JSON.stringify(before) !== JSON.stringify(reading))
    options.onChange({ commandID: command.commandID, instanceID });
}

/** SSM API Reference, GetCommandInvocation: InvocationDoesNotExist right after a send means "not yet". */
function isInGrace({ sinceMs }: Followed, clock: Clock): boolean {
  return clock.monotonicMs() - sinceMs < INVOCATION_GRACE_MS;
}

const INVOCATION_MISSING: InvocationReading = {
  kind: "failed",
  failure: {
    class: "NotFound",
    reason: "InvocationNotVisible",
    message: "Systems Manager lists no such invocation of the command",
    fix: "None: read again until the deadline of the step.",
  },
};

function keyOf(scope: AwsScope, commandID: CommandId): string {
  return `${scopeKey(scope)}|${commandID}`;
}

function makeRoom(followed: Map<string, Followed>): void {
  if (followed.size < COMMANDS_POLLED_MAX) return;
  const [oldest] = [...followed.entries()].sort(([, left], [, right]) => left.lastAskedMs - right.lastAskedMs);
  if (oldest === undefined) return;
  oldest[1].cancelTimer?.();
  followed.delete(oldest[0]);
}
