/**
 * SSM Run Command in our words: product documents, sent by name, version and hash, and one of AWS's own, by name and version.
 * Guarantees: an ambiguous send is `unknown`, to be looked for by its comment before anything is sent again (SendCommand has no client token).
 * Never: a secret in parameters, comment or output (S9).
 */
import type { Branded } from "../../runtime/brand.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { InstanceId, WriteOutcome } from "../instances/port.ts";
import type { AwsScope } from "../scope/port.ts";

export type CommandId = Branded<"CommandId">;
/** Parses an SSM command id (a UUID); `undefined` when the text is none. */
export function parseCommandId(text: string): CommandId | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? (text as CommandId) : undefined;
}

/** A document as the operator was built with it; `sha256` is the lower-case hex hash of its content. */
export interface DocumentRef {
  readonly name: string; // CloudSync-<Step>-<first 8 of the content hash>
  readonly version: string; // "1": a changed content has another name
  /** Absent for the one document of AWS's own (host/commands.ts): AWS changes its content as it likes. */
  readonly sha256?: string;
}

export interface CommandRequest {
  /** 1 to 50 ids (SSM API Reference, SendCommand InstanceIds). */
  readonly instanceIDs: readonly InstanceId[];
  readonly document: DocumentRef;
  readonly parameters: Readonly<Record<string, string>>;
  /** At most 100 characters; carries the operation id, by which an ambiguous send is found again. */
  readonly comment: string;
  /** Delivery limit, seconds, at least 30 (SSM API Reference, SendCommand TimeoutSeconds). */
  readonly deliveryTimeoutSeconds: number;
}

export type SendOutcome =
  | { readonly kind: "sent"; readonly commandID: CommandId }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unknown"; readonly failure: Failure };

export type FindOutcome =
  | { readonly kind: "found"; readonly commandID: CommandId }
  | { readonly kind: "notFound" } // a complete list held none
  | { readonly kind: "failed"; readonly failure: Failure };

/** Where one invocation stands, as the shared poller last read it. `lost`: SSM says it will never end well without output. */
export type InvocationReading =
  | { readonly kind: "unread" } // not polled yet, or InvocationDoesNotExist in its first 30 s
  | { readonly kind: "running"; readonly statusDetails: string }
  | {
      readonly kind: "ended";
      readonly isSuccess: boolean;
      readonly statusDetails: string;
      readonly responseCode: number;
      readonly output: string;
      readonly errorOutput: string;
    }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface CommandPort {
  send(scope: AwsScope, request: CommandRequest, signal: AbortSignal): Promise<SendOutcome>;
  /** ListCommands since `sentAfterMs` (wall clock, margin added inside), matched by comment and document name. */
  find(
    scope: AwsScope,
    query: { readonly documentName: string; readonly comment: string; readonly sentAfterMs: number },
    signal: AbortSignal,
  ): Promise<FindOutcome>;
  /** The newest reading; the first call puts the command under the shared poll (5 to 30 s), which ends with it. Never calls AWS itself. */
  reading(scope: AwsScope, commandID: CommandId, instanceID: InstanceId): InvocationReading;
  /** CancelCommand; no guarantee on the host. */
  cancel(scope: AwsScope, commandID: CommandId, signal: AbortSignal): Promise<WriteOutcome>;
  /** Called when a polled command's reading changed. Handlers only enqueue. */
  onChange(handler: (change: { readonly commandID: CommandId; readonly instanceID: InstanceId }) => void): void;
}
