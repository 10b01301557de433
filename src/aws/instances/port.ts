/**
 * EC2 instances in our words. Only the adapter imports the SDK.
 * Guarantees: expected failures, unknown outcome included, are values; nothing is retried behind the caller's back.
 */
import type { Branded } from "../../runtime/brand.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { AwsScope } from "../scope/port.ts";

export type InstanceId = Branded<"InstanceId">;
/** Parses an EC2 instance id; `undefined` when the text is none. */
export function parseInstanceId(text: string): InstanceId | undefined {
  return /^i-[0-9a-f]{8,17}$/.test(text) ? (text as InstanceId) : undefined;
}

/** EC2 API Reference, InstanceState; an unknown word parses to "unknown". */
export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped" | "unknown";

/** Ownership tags, written in the create call and never changed by the operator. */
export const OWNERSHIP_TAGS = {
  ownerID: "cloudsync.dev/owner-id",
  namespace: "cloudsync.dev/namespace",
  pool: "cloudsync.dev/pool",
  poolUID: "cloudsync.dev/pool-uid",
  agent: "cloudsync.dev/agent",
  agentUID: "cloudsync.dev/agent-uid",
  slot: "cloudsync.dev/slot",
  attempt: "cloudsync.dev/attempt",
} as const;

export interface Instance {
  readonly instanceID: InstanceId;
  readonly state: InstanceState;
  readonly availabilityZone: string;
  readonly subnetID: string | undefined;
  readonly instanceType: string;
  readonly imageID: string;
  readonly launchedAtMs: number;
  readonly clientToken: string | undefined;
  readonly privateIPAddress: string | undefined;
  readonly instanceProfileARN: string | undefined;
  /** EC2 StateReason code and message, empty when EC2 gives none. */
  readonly stateReason: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Everything one attempt is made of; frozen, because EC2 compares parameters of a repeated token (EC2 Developer Guide, Ensuring idempotency). */
export interface LaunchIntent {
  readonly clientToken: string; // at most 64 ASCII characters
  readonly subnetID: string;
  readonly availabilityZone: string;
  readonly instanceType: string;
  readonly imageID: string;
  readonly instanceProfile: string; // name or ARN
  readonly securityGroupIDs: readonly string[];
  readonly rootVolume: { readonly sizeGiB: number; readonly kmsKeyID?: string };
  readonly tags: Readonly<Record<string, string>>; // ownership tags, Name and the user's
}

export type LaunchOutcome =
  | { readonly kind: "launched"; readonly instance: Instance } // perhaps the terminated original of the same token
  | { readonly kind: "refused"; readonly failure: Failure } // nothing was launched
  | { readonly kind: "unknown"; readonly failure: Failure }; // may have been launched: find it by token or tags

export type WriteOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unknown"; readonly failure: Failure };

/** A list that hit its page bound says so; absence is only ever concluded from `complete` (S5). */
export type Listing<Item> =
  | { readonly kind: "complete"; readonly items: readonly Item[] }
  | { readonly kind: "partial"; readonly items: readonly Item[] }
  | { readonly kind: "failed"; readonly failure: Failure };

/** `missing` is what EC2 answered, never proof of absence (EC2 Developer Guide, Eventual consistency). */
export type InstanceReading =
  | { readonly kind: "found"; readonly instance: Instance }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface InstancePort {
  /** RunInstances: one instance, explicit subnet, the caller's token, IMDSv2, encrypted root, no public address, termination protection. */
  launch(scope: AwsScope, intent: LaunchIntent, signal: AbortSignal): Promise<LaunchOutcome>;
  /** A fresh DescribeInstances of one id. */
  confirm(scope: AwsScope, instanceID: InstanceId, signal: AbortSignal): Promise<InstanceReading>;
  /** A fresh list by owner and agent UID tag, all states. */
  findByAgent(scope: AwsScope, agentUID: string, signal: AbortSignal): Promise<Listing<Instance>>;
  /** ModifyInstanceAttribute DisableApiTermination=false; naturally idempotent. */
  allowTermination(scope: AwsScope, instanceID: InstanceId, signal: AbortSignal): Promise<WriteOutcome>;
  /** TerminateInstances of one id; naturally idempotent; `NotFound` is refused, never "gone". */
  terminate(scope: AwsScope, instanceID: InstanceId, signal: AbortSignal): Promise<WriteOutcome>;
}
