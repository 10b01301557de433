/** The provisioning log (entra-graph reference, 5.2): five requests in 10 s for each application and tenant. */
import type { EntraAccess } from "../access/port.ts";
import type { Listing } from "../outcome.ts";

export interface ProvisioningLogEntry {
  readonly id: string;
  readonly atMs: number;
  readonly jobID: string;
  readonly action: string; // lower case: create, delete, disable, update, stageddelete, other
  readonly status: string; // lower case: success, failure, skipped, warning
  readonly sourceID: string | undefined;
  readonly sourceDisplayName: string | undefined;
  readonly targetID: string | undefined;
  readonly errorCode: string | undefined;
  readonly reason: string | undefined;
}

export interface ProvisioningLogPort {
  /** Entries of one job from `sinceMs` on, newest first; bounded, so `partial` when there are more. */
  entries(
    access: EntraAccess,
    query: { readonly jobID: string; readonly sinceMs: number },
    signal: AbortSignal,
  ): Promise<Listing<ProvisioningLogEntry>>;
}
