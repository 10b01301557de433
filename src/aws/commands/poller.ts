/**
 * The shared poll of running commands: one paged list a command, however many instances it reached and however many loops ask.
 * Guarantees: intervals grow to a bound; a poll ends with its command; what nobody asked for in ten minutes is dropped.
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
import { parseListed, parseWhole } from "./parse-invocation.ts";
import type { CommandId, InvocationReading } from "./port.ts";

export interface PollerOptions {
  readonly clock: Clock;
  readonly reads: CommandReads;
  readonly pollIntervalsMs: readonly number[];
  readonly onChange: (change: { readonly commandID: CommandId; readonly instanceID: InstanceId }) => void;
}

export interface CommandPoller {
  reading(scope: AwsScope, commandID: CommandId, instanceID: InstanceId): InvocationReading;
  /** Puts a command that was just sent under the poll; its first read comes after the first interval. */
  follow(scope: AwsScope, commandID: CommandId, instanceIDs: readonly InstanceId[]): void;
  close(): void;
}

interface Followed {
  readonly scope: AwsScope;
  readonly commandID: CommandId;
  readonly sinceMs: number;
  readonly readings: Map<InstanceId, InvocationReading>;
  pollCount: number;
  lastAskedMs: number;
  hasEnded: boolean;
  cancelTimer: (() => void) | undefined;
}

const UNREAD: InvocationReading = { kind: "unread" };

export function commandPoller(options: PollerOptions): CommandPoller {
  const { clock, pollIntervalsMs } = options;
  const followed = new Map<string, Followed>();
  const closed = new AbortController();
  const isClosed = (): boolean => closed.signal.aborted;

  const start = (scope: AwsScope, commandID: CommandId, firstDelayMs: number): Followed => {
    const nowMs = clock.monotonicMs();
    const command: Followed = {
      scope,
      commandID,
      sinceMs: nowMs,
      readings: new Map(),
      pollCount: 0,
      lastAskedMs: nowMs,
      hasEnded: false,
      cancelTimer: undefined,
    };
    makeRoom(followed);
    followed.set(keyOf(scope, commandID), command);
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
      const retryAfterMs = await poll(command, options, closed.signal);
      command.pollCount += 1;
      pauseMs = Math.max(retryAfterMs, intervalMs(pollIntervalsMs, command.pollCount));
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
      const command = followed.get(keyOf(scope, commandID)) ?? start(scope, commandID, 0);
      command.lastAskedMs = clock.monotonicMs();
      const reading = command.readings.get(instanceID);
      if (reading !== undefined) return reading;
      command.readings.set(instanceID, UNREAD);
      resume(command);
      return UNREAD;
    },
    follow(scope, commandID, instanceIDs) {
      const command = followed.get(keyOf(scope, commandID)) ?? start(scope, commandID, intervalMs(pollIntervalsMs, 0));
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
async function poll(command: Followed, options: PollerOptions, signal: AbortSignal): Promise<number> {
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
    change(command, options, instanceID, await readingOf(command, options.reads, { wire, instanceID }, signal));
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

function intervalMs(intervalsMs: readonly number[], pollCount: number): number {
  return intervalsMs[Math.min(pollCount, intervalsMs.length - 1)] ?? INVOCATION_GRACE_MS;
}

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
