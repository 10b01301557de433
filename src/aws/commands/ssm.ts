/**
 * SSM Run Command behind the command port.
 * Guarantees: a document is sent by name, version and hash, so a changed one is refused by SSM itself, and told as such; an ambiguous send is `unknown`.
 * Never: a second send, a secret, a script.
 */
import type { SSMClient } from "@aws-sdk/client-ssm";
import { CancelCommandCommand, SendCommandCommand } from "@aws-sdk/client-ssm";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { Caller, Operation } from "../call/caller.ts";
import { writeOutcome } from "../instances/ec2.ts";
import * as limits from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { commandReads } from "./command-reads.ts";
import type { PollBounds } from "./poll-pace.ts";
import { commandPoller } from "./poller.ts";
import type { CommandPort, CommandRequest, FindOutcome } from "./port.ts";
import { parseCommandId } from "./port.ts";
import { documentFailure } from "./served-document.ts";
import { sendCommandInput } from "./send-command-input.ts";

const SEND: Operation = { service: "ssm", name: "SendCommand", bucket: "ssm:SendCommand", isWrite: true };
const CANCEL: Operation = { service: "ssm", name: "CancelCommand", bucket: "ssm:CancelCommand", isWrite: true };

export interface SsmOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
  readonly poll: PollBounds;
}

export function ssmCommands(options: SsmOptions): CommandPort & { close(): void } {
  const { caller, ssm } = options;
  const handlers: Parameters<CommandPort["onChange"]>[0][] = [];
  const reads = commandReads(options);
  const poller = commandPoller({
    ...options,
    reads,
    onChange: (change) => handlers.forEach((handler) => handler(change)),
  });

  return {
    async send(scope, request, signal) {
      const fault = requestFault(request);
      if (fault !== undefined) return { kind: "refused", failure: fault };
      const outcome = await caller.call({
        place: scope,
        operation: SEND,
        signal,
        connect: () => ssm(scope),
        send: (client, send) => client.send(new SendCommandCommand(sendCommandInput(request)), send),
      });
      if (outcome.kind === "failed") {
        const { code } = outcome;
        const failure = await documentFailure(
          options,
          { scope, document: request.document, code, failure: outcome.failure },
          signal,
        );
        return { kind: failure.class === "UnknownOutcome" ? "unknown" : "refused", failure };
      }
      const commandID = parseCommandId(outcome.output.Command?.CommandId ?? "");
      if (commandID === undefined) return { kind: "unknown", failure: ID_MISSING };
      poller.follow(scope, commandID, { documentName: request.document.name, instanceIDs: request.instanceIDs });
      return { kind: "sent", commandID };
    },

    async find(scope, query, signal): Promise<FindOutcome> {
      const listing = await reads.sentSince(scope, query, signal);
      if (listing.kind === "failed") return { kind: "failed", failure: listing.failure };
      const [first] = listing.items
        .filter(({ comment }) => comment === query.comment)
        .sort((left, right) => left.requestedAtMs - right.requestedAtMs);
      const commandID = parseCommandId(first?.id ?? "");
      if (commandID !== undefined) return { kind: "found", commandID };
      return listing.kind === "complete" ? { kind: "notFound" } : { kind: "failed", failure: LIST_TOO_LONG };
    },

    reading: (scope, commandID, instanceID) => poller.reading(scope, commandID, instanceID),

    async cancel(scope, commandID, signal) {
      return writeOutcome(
        await caller.call({
          place: scope,
          operation: CANCEL,
          signal,
          connect: () => ssm(scope),
          send: (client, send) => client.send(new CancelCommandCommand({ CommandId: commandID }), send),
        }),
      );
    },

    onChange: (handler) => handlers.push(handler),
    close: () => poller.close(),
  };
}

/** What SSM would refuse anyway, found before the call leaves: a bug of the caller, never of the user. */
function requestFault({ instanceIDs, comment, deliveryTimeoutSeconds }: CommandRequest): Failure | undefined {
  const fault =
    instanceIDs.length < 1 || instanceIDs.length > limits.COMMAND_INSTANCES_MAX
      ? `needs 1 to ${limits.COMMAND_INSTANCES_MAX} instances`
      : comment.length > limits.COMMAND_COMMENT_LENGTH_MAX
        ? `comment is longer than ${limits.COMMAND_COMMENT_LENGTH_MAX} characters`
        : deliveryTimeoutSeconds < limits.COMMAND_DELIVERY_SECONDS_MIN ||
            deliveryTimeoutSeconds > limits.COMMAND_DELIVERY_SECONDS_MAX
          ? `delivery timeout is outside ${limits.COMMAND_DELIVERY_SECONDS_MIN} to ${limits.COMMAND_DELIVERY_SECONDS_MAX} seconds`
          : undefined;
  return fault === undefined
    ? undefined
    : {
        class: "Bug",
        reason: "CommandRequestInvalid",
        message: `SendCommand: not sent, ${fault}`,
        fix: "Report this.",
      };
}

const ID_MISSING: Failure = {
  class: "UnknownOutcome",
  reason: "AnswerEmpty",
  message: "SendCommand: Systems Manager accepted the command and named no id",
  fix: "None: the command is looked for by its comment.",
};

const LIST_TOO_LONG: Failure = {
  class: "Transient",
  reason: "ListTruncated",
  message: "ListCommands: more commands in the time window than the operator reads",
  fix: "None: looked for again in a later pass.",
};
