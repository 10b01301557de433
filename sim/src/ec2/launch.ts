/**
 * RunInstances: token, then room (type offered, capacity, quota, addresses), then birth.
 * Guarantees: a refused call takes nothing; fewer than MinCount instances are never launched; order of checks does not depend on chance.
 */
import type { ApiCall, Operation } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import type { FaultSubject } from "../core/faults.ts";
import { flag, integer, record, text } from "../core/input.ts";
import type { Instance, Volume } from "./instance.ts";
import { isLive } from "./instance.ts";
import type { LaunchRequest } from "./launch-request.ts";
import { readLaunch } from "./launch-request.ts";
import type { EC2Parts } from "./parts.ts";
import { reservationView } from "./views.ts";

export function runInstances(parts: EC2Parts): Operation {
  return (call) => {
    parts.tokens.forget(parts.clock.nowMs() - parts.delays.ms("ec2.tokenMemory"));
    const request = readLaunch(parts.resources, call);
    const scope = {
      accountID: call.caller.accountID,
      region: call.caller.region,
      availabilityZone: request.tokenZone,
    };
    const { clientToken } = request;
    const original = clientToken === undefined ? undefined : parts.tokens.original(scope, clientToken, call.input);
    if (original !== undefined) return reservationView(original, parts.fleet.listWindows());
    const subject = launchSubject(call, request);
    const count = grantedCount(parts, request, subject);
    const instances = launch(parts, request, subject, count);
    if (clientToken !== undefined) parts.tokens.remember(scope, clientToken, call.input, instances);
    return reservationView(instances, parts.fleet.listWindows(), { isAnswerToLaunch: true });
  };
}

function launchSubject({ service, action, caller }: ApiCall, { launchedAs, clientToken }: LaunchRequest): FaultSubject {
  return {
    service,
    action,
    facts: {
      availabilityZone: [launchedAs.availabilityZone],
      instanceType: [launchedAs.instanceType],
      subnetID: [launchedAs.subnetID],
      clientToken: clientToken === undefined ? [] : [clientToken],
      accountID: [caller.accountID],
      principalARN: [caller.principalARN],
      accessKeyID: [caller.accessKeyID],
    },
  };
}

/** How many can be launched now, between MinCount and MaxCount; the tightest limit that refuses names itself. */
function grantedCount(parts: EC2Parts, request: LaunchRequest, subject: FaultSubject): number {
  const { minCount, maxCount, launchedAs, subnet } = request;
  const type = parts.resources.instanceType(launchedAs.instanceType);
  if (type?.availabilityZones?.includes(launchedAs.availabilityZone) === false) {
    throw new ApiError(
      "Unsupported",
      `Your requested instance type (${type.name}) is not supported in your requested Availability Zone (${launchedAs.availabilityZone}).`,
    );
  }
  const quota = vCPUsLeft(parts, request, subject);
  if (Math.floor(quota.left / launchedAs.vCPUs) < minCount) {
    throw new ApiError(
      "VcpuLimitExceeded",
      `You have requested more vCPU capacity than your current vCPU limit of ${quota.limit} allows for the instance bucket that the specified instance type belongs to.`,
    );
  }
  const capacity = capacityLeft(parts, request, subject);
  if (capacity < minCount) {
    throw new ApiError(
      "InsufficientInstanceCapacity",
      `We currently do not have sufficient ${launchedAs.instanceType} capacity in the Availability Zone you requested (${launchedAs.availabilityZone}).`,
      500,
    );
  }
  const addresses = parts.resources.addresses.get(subnet.subnetID)?.availableCount() ?? 0;
  if (addresses < minCount) {
    throw new ApiError(
      "InsufficientFreeAddressesInSubnet",
      `There are not enough free addresses in subnet '${subnet.subnetID}' to satisfy the requested number of instances.`,
    );
  }
  return Math.min(maxCount, Math.floor(quota.left / launchedAs.vCPUs), capacity, addresses);
}

function vCPUsLeft(
  parts: EC2Parts,
  { launchedAs, maxCount }: LaunchRequest,
  subject: FaultSubject,
): { left: number; limit: number } {
  const used = parts.fleet
    .instances()
    .filter(({ state, launchedAs: other }) => other.accountID === launchedAs.accountID && isCounted(state))
    .reduce((sum, { launchedAs: other }) => sum + other.vCPUs, 0);
  const strike = parts.faults.strike("quota", subject, ({ vCPUs }) => vCPUs - used < maxCount * launchedAs.vCPUs);
  const limit = strike?.effect.vCPUs ?? parts.resources.layout.network.vCPUQuota;
  return { left: limit - used, limit };
}

/** Quotas count running instances, those on their way included (EC2 User Guide, "On-Demand Instance quotas"). */
function isCounted(state: Instance["state"]): boolean {
  return state === "pending" || state === "running";
}

function capacityLeft(
  { fleet, faults }: EC2Parts,
  { launchedAs, maxCount }: LaunchRequest,
  subject: FaultSubject,
): number {
  const isSame = ({ launchedAs: other }: Instance): boolean =>
    other.availabilityZone === launchedAs.availabilityZone && other.instanceType === launchedAs.instanceType;
  const live = fleet.instances().filter((instance) => isLive(instance) && isSame(instance)).length;
  const strike = faults.strike("capacity", subject, ({ available = 0 }) => available - live < maxCount);
  return strike === undefined ? Number.POSITIVE_INFINITY : (strike.effect.available ?? 0) - live;
}

function launch(parts: EC2Parts, request: LaunchRequest, subject: FaultSubject, count: number): readonly Instance[] {
  const { delays, faults, fleet, resources } = parts;
  const reservationID = fleet.newID("r");
  const window = faults.strike("notFoundWindow", subject);
  const lag = faults.strike("tagLag", subject);
  return Array.from({ length: count }, (_, launchIndex) => {
    const address = resources.addresses.get(request.subnet.subnetID)?.take();
    if (address === undefined) throw new Error(`subnet ${request.subnet.subnetID} lost an address that was counted`);
    return fleet.create({
      launchedAs: { ...request.launchedAs, volumes: volumes(parts, request) },
      reservationID,
      launchIndex,
      privateIPAddress: address,
      tags: request.tags,
      isTerminationProtected: request.isTerminationProtected,
      isStopProtected: request.isStopProtected,
      notFoundWindowMs: window?.effect.windowMs ?? delays.ms("ec2.notFoundWindow"),
      tagLagMs: lag?.effect.lagMs ?? delays.ms("ec2.tagLag"),
    });
  });
}

function volumes({ fleet }: EC2Parts, { blockDevices }: LaunchRequest): readonly Volume[] {
  const mappings = blockDevices.length > 0 ? blockDevices : [{ DeviceName: "/dev/sda1" }];
  return mappings.map((mapping) => {
    const ebs = record(mapping, "Ebs") ?? {};
    return {
      volumeID: fleet.newID("vol"),
      deviceName: text(mapping, "DeviceName") ?? "/dev/sda1",
      sizeGiB: integer(ebs, "VolumeSize") ?? 30,
      volumeType: text(ebs, "VolumeType") ?? "gp2",
      isEncrypted: flag(ebs, "Encrypted") ?? false,
      kmsKeyID: text(ebs, "KmsKeyId"),
      isDeletedOnTermination: flag(ebs, "DeleteOnTermination") ?? true,
    };
  });
}
