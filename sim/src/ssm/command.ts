/**
 * A command and its invocations, and how the status of the whole follows from the parts.
 * Guarantees: a terminal status never changes (SSM User Guide, "Understanding command statuses").
 */
import type { CommandParameters } from "./parameter-check.ts";
import type { CommandDocument } from "./document.ts";
import type { Listed } from "./paging.ts";

export type InvocationStatus =
  "Pending" | "InProgress" | "Delayed" | "Success" | "Cancelled" | "Cancelling" | "Failed" | "TimedOut";
/** `Status` beside the finer `StatusDetails`. */
export interface Standing {
  readonly status: InvocationStatus;
  readonly details: string;
}

export const PENDING: Standing = { status: "Pending", details: "Pending" };
export const DELAYED: Standing = { status: "Delayed", details: "Delayed" };
export const IN_PROGRESS: Standing = { status: "InProgress", details: "InProgress" };
export const CANCELLING: Standing = { status: "Cancelling", details: "Cancelling" };
export const CANCELLED: Standing = { status: "Cancelled", details: "Cancelled" };
export const SUCCESS: Standing = { status: "Success", details: "Success" };
export const FAILED: Standing = { status: "Failed", details: "Failed" };
export const DELIVERY_TIMED_OUT: Standing = { status: "TimedOut", details: "DeliveryTimedOut" };
export const EXECUTION_TIMED_OUT: Standing = { status: "TimedOut", details: "ExecutionTimedOut" };
/** The coarse status beside Undeliverable is not documented; Failed is [unverified]. */
export const UNDELIVERABLE: Standing = { status: "Failed", details: "Undeliverable" };

export interface Invocation extends Listed {
  readonly command: Command;
  readonly instanceID: string;
  standing: Standing;
  /** -1: not started, or not ended yet. */
  responseCode: number;
  startedMs: number | undefined;
  endedMs: number | undefined;
  output: string;
  errorOutput: string;
}

export interface Command extends Listed {
  readonly commandID: string;
  readonly accountID: string;
  readonly region: string;
  readonly document: CommandDocument;
  readonly documentVersion: string;
  readonly parameters: CommandParameters;
  readonly comment: string;
  readonly requestedMs: number;
  readonly deliveryTimeoutMs: number;
  readonly executionTimeoutMs: number;
  readonly invocations: ReadonlyMap<string, Invocation>;
}

const TERMINAL: ReadonlySet<InvocationStatus> = new Set(["Success", "Cancelled", "Failed", "TimedOut"]);

export function isTerminal({ standing }: Invocation): boolean {
  return TERMINAL.has(standing.status);
}

/** The whole: moving while a part moves; else the worst of its parts. */
export function commandStanding({ invocations }: Command): Standing {
  const parts = [...invocations.values()];
  const first = (status: InvocationStatus): Standing | undefined =>
    parts.find(({ standing }) => standing.status === status)?.standing;
  if (parts.every(({ standing }) => standing.status === "Pending")) return PENDING;
  if (!parts.every(isTerminal)) return first("Cancelling") ?? IN_PROGRESS;
  return first("Failed") ?? first("TimedOut") ?? first("Cancelled") ?? SUCCESS;
}
