/**
 * The shared view behind the inventory port: two shared lists for each scope, one of EC2 and one of SSM, that fail apart from each other.
 * Guarantees: calls depend on scopes and pages, not on pools (C1); a reader calls nothing itself; unused scopes are dropped.
 */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import { sleep, type Clock, type Dice } from "../../runtime/clock.ts";
import type { Caller, Operation } from "../call/caller.ts";
import type { PagedList } from "../call/read-pages.ts";
import { readPages } from "../call/read-pages.ts";
import { DESCRIBE_INSTANCES } from "../instances/ec2.ts";
import { instancesOf } from "../instances/parse-instance.ts";
import type { Instance, InstanceId } from "../instances/port.ts";
import { OWNERSHIP_TAGS } from "../instances/port.ts";
import * as limits from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { scopeKey } from "../scope/port.ts";
import { changedIDs, changeOf } from "./changes.ts";
import { parseNode } from "./parse-node.ts";
import type { InventoryChange, InventoryPort, InventoryReading, ManagedNode, TaggedInstances } from "./port.ts";
import type { SharedList } from "./shared-list.ts";
import { sharedList } from "./shared-list.ts";
import { taggedInstances } from "./tagged.ts";

const LIST_INSTANCES: Operation = { ...DESCRIBE_INSTANCES, permitWaitMsMax: limits.BACKGROUND_PERMIT_WAIT_MS_MAX };
const LIST_NODES: Operation = {
  service: "ssm",
  name: "DescribeInstanceInformation",
  bucket: "ssm:reads",
  isWrite: false,
  permitWaitMsMax: limits.BACKGROUND_PERMIT_WAIT_MS_MAX,
};

export interface InventoryOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly caller: Caller;
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
  readonly ownerID: string;
  readonly intervalMs: number;
  readonly floorMs: number;
}

interface ScopeLists {
  readonly instances: SharedList<Instance>;
  readonly nodes: SharedList<ManagedNode>;
  tagged: TaggedInstances;
  nodesByID: ReadonlyMap<InstanceId, ManagedNode> | undefined;
  lastAskedMs: number;
}

export function sharedInventory(options: InventoryOptions): InventoryPort & { close(): void } {
  const { clock, intervalMs } = options;
  const idleMs = Math.max(limits.INVENTORY_IDLE_MS_MIN, limits.INVENTORY_IDLE_INTERVALS_MAX * intervalMs);
  const scopes = new Map<string, ScopeLists>();
  const handlers: ((change: InventoryChange) => void)[] = [];
  const announce = (change: InventoryChange): void => {
    if (change.agentUIDs.size + change.poolUIDs.size > 0) for (const handler of handlers) handler(change);
  };

  const open = (key: string, scope: AwsScope): ScopeLists => {
    dropOldest(scopes);
    const isWanted = (): boolean => {
      const isUsed = clock.monotonicMs() - lists.lastAskedMs <= idleMs;
      if (!isUsed && scopes.get(key) === lists) scopes.delete(key);
      return isUsed;
    };
    const lists: ScopeLists = {
      instances: sharedList({
        ...options,
        isWanted,
        read: (signal) => listInstances(options, scope, signal),
        onComplete: (items, before) => {
          lists.tagged = taggedInstances(items);
          announce(changeOf(changedIDs(before, items), before ?? [], items));
        },
      }),
      nodes: sharedList({
        ...options,
        isWanted,
        read: (signal) => listNodes(options, scope, signal),
        onComplete: (items, before) => {
          lists.nodesByID = new Map(items.map((node) => [node.instanceID, node]));
          announce(changeOf(changedIDs(before, items), lists.instances.latest()?.items ?? []));
        },
      }),
      tagged: taggedInstances([]),
      nodesByID: undefined,
      lastAskedMs: clock.monotonicMs(),
    };
    scopes.set(key, lists);
    return lists;
  };
  let isClosed = false;
  const listsOf = (scope: AwsScope): ScopeLists | undefined => {
    if (isClosed) return undefined;
    const key = scopeKey(scope);
    const lists = scopes.get(key) ?? open(key, scope);
    lists.lastAskedMs = clock.monotonicMs();
    return lists;
  };

  return {
    async read(scope, signal) {
      const lists = listsOf(scope);
      if (lists === undefined) return { kind: "unread" };
      if (lists.instances.latest() === undefined) await untilFirst(lists.instances, options, signal);
      return readingOf(lists);
    },
    refreshSoon(scope) {
      const lists = listsOf(scope);
      lists?.instances.refreshSoon();
      lists?.nodes.refreshSoon();
    },
    onChange: (handler) => handlers.push(handler),
    close() {
      isClosed = true;
      for (const lists of scopes.values()) stop(lists);
      scopes.clear();
    },
  };
}

