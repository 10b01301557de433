/** Parses what SSM says about one invocation. Guarantees: only a final status is `ended`; an unknown word counts as running, never as an end. */
import type { CommandInvocation, GetCommandInvocationCommandOutput } from "@aws-sdk/client-ssm";
import { LISTED_OUTPUT_LENGTH_MAX } from "../limits.ts";
import type { InvocationReading } from "./port.ts";

/** SSM API Reference, CommandInvocation Status: everything else is on its way. */
const FINAL_STATUSES: ReadonlySet<string> = new Set(["Success", "Cancelled", "Failed", "TimedOut"]);
/** Stands between standard output and error output in the listed form (amazon-ssm-agent, plugin output). */
const ERROR_SEPARATOR = "----------ERROR-------";

export interface ListedInvocation {
  readonly reading: InvocationReading;
  /** The listed output may be cut or mixed: the whole has to be read once. */
  readonly needsWhole: boolean;
  /** Given where the document has several steps: then the whole is asked for by step. */
  readonly pluginName: string | undefined;
}

export function parseListed(wire: CommandInvocation): ListedInvocation {
  const status = wire.Status ?? "unknown";
  const statusDetails = wire.StatusDetails ?? status;
  if (!FINAL_STATUSES.has(status))
    return { reading: { kind: "running", statusDetails }, needsWhole: false, pluginName: undefined };
  const plugins = wire.CommandPlugins ?? [];
  const last = plugins.at(-1);
  const output = last?.Output ?? "";
  return {
    reading: {
      kind: "ended",
      isSuccess: status === "Success",
      statusDetails,
      responseCode: last?.ResponseCode ?? -1,
      output,
      errorOutput: "",
    },
    needsWhole: output.length > LISTED_OUTPUT_LENGTH_MAX || output.includes(ERROR_SEPARATOR),
    pluginName: plugins.length > 1 ? last?.Name : undefined,
  };
}

/** From the request to the end of its last step, by the clock of Systems Manager; undefined when it does not say. */
export function tookMs({ RequestedDateTime, CommandPlugins }: CommandInvocation): number | undefined {
  const endedMs = CommandPlugins?.at(-1)?.ResponseFinishDateTime?.getTime();
  return endedMs === undefined || RequestedDateTime === undefined ? undefined : endedMs - RequestedDateTime.getTime();
}

export function parseWhole(wire: GetCommandInvocationCommandOutput): InvocationReading {
  const status = wire.Status ?? "unknown";
  const statusDetails = wire.StatusDetails ?? status;
  if (!FINAL_STATUSES.has(status)) return { kind: "running", statusDetails };
  return {
    kind: "ended",
    isSuccess: status === "Success",
    statusDetails,
    responseCode: wire.ResponseCode ?? -1,
    output: wire.StandardOutputContent ?? "",
    errorOutput: wire.StandardErrorContent ?? "",
  };
}
