/**
 * Sends the probe document to all hosts that are due, 50 to a command, and keeps each host's newest answer.
 * Guarantees: the number of commands depends on hosts and intervals, not on pools (C1); a failed probe keeps the last answer and says why it is not newer.
 * Never: stores intent (a probe changes nothing, so a lost one is simply sent again), holds more hosts than are asked for.
 */
import type { CommandId, CommandPort } from "../../aws/commands/port.ts";
import type { InstanceId } from "../../aws/instances/port.ts";
import { scopeKey, type AwsScope } from "../../aws/scope/port.ts";
import { sleep, type Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { readStepResult } from "../contracts.ts";
import { documentRef } from "../document-refs.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import type { ProbePort, ProbeReading } from "./port.ts";

export interface ProbeBoardOptions {
  readonly commands: CommandPort;
  readonly clock: Clock;
  /** How often due hosts are gathered: a newly due one waits so long at most. */
  readonly gatherMs: number;
  /** A probe without an answer is given up after this. */
  readonly answerTimeoutMs: number;
  /** A host nobody asked about for this long is dropped. */
  readonly forgetMs: number;
}

interface Entry {
  readonly scope: AwsScope;
  readonly instanceID: InstanceId;
  intervalMs: number;
  askedMs: number;
  dueMs: number;
  underWay: { readonly commandID: CommandId; readonly sentMs: number } | undefined;
  reading: ProbeReading;
}

const BATCH_MAX = 50; // SSM API Reference, SendCommand InstanceIds
const DELIVERY_TIMEOUT_SECONDS = 60;

export function probeBoard(options: ProbeBoardOptions): ProbePort & { run(signal: AbortSignal): Promise<void> } {
  const { commands, clock, gatherMs, answerTimeoutMs, forgetMs } = options;
  const entries = new Map<InstanceId, Entry>();
  const handlers: ((instanceID: InstanceId) => void)[] = [];
  const document = documentRef("Probe");
  let sequence = 0;
  let sentMs = Number.NEGATIVE_INFINITY;
  /** Ends the present wait of `run`. */
  let hurry = (): void => undefined;

  function settle(entry: Entry, reading: ProbeReading): void {
    const { underWay } = entry;
    entry.underWay = undefined;
    entry.dueMs = (underWay?.sentMs ?? clock.monotonicMs()) + entry.intervalMs;
    const hasChanged = entry.reading.kind !== reading.kind || reading.kind === "read";
    entry.reading = reading;
    if (hasChanged) for (const handler of handlers) handler(entry.instanceID);
  }

  function keepWith(entry: Entry, failure: Failure): void {
    settle(entry, { ...entry.reading, failure });
  }

  function collect(entry: Entry): void {
    const { underWay } = entry;
    if (underWay === undefined) return;
    const answer = commands.reading(entry.scope, underWay.commandID, entry.instanceID);
    if (answer.kind === "ended") {
      const result = readStepResult("Probe", answer.output);
      if (result.kind === "succeeded")
        settle(entry, { kind: "read", facts: result.facts, observedMs: underWay.sentMs });
      else
        keepWith(
          entry,
          probeFailure(
            result.kind === "failed"
              ? `${result.error.message} ${result.error.fix}`
              : `${answer.statusDetails}: ${result.problem}`,
          ),
        );
    } else if (clock.monotonicMs() - underWay.sentMs > answerTimeoutMs) {
      keepWith(entry, probeFailure("The host did not answer the probe in time."));
    }
  }

  /** A single host is asked at once; many at a time wait for each other. */
  function newlyDue(): void {
    if (clock.monotonicMs() - sentMs >= gatherMs) hurry();
  }

  async function pause(signal: AbortSignal): Promise<void> {
    const ends = new AbortController();
    hurry = () => ends.abort();
    const follow = (): void => ends.abort();
    signal.addEventListener("abort", follow, { once: true });
    await sleep(clock, signal.aborted ? 0 : gatherMs, ends.signal);
    signal.removeEventListener("abort", follow);
    hurry = () => undefined;
  }

  async function sendDue(signal: AbortSignal): Promise<void> {
    const nowMs = clock.monotonicMs();
    const due = [...entries.values()].filter((entry) => entry.underWay === undefined && entry.dueMs <= nowMs);
    if (due.length > 0) sentMs = nowMs;
    for (const group of Map.groupBy(due, ({ scope }) => scopeKey(scope)).values()) {
      for (let start = 0; start < group.length && !signal.aborted; start += BATCH_MAX) {
        await sendBatch(group.slice(start, start + BATCH_MAX), signal);
      }
    }
  }

  async function sendBatch(batch: readonly Entry[], signal: AbortSignal): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    sequence += 1;
    const operationID = sha256Hex("probe", first.instanceID, clock.nowMs(), sequence).slice(0, 32);
    const askedMs = clock.monotonicMs();
    const request = {
      instanceIDs: batch.map(({ instanceID }) => instanceID),
      document,
      parameters: { operationID },
      comment: `cloudsync probe ${operationID}`,
      deliveryTimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
    };
    const outcome = await commands.send(first.scope, request, signal);
    if (outcome.kind === "sent") {
      for (const entry of batch) entry.underWay = { commandID: outcome.commandID, sentMs: askedMs };
    } else if (batch.length > 1 && outcome.kind === "refused" && outcome.failure.class === "Wait") {
      // One host that SSM does not know refuses the whole batch: the others are asked alone. What is refused for all is not asked again for each.
      for (const entry of batch) await sendBatch([entry], signal);
    } else {
      for (const entry of batch) keepWith(entry, outcome.failure);
    }
  }

  // An answer is taken when it is read: registration slots wait for it (S11).
  commands.onChange(({ commandID, instanceID }) => {
    const entry = entries.get(instanceID);
    if (entry?.underWay?.commandID === commandID) collect(entry);
  });

  return {
    reading(scope, instanceID, intervalMs) {
      const nowMs = clock.monotonicMs();
      const known = entries.get(instanceID);
      const entry = known ?? {
        scope,
        instanceID,
        intervalMs,
        askedMs: nowMs,
        dueMs: nowMs,
        underWay: undefined,
        reading: { kind: "unread" } satisfies ProbeReading,
      };
      if (intervalMs < entry.intervalMs) entry.dueMs = Math.min(entry.dueMs, nowMs + intervalMs);
      entry.intervalMs = intervalMs;
      entry.askedMs = nowMs;
      entries.set(instanceID, entry);
      if (known === undefined) newlyDue();
      return entry.reading;
    },
    invalidate(instanceID) {
      const entry = entries.get(instanceID);
      if (entry === undefined) return;
      entry.reading = { kind: "unread" };
      entry.underWay = undefined;
      entry.dueMs = clock.monotonicMs();
      newlyDue();
    },
    forget: (instanceID) => void entries.delete(instanceID),
    onChange: (handler) => void handlers.push(handler),
    async run(signal) {
      while (!signal.aborted) {
        for (const entry of entries.values()) {
          if (clock.monotonicMs() - entry.askedMs > forgetMs) entries.delete(entry.instanceID);
          else collect(entry);
        }
        await sendDue(signal);
        await pause(signal);
      }
    },
  };
}

function probeFailure(message: string): Failure {
  return {
    class: "Transient",
    reason: "ProbeFailed",
    message: message.slice(0, 300),
    fix: "Look at the host and its SSM agent.",
  };
}
