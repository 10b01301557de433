/** On-demand provisioning of one group (entra-graph reference, 5.1). An outside write: it may create the group in AD. */
import type { EntraAccess } from "../access/port.ts";
import type { JobAddress } from "../jobs/port.ts";
import type { Written } from "../outcome.ts";

export interface OnDemandStep {
  readonly type: string; // Import | Scoping | Matching | Export
  readonly status: string;
  readonly name: string;
  readonly description: string;
}

/** The doubly encoded answer, parsed; words are the vendor's. */
export interface OnDemandAnswer {
  readonly result: string; // Success | Skipped | Failure | ...
  readonly errorCode: string | undefined; // RedundantExport, ...
  readonly errorMessage: string | undefined;
  readonly action: string | undefined;
  readonly targetID: string | undefined;
  readonly reason: string | undefined;
  readonly steps: readonly OnDemandStep[];
  /** Attributes that were exported, by target name. */
  readonly modifiedProperties: readonly { readonly name: string; readonly newValue: string | undefined }[];
}

export interface OnDemandPort {
  /** At most five members a request. */
  provision(
    access: EntraAccess,
    request: JobAddress & { readonly ruleID: string; readonly groupID: string; readonly memberIDs: readonly string[] },
    signal: AbortSignal,
  ): Promise<Written<OnDemandAnswer>>;
}