/** An answer comes in well under a second; a pass that waits longer holds up others, which may be of another scope. */
async function untilFirst(
  { firstRound }: SharedList<unknown>,
  { clock }: InventoryOptions,
  signal: AbortSignal,
): Promise<void> {
  const patience = new AbortController();
  await Promise.race([
    firstRound,
    sleep(clock, limits.FIRST_LIST_WAIT_MS_MAX, AbortSignal.any([signal, patience.signal])),
  ]);
  patience.abort();
}

function readingOf({ instances, tagged, nodes, nodesByID }: ScopeLists): InventoryReading {
  const listed = instances.latest();
  const instancesFailure = instances.failure();
  const nodesFailure = nodes.failure();
  if (listed === undefined)
    return { kind: "unread", ...(instancesFailure === undefined ? {} : { failure: instancesFailure }) };
  return {
    kind: "read",
    view: {
      instances: listed.items,
      tagged,
      nodes: nodesByID,
      instancesListedMs: listed.startedMs,
      nodesListedMs: nodes.latest()?.startedMs,
      ...(instancesFailure === undefined ? {} : { instancesFailure }),
      ...(nodesFailure === undefined ? {} : { nodesFailure }),
    },
  };
}

function listInstances(
  { caller, ec2, ownerID }: InventoryOptions,
  scope: AwsScope,
  signal: AbortSignal,
): Promise<PagedList<Instance>> {
  const Filters = [{ Name: `tag:${OWNERSHIP_TAGS.ownerID}`, Values: [ownerID] }];
  return readPages(
    (NextToken) =>
      caller.call({
        place: scope,
        operation: LIST_INSTANCES,
        signal,
        connect: () => ec2(scope),
        send: (client, send) =>
          client.send(new DescribeInstancesCommand({ Filters, MaxResults: limits.EC2_PAGE_SIZE, NextToken }), send),
      }),
    (output) => ({ items: instancesOf(output.Reservations), next: output.NextToken }),
    limits.INSTANCE_PAGES_MAX,
  );
}

function listNodes(
  { caller, ssm, ownerID }: InventoryOptions,
  scope: AwsScope,
  signal: AbortSignal,
): Promise<PagedList<ManagedNode>> {
  // A tag filter stands alone (SSM API Reference, InstanceInformationStringFilter).
  const Filters = [{ Key: `tag:${OWNERSHIP_TAGS.ownerID}`, Values: [ownerID] }];
  return readPages(
    (NextToken) =>
      caller.call({
        place: scope,
        operation: LIST_NODES,
        signal,
        connect: () => ssm(scope),
        send: (client, send) =>
          client.send(
            new DescribeInstanceInformationCommand({ Filters, MaxResults: limits.SSM_PAGE_SIZE, NextToken }),
            send,
          ),
      }),
    (output) => ({
      items: (output.InstanceInformationList ?? []).flatMap((wire) => parseNode(wire) ?? []),
      next: output.NextToken,
    }),
    limits.NODE_PAGES_MAX,
  );
}

function dropOldest(scopes: Map<string, ScopeLists>): void {
  if (scopes.size < limits.INVENTORY_SCOPES_MAX) return;
  const [oldest] = [...scopes.entries()].sort(([, left], [, right]) => left.lastAskedMs - right.lastAskedMs);
  if (oldest === undefined) return;
  stop(oldest[1]);
  scopes.delete(oldest[0]);
}

function stop({ instances, nodes }: ScopeLists): void {
  instances.stop();
  nodes.stop();
}
