/** Commands and invocations as the API answers them. Guarantees: outputs cut as documented, a document's step named as plug-in. */
import { commandStanding, isTerminal, type Command, type Invocation } from "./command.ts";

/** SDK documentation of GetCommandInvocation. */
const OUTPUT_CHARS_MAX = 24_000;
const ERROR_OUTPUT_CHARS_MAX = 8_000;
/** amazon-ssm-agent, MaximumPluginOutputSize: lists with details cut earlier. */
const LISTED_OUTPUT_CHARS_MAX = 2_500;

type Shape = Readonly<Record<string, unknown>>;

export function shownCommand(command: Command): Shape {
  const { status, details } = commandStanding(command);
  const parts = [...command.invocations.values()];
  const count = (name: string): number => parts.filter(({ standing }) => standing.status === name).length;
  const totalMs = command.deliveryTimeoutMs + command.executionTimeoutMs;
  return {
    CommandId: command.commandID,
    DocumentName: command.document.name,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: (command.requestedMs + totalMs) / 1_000,
    Parameters: command.parameters,
    InstanceIds: [...command.invocations.keys()],
    Targets: [],
    RequestedDateTime: command.requestedMs / 1_000,
    Status: status,
    StatusDetails: details,
    MaxConcurrency: "50",
    MaxErrors: "0",
    TargetCount: parts.length,
    CompletedCount: parts.filter(isTerminal).length,
    ErrorCount: count("Failed") + count("TimedOut"),
    DeliveryTimedOutCount: parts.filter(({ standing }) => standing.details === "DeliveryTimedOut").length,
    TimeoutSeconds: command.deliveryTimeoutMs / 1_000,
  };
}

export function shownInvocation(invocation: Invocation, nowMs: number): Shape {
  const { command, standing } = invocation;
  return {
    CommandId: command.commandID,
    InstanceId: invocation.instanceID,
    Comment: command.comment,
    DocumentName: command.document.name,
    DocumentVersion: command.documentVersion,
    PluginName: command.document.stepName,
    ResponseCode: invocation.responseCode,
    ExecutionStartDateTime: isoOrEmpty(invocation.startedMs),
    ExecutionElapsedTime: elapsed(invocation, nowMs),
    ExecutionEndDateTime: isoOrEmpty(invocation.endedMs),
    Status: standing.status,
    StatusDetails: standing.details,
    StandardOutputContent: invocation.output.slice(0, OUTPUT_CHARS_MAX),
    StandardOutputUrl: "",
    StandardErrorContent: invocation.errorOutput.slice(0, ERROR_OUTPUT_CHARS_MAX),
    StandardErrorUrl: "",
  };
}

export function listedInvocation(invocation: Invocation, hasDetails: boolean): Shape {
  const { command, standing } = invocation;
  return {
    CommandId: command.commandID,
    InstanceId: invocation.instanceID,
    InstanceName: "",
    Comment: command.comment,
    DocumentName: command.document.name,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: command.requestedMs / 1_000,
    Status: standing.status,
    StatusDetails: standing.details,
    CommandPlugins: hasDetails ? [plugin(invocation)] : [],
  };
}

function plugin(invocation: Invocation): Shape {
  const { standing, startedMs, endedMs } = invocation;
  return {
    Name: invocation.command.document.stepName,
    Status: standing.status,
    StatusDetails: standing.details,
    ResponseCode: invocation.responseCode,
    ...(startedMs === undefined ? {} : { ResponseStartDateTime: startedMs / 1_000 }),
    ...(endedMs === undefined ? {} : { ResponseFinishDateTime: endedMs / 1_000 }),
    Output: listedOutput(invocation),
  };
}

/** Both streams in one text, as the agent writes it. */
function listedOutput({ output, errorOutput }: Invocation): string {
  const joined = errorOutput === "" ? output : `${output}\n----------ERROR-------\n${errorOutput}`;
  return joined.slice(0, LISTED_OUTPUT_CHARS_MAX);
}

function isoOrEmpty(atMs: number | undefined): string {
  return atMs === undefined ? "" : new Date(atMs).toISOString();
}

function elapsed({ startedMs, endedMs }: Invocation, nowMs: number): string {
  return startedMs === undefined ? "" : `PT${(((endedMs ?? nowMs) - startedMs) / 1_000).toFixed(3)}S`;
}
