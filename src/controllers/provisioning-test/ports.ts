import type { ScopePort } from "../../aws/scope/port.ts";
import type { DirectoryReadPort } from "../../host/directory-read/port.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";

export interface TestPorts extends EntraLoopPorts {
  /** Which identity reaches a host: its agent's own. */
  readonly scopes: ScopePort;
  readonly directory: DirectoryReadPort;
  /** `--directory-look-delay`: how long AD gets to show what was written, before it is read again. */
  readonly directoryLookDelayMs: number;
}
