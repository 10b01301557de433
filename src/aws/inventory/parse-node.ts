/** Parses SSM's instance information into a managed node. Guarantees: an entry without an EC2 id (a hybrid node) is dropped. */
import type { InstanceInformation } from "@aws-sdk/client-ssm";
import { parseInstanceId } from "../instances/port.ts";
import type { ManagedNode } from "./port.ts";

export function parseNode(wire: InstanceInformation): ManagedNode | undefined {
  const instanceID = parseInstanceId(wire.InstanceId ?? "");
  if (instanceID === undefined) return undefined;
  return {
    instanceID,
    pingStatus: pingStatus(wire.PingStatus),
    lastPingAtMs: wire.LastPingDateTime?.getTime() ?? 0,
    agentVersion: wire.AgentVersion ?? "",
    computerName: wire.ComputerName ?? "",
    platformType: wire.PlatformType ?? "",
  };
}

function pingStatus(word: string | undefined): ManagedNode["pingStatus"] {
  return word === "Online" || word === "ConnectionLost" || word === "Inactive" ? word : "unknown";
}
