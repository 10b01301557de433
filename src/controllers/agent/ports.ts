import type { CommandPort } from "../../aws/commands/port.ts";
import type { InstancePort } from "../../aws/instances/port.ts";
import type { InventoryPort } from "../../aws/inventory/port.ts";
import type { ProfilePort } from "../../aws/profiles/port.ts";
import type { ScopePort } from "../../aws/scope/port.ts";
import type { AgentLimits } from "../../fleet/agent/snapshot.ts";
import type { ProbePort } from "../../host/probe/port.ts";
import type { LoopPorts } from "../loop-ports.ts";

export interface AgentPorts extends LoopPorts {
  readonly scopes: ScopePort;
  readonly instances: InstancePort;
  readonly inventory: InventoryPort;
  readonly commands: CommandPort;
  readonly profiles: ProfilePort;
  readonly probes: ProbePort;
  readonly limits: AgentLimits;
  /** How long a refusal for want of capacity is remembered (aws reference, 1.5: about 3 min). */
  readonly capacityMemoryMs: number;
}
