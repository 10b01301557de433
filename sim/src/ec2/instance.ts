/**
 * One EC2 instance as the world truly holds it, and as lists show it.
 * Guarantees: the shown side lags the true side by the instance's own windows (EC2 Developer Guide, "Eventual consistency").
 */
import type { Machine } from "../core/machine.ts";

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

/** EC2 API Reference, InstanceState. */
export const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export type Tags = Readonly<Record<string, string>>;

/** EC2 API Reference, IamInstanceProfileAssociation. `disassociated` ones are forgotten. */
export interface ProfileAssociation {
  readonly associationID: string;
  /** Counts the associations of its instance, from 0. */
  readonly ordinal: number;
  readonly profileARN: string;
  /** When it was asked for; what it becomes follows from the time alone. */
  readonly sinceMs: number;
  /** Set when another one has taken its place. */
  readonly replacedAtMs: number | undefined;
}

export interface Volume {
  readonly volumeID: string;
  readonly deviceName: string;
  readonly sizeGiB: number;
  readonly volumeType: string;
  readonly isEncrypted: boolean;
  readonly kmsKeyID: string | undefined;
  readonly isDeletedOnTermination: boolean;
}

/** What a launch fixes for good. */
export interface LaunchedAs {
  readonly accountID: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly subnetID: string;
  readonly vpcID: string;
  readonly instanceType: string;
  readonly vCPUs: number;
  readonly imageID: string;
  /** As launched; what is associated now is in {@link Instance.profiles}. */
  readonly instanceProfileARN: string | undefined;
  readonly securityGroups: readonly { readonly groupID: string; readonly groupName: string }[];
  readonly clientToken: string | undefined;
  readonly userData: string | undefined;
  readonly shutdownBehavior: "stop" | "terminate";
  readonly hasPublicAddress: boolean;
  readonly metadataOptions: {
    readonly httpTokens: string;
    readonly httpPutResponseHopLimit: number;
    readonly httpEndpoint: string;
    readonly instanceMetadataTags: string;
  };
  readonly volumes: readonly Volume[];
}

export interface Instance {
  readonly instanceID: string;
  readonly reservationID: string;
  readonly launchIndex: number;
  /** Order of launch in the whole world; lists and page tokens go by it. */
  readonly sequence: number;
  readonly launchedAs: LaunchedAs;
  readonly privateIPAddress: string;
  readonly launchedAtMs: number;
  /** Ids and lists do not know the instance before. */
  readonly visibleAtMs: number;
  state: InstanceState;
  stateReason: { readonly code: string; readonly message: string } | undefined;
  /** Last start, for the uptime and for status checks. */
  startedAtMs: number;
  runningAtMs: number | undefined;
  terminatedAtMs: number | undefined;
  impairedAtMs: number | undefined;
  isTerminationProtected: boolean;
  isStopProtected: boolean;
  /** The association in force last, after those that it replaced. */
  profiles: readonly ProfileAssociation[];
  tags: Tags;
  /** Tag sets that lists have not caught up with, oldest first: the last one whose time has come is shown. */
  tagVersions: readonly { readonly shownFromMs: number; readonly tags: Tags }[];
  /** Counts state changes, so that a timer of an earlier state knows that it is late. */
  generation: number;
}

/** The profile that the instance carries, as DescribeInstances shows it. */
export function profileARNOf({ profiles }: Instance): string | undefined {
  return profiles.at(-1)?.profileARN;
}

export function machineOf(instance: Instance): Machine {
  const { instanceID, launchedAs, privateIPAddress, tags } = instance;
  const { accountID, region, availabilityZone, subnetID, imageID } = launchedAs;
  return {
    instanceID,
    accountID,
    region,
    availabilityZone,
    subnetID,
    privateIPAddress,
    imageID,
    instanceProfileARN: profileARNOf(instance),
    tags,
  };
}

export interface ListWindows {
  readonly nowMs: number;
  readonly terminatedVisibleMs: number;
  readonly terminatedTagsVisibleMs: number;
}

/** Whether ids and lists know the instance: not right after launch, and no longer an hour after its end. */
export function isListed({ visibleAtMs, terminatedAtMs }: Instance, windows: ListWindows): boolean {
  if (windows.nowMs < visibleAtMs) return false;
  return terminatedAtMs === undefined || windows.nowMs < terminatedAtMs + windows.terminatedVisibleMs;
}

/** Tags as lists show them: late after a write, and perhaps gone before the terminated instance is. */
export function shownTags({ tagVersions, terminatedAtMs }: Instance, windows: ListWindows): Tags {
  if (terminatedAtMs !== undefined && windows.nowMs >= terminatedAtMs + windows.terminatedTagsVisibleMs) return {};
  return tagVersions.findLast(({ shownFromMs }) => shownFromMs <= windows.nowMs)?.tags ?? {};
}

/** Holds an address and counts against capacity and quota until it is terminated. */
export function isLive({ state }: Instance): boolean {
  return state !== "terminated";
}
