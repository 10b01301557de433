/**
 * Reading one group back from AD, by a healthy host: the proof that it really arrived.
 * Guarantees: changes nothing; the same operation id asked twice gives one answer, so an ambiguous send may be repeated.
 */
import type { InstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { Failure } from "../../runtime/failure.ts";

export interface DirectoryRead {
  readonly scope: AwsScope;
  readonly instanceID: InstanceId;
  /** Stored by the caller before the first call. */
  readonly operationID: string;
  readonly domainName: string;
  /** Object id in Entra, in lower case. */
  readonly groupID: string;
  /** When the operation was stored, and when it is given up; wall clock. */
  readonly startedAtMs: number;
  readonly deadlineMs: number;
}

/** What a host tells of a group; contracts/host/read-group.json. */
export interface GroupFacts {
  readonly domainController: string;
  readonly isFound: boolean;
  readonly anchor: string;
  readonly distinguishedName: string | null;
  readonly memberCount: number | null;
  readonly memberHash: string | null;
}

/** `failed`: this host will not tell; another one may. */
export type DirectoryReading =
  | { readonly kind: "pending"; readonly retryAfterMs?: number }
  | { readonly kind: "read"; readonly facts: GroupFacts }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface DirectoryReadPort {
  /** Sends the step, finds an earlier send again, or tells its answer. Rejects only on a bug. */
  readGroup(read: DirectoryRead, signal: AbortSignal): Promise<DirectoryReading>;
  /** Called when something of this operation's command changed. Handlers only enqueue. */
  onChange(handler: (operationID: string) => void): void;
}
