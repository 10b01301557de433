/**
 * Which buckets a call pays. EC2 figures: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
 * SSM publishes no rates for Run Command and inventory, Directory Service none at all: these figures are assumptions [unverified].
 * STS is not throttled here.
 */
import type { BucketCost, BucketSize } from "./buckets.ts";
import type { ApiCall } from "./call.ts";
import type { Input } from "./input.ts";

const size = (capacity: number, refillPerSecond: number): BucketSize => ({ capacity, refillPerSecond });

const EC2_READ = size(100, 20);
const EC2_UNFILTERED_READ = size(50, 10);
const EC2_WRITE = size(50, 5);
const EC2_REQUESTS: Readonly<Record<string, BucketSize>> = {
  RunInstances: size(5, 2),
  StartInstances: size(5, 2),
  TerminateInstances: size(100, 5),
  CreateTags: size(100, 10),
};
const EC2_INSTANCES: Readonly<Record<string, BucketSize>> = {
  RunInstances: size(1_000, 2),
  StartInstances: size(1_000, 2),
  StopInstances: size(1_000, 20),
  TerminateInstances: size(1_000, 20),
};
/** Reads with a smaller bucket when neither filtered nor paged. */
const EC2_HEAVY_READS = ["DescribeInstances", "DescribeInstanceStatus", "DescribeSecurityGroups", "DescribeVolumes"];

const SSM_SEND = size(10, 3);
const SSM_OTHER = size(20, 10);
const DS_READ = size(20, 10);

export function costsOf({ service, action, input, caller }: ApiCall): readonly BucketCost[] {
  const cost = (resource: string, bucket: BucketSize, tokens: number): BucketCost => ({
    key: [caller.accountID, caller.region, service, action, resource].join("|"),
    size: bucket,
    tokens,
  });
  if (service === "sts") return [];
  if (service === "ds") return [cost("requests", DS_READ, 1)];
  if (service === "ssm") return [cost("requests", action === "SendCommand" ? SSM_SEND : SSM_OTHER, 1)];
  if (/^(Describe|List|Search|Get)/.test(action)) {
    const isHeavy = EC2_HEAVY_READS.includes(action) && !isNarrowed(input);
    return [isHeavy ? cost("unfiltered", EC2_UNFILTERED_READ, 1) : cost("requests", EC2_READ, 1)];
  }
  const requests = cost("requests", EC2_REQUESTS[action] ?? EC2_WRITE, 1);
  const instances = EC2_INSTANCES[action];
  return instances === undefined ? [requests] : [requests, cost("instances", instances, instanceCount(input))];
}

function isNarrowed(input: Input): boolean {
  return Object.entries(input).some(
    ([name, value]) => name === "MaxResults" || (Array.isArray(value) && value.length > 0),
  );
}

function instanceCount({ MaxCount, InstanceIds }: Input): number {
  if (Array.isArray(InstanceIds)) return InstanceIds.length;
  return Math.max(1, Number(MaxCount) || 1);
}
