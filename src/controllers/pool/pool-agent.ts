/**
 * One agent as its pool sees it: what its record says, and what EC2 lists under its tags. Pure.
 * Guarantees: a change of the record that changes nothing here changes nothing that a pool decides or publishes, so it need not wake the pool.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { Condition } from "../../api/conditions.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import type { Instance } from "../../aws/instances/port.ts";
import type { InventoryReading } from "../../aws/inventory/port.ts";
import type { PlacementSubnet } from "../../fleet/placement.ts";
import type { HostState, PoolAgent } from "../../fleet/pool/snapshot.ts";

export function isLive({ state }: Instance): boolean {
  return state !== "terminated" && state !== "shutting-down";
}

function hostState(agent: CloudSyncAgent, listing: InventoryReading): HostState {
  const { launch, instanceID, conditions } = agent.status;
  if (launch === undefined && instanceID === undefined) return "unlaunched";
  if (listing.kind === "unread") return "unknown";
  const own = listing.view.tagged.ofAgent(agent.metadata.uid);
  if (own.length === 0) {
    const launched = conditions?.find(({ type }) => type === "Launched");
    // EC2 refused the launch: nothing took effect.
    return instanceID === undefined && launched?.status === "False" ? "unlaunched" : "unknown";
  }
  if (own.some(({ state }) => state === "pending" || state === "running" || state === "unknown")) return "alive";
  return own.some(isLive) ? "stopped" : "gone";
}

/** What an agent made now would be; unknown members judge nobody. */
export interface Wanted {
  readonly templateHash?: string | undefined;
  readonly subnets?: readonly PlacementSubnet[] | undefined;
}

/** `listing` unread: what the record alone tells. */
export function poolAgent(agent: CloudSyncAgent, listing: InventoryReading, wanted: Wanted): PoolAgent {
  const { metadata, spec, status } = agent;
  const condition = (type: string) => status.conditions?.find((found) => found.type === type);
  const ready = condition("Ready");
  const stalled = condition("Stalled");
  const registered = condition("Registered");
  const preflight = condition("PreflightPassed");
  const secrets = condition("SecretsReleased");
  const rights = condition("RightsEffective");
  return {
    name: metadata.name,
    uid: metadata.uid,
    slot: spec.slot,
    incarnation: spec.incarnation,
    place: spec.template.placement,
    host: hostState(agent, listing),
    isReady: ready?.status === "True" && ready.observedGeneration === metadata.generation,
    isConfigured: condition("Configured")?.status === "True",
    isDeleting: metadata.deletionTimestamp !== undefined,
    isReleaseRequested: metadata.annotations?.[ANNOTATIONS.release] === "true",
    isTerminateNow:
      status.instanceID !== undefined && metadata.annotations?.[ANNOTATIONS.terminateNow] === status.instanceID,
    retirementReason: status.retirement?.reason,
    isCurrent: isAsWanted(agent, wanted),
    isLaunchRefused: condition("Launched")?.status === "False",
    instanceID: status.instanceID,
    computerName: status.computerName,
    isAwaitingPerson:
      registered?.status === "Unknown" &&
      (registered.reason === "AwaitingPerson" || registered.reason === "AwaitingTurn"),
    createdAt: metadata.creationTimestamp,
    version: status.agentVersion,
    firstFailure: status.firstFailure,
    stall: stalled?.status === "True" ? { reason: stalled.reason, message: stalled.message } : undefined,
    hostPreflight: preflight === undefined ? undefined : hostPreflight(preflight),
    secrets: secrets === undefined ? undefined : { status: secrets.status, reason: secrets.reason },
    rights: rights === undefined || isOnItsWay(rights) ? undefined : { status: rights.status, reason: rights.reason },
  };
}

/** A host that is still looking, or found all as it should be, is no matter of its pool (C2). */
function hostPreflight({ status, reason, message }: Condition): PoolAgent["hostPreflight"] {
  if (status === "Unknown" || (status === "True" && message === "")) return undefined;
  return { isFailed: status === "False", reason, message };
}

/** How far a host is with looking at its rights is no matter of its pool (C2). */
function isOnItsWay({ status, reason }: { readonly status: string; readonly reason: string }): boolean {
  return status === "Unknown" && reason !== "NothingDeclared";
}

/** The hash covers no placement, because it is the same for all slots: a subnet that the pool has given up is seen here. */
function isAsWanted({ spec }: CloudSyncAgent, { templateHash, subnets }: Wanted): boolean {
  const { subnetID } = spec.template.placement;
  const isInSubnets = subnets === undefined || subnets.some((subnet) => subnet.subnetID === subnetID);
  return isInSubnets && (templateHash === undefined || spec.templateHash === templateHash);
}
