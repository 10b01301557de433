/** The reads of Run Command that the poller and the search stand on. Guarantees: one call shape each, paged to a bound. */
import type { CommandInvocation, GetCommandInvocationCommandOutput, SSMClient } from "@aws-sdk/client-ssm";
import { GetCommandInvocationCommand, ListCommandInvocationsCommand, ListCommandsCommand } from "@aws-sdk/client-ssm";
import type { Caller, CallOutcome, Operation } from "../call/caller.ts";
import type { PagedList } from "../call/read-pages.ts";
import { readPages } from "../call/read-pages.ts";
import type { InstanceId } from "../instances/port.ts";
import { BACKGROUND_PERMIT_WAIT_MS_MAX, COMMAND_FIND_MARGIN_MS, COMMAND_PAGES_MAX, SSM_PAGE_SIZE } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import type { CommandId } from "./port.ts";

const read = (name: string, bucket: "ssm:reads" | "ssm:polls"): Operation => ({
  service: "ssm",
  name,
  bucket,
  isWrite: false,
});
const LIST_COMMANDS = read("ListCommands", "ssm:reads");
const LIST_INVOCATIONS = {
  ...read("ListCommandInvocations", "ssm:polls"),
  permitWaitMsMax: BACKGROUND_PERMIT_WAIT_MS_MAX,
};
const GET_INVOCATION = { ...read("GetCommandInvocation", "ssm:polls"), permitWaitMsMax: BACKGROUND_PERMIT_WAIT_MS_MAX };

export interface CommandReadOptions {
  readonly caller: Caller;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
}

export interface SentCommand {
  readonly id: string;
  readonly comment: string;
  readonly requestedAtMs: number;
}

export interface CommandReads {
  /** Commands of one document since an instant, a margin for clocks before it included. */
  sentSince(
    scope: AwsScope,
    query: { readonly documentName: string; readonly sentAfterMs: number },
    signal: AbortSignal,
  ): Promise<PagedList<SentCommand>>;
  invocations(scope: AwsScope, commandID: CommandId, signal: AbortSignal): Promise<PagedList<CommandInvocation>>;
  whole(
    scope: AwsScope,
    query: { readonly commandID: CommandId; readonly instanceID: InstanceId; readonly pluginName: string | undefined },
    signal: AbortSignal,
  ): Promise<CallOutcome<GetCommandInvocationCommandOutput>>;
}

export function commandReads({ caller, ssm }: CommandReadOptions): CommandReads {
  const on = (scope: AwsScope, operation: Operation, signal: AbortSignal) => ({
    place: scope,
    operation,
    signal,
    connect: () => ssm(scope),
  });
  return {
    sentSince(scope, { documentName, sentAfterMs }, signal) {
      // SSM API Reference, CommandFilter: ISO 8601 without fractions of a second.
      const since = new Date(sentAfterMs - COMMAND_FIND_MARGIN_MS).toISOString().replace(/\.\d+Z$/, "Z");
      const Filters = [
        { key: "InvokedAfter" as const, value: since },
        { key: "DocumentName" as const, value: documentName },
      ];
      return readPages(
        (NextToken) =>
          caller.call({
            ...on(scope, LIST_COMMANDS, signal),
            send: (client, options) =>
              client.send(new ListCommandsCommand({ Filters, MaxResults: SSM_PAGE_SIZE, NextToken }), options),
          }),
        (output) => ({
          items: (output.Commands ?? [])
            .filter((command) => command.DocumentName === documentName)
            .map((command) => ({
              id: command.CommandId ?? "",
              comment: command.Comment ?? "",
              requestedAtMs: command.RequestedDateTime?.getTime() ?? 0,
            })),
          next: output.NextToken,
        }),
        COMMAND_PAGES_MAX,
      );
    },

    invocations(scope, commandID, signal) {
      return readPages(
        (NextToken) =>
          caller.call({
            ...on(scope, LIST_INVOCATIONS, signal),
            send: (client, options) =>
              client.send(
                new ListCommandInvocationsCommand({
                  CommandId: commandID,
                  Details: true,
                  MaxResults: SSM_PAGE_SIZE,
                  NextToken,
                }),
                options,
              ),
          }),
        (output) => ({ items: output.CommandInvocations ?? [], next: output.NextToken }),
        COMMAND_PAGES_MAX,
      );
    },

    whole(scope, { commandID, instanceID, pluginName }, signal) {
      return caller.call({
        ...on(scope, GET_INVOCATION, signal),
        send: (client, options) =>
          client.send(
            new GetCommandInvocationCommand({ CommandId: commandID, InstanceId: instanceID, PluginName: pluginName }),
            options,
          ),
      });
    },
  };
}
