import type { ImagePort } from "../../aws/images/port.ts";
import type { InventoryPort } from "../../aws/inventory/port.ts";
import type { NetworkPort } from "../../aws/network/port.ts";
import type { ScopePort } from "../../aws/scope/port.ts";
import type { InstallerEntry } from "../../fleet/pool/preflight.ts";
import type { LoopPorts } from "../loop-ports.ts";

export interface PoolPorts extends LoopPorts {
  readonly scopes: ScopePort;
  readonly inventory: InventoryPort;
  readonly network: NetworkPort;
  readonly images: ImagePort;
  /** The installer catalogue of the operator's configuration. */
  readonly installers: readonly InstallerEntry[];
}
