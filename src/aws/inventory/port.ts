/**
 * The shared view of what runs: one paged list of EC2 and one of SSM for each account, Region and role, however many pools ask (C1).
 * Guarantees: a reader calls AWS never by itself; a failed or partial round keeps the last complete one and says why it is not newer.
 */
import type { Failure } from "../../runtime/failure.ts";
import type { Instance, InstanceId } from "../instances/port.ts";
import type { AwsScope } from "../scope/port.ts";

/** SSM DescribeInstanceInformation; `lastPingAtMs` is wall time as SSM reports it. */
export interface ManagedNode {
  readonly instanceID: InstanceId;
  readonly pingStatus: "Online" | "ConnectionLost" | "Inactive" | "unknown";
  readonly lastPingAtMs: number;
  readonly agentVersion: string;
  readonly computerName: string;
  readonly platformType: string;
}

export interface InventoryView {
  /** Owner's instances of all states from the last complete EC2 list. */
  readonly instances: readonly Instance[];
  /** The same instances by what their tags say, so that one agent's pass costs one agent's work (C2). */
  readonly tagged: TaggedInstances;
  /** Managed nodes of the last complete SSM list, by instance id; `undefined` until the first one. */
  readonly nodes: ReadonlyMap<InstanceId, ManagedNode> | undefined;
  /** Monotonic instants at which those lists were started: everything created before is in them, consistency windows apart. */
  readonly instancesListedMs: number;
  readonly nodesListedMs: number | undefined;
  /** Why the newest round is not complete; absent when it is. */
  readonly instancesFailure?: Failure;
  readonly nodesFailure?: Failure;
}

export interface TaggedInstances {
  ofAgent(agentUID: string): readonly Instance[];
  /** Under a pool's namespace and name, whatever UID that pool had. */
  ofPoolNamed(namespace: string, name: string): readonly Instance[];
}

export type InventoryReading =
  { readonly kind: "unread"; readonly failure?: Failure } | { readonly kind: "read"; readonly view: InventoryView };

export interface InventoryPort {
  /**
   * The newest view. The first call for a scope starts its shared lister, and waits within bounds (`signal`, and some seconds) for what its first
   * list says; scopes nobody asked for in 10 intervals and 20 min are dropped.
   */
  read(scope: AwsScope, signal: AbortSignal): Promise<InventoryReading>;
  /** Asks for one round as soon as the interval's floor allows (after a launch, a terminate): coalesced over all callers. */
  refreshSoon(scope: AwsScope): void;
  /** Called after each round whose content changed, with the agent UIDs and pool UIDs (tags) whose instance or node changed. Handlers only enqueue. */
  onChange(handler: (change: InventoryChange) => void): void;
}

export interface InventoryChange {
  readonly agentUIDs: ReadonlySet<string>;
  readonly poolUIDs: ReadonlySet<string>;
}
