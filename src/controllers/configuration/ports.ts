import type { EntraLoopPorts } from "../entra-loop-ports.ts";

export interface ConfigurationPorts extends EntraLoopPorts {
  /** Whether only people with the verb `approve` can have written an approval, or the process was told not to ask. */
  readonly trust: { isTrusted(signal: AbortSignal): Promise<boolean> };
}
