/**
 * Reads a group of AD through Systems Manager: the ReadGroup document, sent by name, version and hash.
 * Guarantees: what may have been sent before is looked for by its comment first; memory is bounded by deadlines.
 * Never: another document, or a change of anything (the step is read-only, so a repeated one does no harm).
 */
import type { CommandId, CommandPort } from "../../aws/commands/port.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { parameterProblems, readStepResult } from "../contracts.ts";
import { documentRef } from "../document-refs.ts";
import type { DirectoryRead, DirectoryReading, DirectoryReadPort, GroupFacts } from "./port.ts";

const STEP = "ReadGroup";
const DELIVERY_TIMEOUT_SECONDS_MIN = 30; // SSM API Reference, SendCommand TimeoutSeconds

export function directoryReads(commands: CommandPort, clock: Clock): DirectoryReadPort {
  const sent = new Map<string, { readonly commandID: CommandId; readonly deadlineMs: number }>();
  /** Operations whose send this process has begun: before it, only another process can have sent. */
  const begun = new Map<string, number>();
  const handlers: ((operationID: string) => void)[] = [];
  const document = documentRef(STEP);

  function dropExpired(): void {
    const nowMs = clock.nowMs();
    for (const [operationID, { deadlineMs }] of sent) if (deadlineMs < nowMs) sent.delete(operationID);
    for (const [operationID, deadlineMs] of begun) if (deadlineMs < nowMs) begun.delete(operationID);
  }

  async function commandOf(read: DirectoryRead, signal: AbortSignal): Promise<CommandId | DirectoryReading> {
    const { scope, instanceID, operationID, startedAtMs, deadlineMs } = read;
    const known = sent.get(operationID);
    if (known !== undefined) return known.commandID;
    const comment = `cloudsync ${STEP} ${operationID}`;
    const isFirst = !begun.has(operationID) && clock.nowMs() - startedAtMs < FRESH_MS;
    if (!isFirst) {
      const query = { documentName: document.name, comment, sentAfterMs: startedAtMs };
      const found = await commands.find(scope, query, signal);
      if (found.kind === "failed") return pendingOrFailed(found.failure);
      if (found.kind === "found") {
        sent.set(operationID, { commandID: found.commandID, deadlineMs });
        return found.commandID;
      }
    }
    const parameters = parametersOf(read);
    const problems = parameterProblems(STEP, parameters);
    if (problems.length > 0) return { kind: "failed", failure: refusedParameters(problems) };
    begun.set(operationID, deadlineMs);
    const remainingSeconds = Math.floor((deadlineMs - clock.nowMs()) / 1_000);
    const deliveryTimeoutSeconds = Math.max(DELIVERY_TIMEOUT_SECONDS_MIN, remainingSeconds);
    const request = { instanceIDs: [instanceID], document, parameters, comment, deliveryTimeoutSeconds };
    const outcome = await commands.send(scope, request, signal);
    if (outcome.kind === "refused") return pendingOrFailed(outcome.failure);
    if (outcome.kind === "unknown") return { kind: "pending" };
    sent.set(operationID, { commandID: outcome.commandID, deadlineMs });
    return outcome.commandID;
  }

  commands.onChange(({ commandID }) => {
    for (const [operationID, entry] of sent)
      if (entry.commandID === commandID) for (const handler of handlers) handler(operationID);
  });

  return {
    async readGroup(read, signal) {
      dropExpired();
      const command = await commandOf(read, signal);
      if (typeof command !== "string") return command;
      const reading = commands.reading(read.scope, command, read.instanceID);
      if (reading.kind === "failed") return pendingOrFailed(reading.failure);
      if (reading.kind !== "ended") return { kind: "pending" };
      return resultOf(reading.output, reading.statusDetails);
    },
    onChange: (handler) => void handlers.push(handler),
  };
}

/** An intent older than this may have been sent by a process that is gone. */
const FRESH_MS = 2_000;

function parametersOf({ operationID, domainName, groupID }: DirectoryRead): Readonly<Record<string, string>> {
  return { operationID, domainName: domainName.toLowerCase(), anchor: `Group_${groupID.toLowerCase()}` };
}

function resultOf(output: string, statusDetails: string): DirectoryReading {
  const result = readStepResult(STEP, output);
  // readStepResult has checked the facts against contracts/host/read-group.json.
  if (result.kind === "succeeded") return { kind: "read", facts: result.facts as unknown as GroupFacts };
  if (result.kind === "failed") {
    const { class: errorClass, reason, message, fix } = result.error;
    const failureClass = errorClass === "Transient" ? "Transient" : "Permanent";
    return { kind: "failed", failure: { class: failureClass, reason, message, fix } };
  }
  return {
    kind: "failed",
    failure: {
      class: "Transient",
      reason: "DirectoryReadFailed",
      message: `The read of AD ended as ${statusDetails}: ${result.problem}.`.slice(0, 300),
      fix: "Look at the command's output in Systems Manager.",
    },
  };
}

/** What passes by itself is waited for; a missing permission, another document or a host that SSM does not know is not. */
function pendingOrFailed(failure: Failure): DirectoryReading {
  const passes = failure.class === "Throttled" || failure.class === "Transient" || failure.class === "UnknownOutcome";
  if (!passes) return { kind: "failed", failure };
  return { kind: "pending", ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }) };
}

function refusedParameters(problems: readonly string[]): Failure {
  return {
    class: "Permanent",
    reason: "ParameterRefused",
    message: problems.join("; ").slice(0, 300),
    fix: "Correct the domain's DNS name.",
  };
}
