/**
 * The document AWS-UpdateSSMAgent on a host: installs the version that it names and restarts the agent.
 * Guarantees: an agent that is new enough is left alone; the agent is gone for a while, and reports the command's end when it is back.
 * Sources: the document's parameters (version, allowDowngrade); example output of GetCommandInvocation, SSM API Reference ("has already been
 * installed, update skipped"). How long it takes is [unverified].
 */
import type { CommandMessage } from "../ssm/agent-port.ts";
import type { Delays } from "../core/delays.ts";
import type { HostDirectory } from "./directory.ts";
import type { Host } from "./host.ts";
import type { ScriptEnded } from "./script.ts";
import { ssmAgentVersion } from "./ssm-agent.ts";
import { isVersionBelow } from "./steps/install.ts";

export const UPDATE_DOCUMENT = "AWS-UpdateSSMAgent";

/** From here the agent passes parameters to scripts as environment variables (SSM User Guide, "Data elements and parameters"). */
const ENVIRONMENT_VARIABLES_VERSION = "3.3.2746.0";

/** How an older agent treats interpolationType is not documented [unverified]: here the script finds no parameters. */
export function passesParameters(host: Host, directory: HostDirectory): boolean {
  return !isVersionBelow(ssmAgentVersion(host, directory), ENVIRONMENT_VARIABLES_VERSION);
}

export interface UpdateParts {
  readonly delays: Delays;
  readonly directory: HostDirectory;
  readonly restartAgent: (host: Host) => void;
}

export function updateAgent(
  { delays, directory, restartAgent }: UpdateParts,
  { host, message, ended }: { readonly host: Host; readonly message: CommandMessage; readonly ended: ScriptEnded },
): () => void {
  const timers = host.session?.timers;
  if (timers === undefined) return () => undefined;
  const wanted = message.parameters["version"]?.[0] ?? "";
  const before = ssmAgentVersion(host, directory);
  const isDowngradeAllowed = message.parameters["allowDowngrade"]?.[0] === "true";
  if (wanted === "" || wanted === before || (isVersionBelow(wanted, before) && !isDowngradeAllowed)) {
    const output = `amazon-ssm-agent ${before} has already been installed, update skipped\n`;
    return timers.after(delays.ms("host.script"), () => ended({ exitCode: 0, output, errorOutput: "" }));
  }
  return timers.after(delays.ms("host.ssmAgentUpdate"), () => {
    host.disk.ssmAgentVersion = wanted;
    restartAgent(host);
  });
}
