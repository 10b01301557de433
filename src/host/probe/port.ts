/**
 * The shared probe: what hosts say of themselves, asked for in batches of 50.
 * Guarantees: `reading` never calls AWS; a host is probed only while somebody asks, at the shortest interval asked for.
 */
import type { InstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { Failure } from "../../runtime/failure.ts";

/** `observedMs`: monotonic instant at which the command was sent. `facts` fit contracts/host/probe.json. */
export type ProbeReading =
  | { readonly kind: "unread"; readonly failure?: Failure }
  | {
      readonly kind: "read";
      readonly facts: Readonly<Record<string, unknown>>;
      readonly observedMs: number;
      readonly failure?: Failure;
    };

export interface ProbePort {
  reading(scope: AwsScope, instanceID: InstanceId, intervalMs: number): ProbeReading;
  /** Drops what was read: after a change on the host, only newer evidence counts. */
  invalidate(instanceID: InstanceId): void;
  /** The host is not to be asked any more: it is gone, going, or not far enough. */
  forget(instanceID: InstanceId): void;
  onChange(handler: (instanceID: InstanceId) => void): void;
}
