/** GetCommandInvocation, ListCommands, ListCommandInvocations, CancelCommand (SSM API Reference). */
import { ApiError, type ApiCall, type Operation } from "../core/call.ts";
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Faults } from "../core/faults.ts";
import { flag, records, requiredText, text, texts } from "../core/input.ts";
import { commandStanding, type Command, type Invocation, type Standing } from "./command.ts";
import { listedInvocation, shownCommand, shownInvocation } from "./command-shapes.ts";
import type { Dispatch } from "./dispatch.ts";
import { pageOf, type PageRules } from "./paging.ts";
import { requiredName } from "./refusals.ts";

export interface CommandOperationDeps {
  readonly clock: WorldClock;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly dispatch: Dispatch;
}

const PAGE: PageRules = { order: "newestFirst", sizeMin: 1, sizeMax: 50, sizeDefault: 50 };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Moment {
  readonly documentName: string;
  readonly requestedMs: number;
  readonly standing: Standing;
}
type MomentTest = (moment: Moment) => boolean;

export function commandOperations(deps: CommandOperationDeps): Readonly<Record<string, Operation>> {
  const { clock, delays, dispatch, faults } = deps;
  const isOwn = ({ accountID, region }: Command, { caller }: ApiCall): boolean =>
    accountID === caller.accountID && region === caller.region;
  /** One command by its id, or all. */
  const own = (call: ApiCall, commandID?: string): readonly Command[] => {
    const named = commandID === undefined ? undefined : dispatch.command(commandID);
    const candidates = commandID === undefined ? dispatch.commands() : named === undefined ? [] : [named];
    return candidates.filter((command) => isOwn(command, call));
  };
  const isVisible = ({ requestedMs }: Command, delayName: string): boolean =>
    clock.nowMs() - requestedMs >= delays.ms(delayName);
  const invocationsVisible = (call: ApiCall, commandID?: string): readonly Command[] =>
    own(call, commandID).filter((command) => isVisible(command, "ssm.invocationVisible"));
  return {
    GetCommandInvocation: (call) => {
      const commandID = commandIDOf(requiredName(call.input, "CommandId"));
      const instanceID = requiredName(call.input, "InstanceId");
      const [command] = invocationsVisible(call, commandID);
      const invocation = command?.invocations.get(instanceID);
      if (invocation === undefined) {
        throw new ApiError(
          "InvocationDoesNotExist",
          "The command ID and managed node ID you specified didn't match any invocations.",
        );
      }
      const plugin = text(call.input, "PluginName");
      if (plugin !== undefined && plugin !== invocation.command.document.stepName) {
        throw new ApiError("InvalidPluginName", "The plugin name isn't valid.");
      }
      return shownInvocation(invocation, clock.nowMs());
    },
    ListCommands: (call) => {
      const commandID = optionalCommandID(call);
      const instanceID = text(call.input, "InstanceId");
      const tests = momentTests(call);
      const matching = own(call, commandID)
        .filter((command) => isVisible(command, "ssm.commandVisible"))
        .filter((command) => instanceID === undefined || command.invocations.has(instanceID))
        .filter((command) => passes(tests, command, commandStanding(command)));
      const { items, nextToken } = pageOf(matching, call, PAGE, faults);
      return { Commands: items.map(shownCommand), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
    },
    ListCommandInvocations: (call) => {
      const commandID = optionalCommandID(call);
      const instanceID = text(call.input, "InstanceId");
      const tests = momentTests(call);
      const hasDetails = flag(call.input, "Details") ?? false;
      const matching = invocationsVisible(call, commandID)
        .flatMap((command): readonly Invocation[] => [...command.invocations.values()])
        .filter((invocation) => instanceID === undefined || invocation.instanceID === instanceID)
        .filter((invocation) => passes(tests, invocation.command, invocation.standing));
      const { items, nextToken } = pageOf(matching, call, PAGE, faults);
      return {
        CommandInvocations: items.map((invocation) => listedInvocation(invocation, hasDetails)),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    CancelCommand: (call) => {
      const commandID = commandIDOf(requiredName(call.input, "CommandId"));
      const [command] = own(call, commandID);
      if (command === undefined) throw new ApiError("InvalidCommandId", "The specified command ID isn't valid.");
      const instanceIDs = texts(call.input, "InstanceIds");
      const strange = instanceIDs.filter((instanceID) => !command.invocations.has(instanceID));
      if (strange.length > 0)
        throw new ApiError("InvalidInstanceId", `Not a target of the command: ${strange.join(", ")}`);
      dispatch.cancel(command, instanceIDs);
      return {};
    },
  };
}

function commandIDOf(value: string): string {
  if (!UUID.test(value)) throw new ApiError("InvalidCommandId", "The specified command ID isn't valid.");
  return value.toLowerCase();
}

function optionalCommandID({ input }: ApiCall): string | undefined {
  const value = text(input, "CommandId");
  return value === undefined ? undefined : commandIDOf(value);
}

function passes(tests: readonly MomentTest[], { document, requestedMs }: Command, standing: Standing): boolean {
  return tests.every((test) => test({ documentName: document.name, requestedMs, standing }));
}

function momentTests({ input }: ApiCall): readonly MomentTest[] {
  return records(input, "Filters").map((filter) =>
    momentTest(requiredText(filter, "key"), requiredText(filter, "value")),
  );
}

function momentTest(key: string, value: string): MomentTest {
  switch (key) {
    case "InvokedAfter":
      return ({ requestedMs }) => requestedMs >= instant(value);
    case "InvokedBefore":
      return ({ requestedMs }) => requestedMs < instant(value);
    case "DocumentName":
      return ({ documentName }) => documentName === value;
    case "Status":
      return ({ standing }) => standing.status === value || standing.details === value;
    default:
      throw new ApiError("InvalidFilterKey", `The specified key ${key} isn't valid.`);
  }
}

function instant(value: string): number {
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) throw new ApiError("InvalidFilterKey", `${value} is no timestamp.`);
  return atMs;
}
