/** What the loops of the Entra side are given besides what every loop is given. */
import type { EntraPorts } from "../entra/entra-port.ts";
import type { LoopPorts } from "./loop-ports.ts";

export interface EntraLoopPorts extends LoopPorts {
  readonly entra: EntraPorts;
  readonly entraSettings: EntraSettings;
}

/** Decisions of whoever runs the operator; never of a resource. */
export interface EntraSettings {
  /** Names of `--allow-unverified`: what the vendor has not published may be written only under its name here. */
  readonly allowedUnverified: ReadonlySet<string>;
  /** `--allow-self-approval`: approvals count even where no admission policy asks for the verb `approve`. */
  readonly isSelfApprovalAllowed: boolean;
}
