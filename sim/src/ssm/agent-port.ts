/**
 * What an SSM agent on a host and the Systems Manager service say to each other.
 * Guarantees: the service never looks inside a host and a host never writes a command's status: both only speak through these messages.
 */

/** One delivery of a command; the same command may be delivered more than once (`aws.md` 6.2, "Duplicates"). */
export interface CommandMessage {
  readonly commandID: string;
  readonly documentName: string;
  /** Resolved against the document's parameters: defaults filled in. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly executionTimeoutMs: number;
}

/** How the agent says that a run ended. */
export type RunEnd =
  | { readonly kind: "exited"; readonly exitCode: number; readonly output: string; readonly errorOutput: string }
  | { readonly kind: "timedOut"; readonly output: string; readonly errorOutput: string }
  | { readonly kind: "cancelled"; readonly output: string; readonly errorOutput: string };

/** What the agent tells about its host when it connects. */
export interface AgentIdentity {
  readonly computerName: string;
  readonly agentVersion: string;
  readonly ipAddress: string;
  readonly platformName: string;
  readonly platformVersion: string;
}

/** Implemented by the hosts. */
export interface AgentConnections {
  isConnected(instanceID: string): boolean;
  deliver(instanceID: string, message: CommandMessage): void;
  /** Asks the agent to end a run; no guarantee (SSM API Reference, CancelCommand). */
  cancel(instanceID: string, commandID: string): void;
}

/** Implemented by the service. */
export interface AgentReports {
  connected(instanceID: string, identity: AgentIdentity): void;
  disconnected(instanceID: string): void;
  /** The machine behind the node exists no more. */
  terminated(instanceID: string): void;
  ended(instanceID: string, commandID: string, end: RunEnd): void;
}
