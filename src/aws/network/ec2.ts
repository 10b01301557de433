/**
 * Subnets behind the network port, cached for minutes.
 * Guarantees: by ids all of them or a failure that names the first missing one; sorted, so that equal networks give equal decisions.
 */
import type { EC2Client, Filter, Subnet as Ec2Subnet } from "@aws-sdk/client-ec2";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Clock } from "../../runtime/clock.ts";
import { answerCache } from "../cache.ts";
import type { Caller, Operation } from "../call/caller.ts";
import { readPages } from "../call/read-pages.ts";
import { EC2_PAGE_SIZE, SUBNET_PAGES_MAX } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { scopeKey } from "../scope/port.ts";
import type { NetworkPort, Subnet, SubnetReading } from "./port.ts";

const DESCRIBE_SUBNETS: Operation = {
  service: "ec2",
  name: "DescribeSubnets",
  bucket: "ec2:DescribeSubnets",
  isWrite: false,
};

export interface NetworkOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
  readonly closed: AbortSignal;
  readonly keepMs: number;
}

const LEFT: SubnetReading = {
  kind: "failed",
  failure: {
    class: "Transient",
    reason: "Cancelled",
    message: "DescribeSubnets: the pass ended before the answer",
    fix: "None: read again.",
  },
};

type SubnetQuery = Parameters<NetworkPort["subnets"]>[1];

export function ec2Network(options: NetworkOptions): NetworkPort {
  const cache = answerCache<SubnetReading>({
    ...options,
    keepMs: options.keepMs,
    isGood: ({ kind }) => kind === "read",
    whenLeft: LEFT,
  });
  return {
    subnets(scope, query, signal) {
      const filters = filtersOf(query);
      const key = `${scopeKey(scope)}|${JSON.stringify(filters)}`;
      return cache.get(key, signal, (load) => readSubnets(options, { scope, query, filters }, load));
    },
  };
}

/** By filter, not by id: ids cannot be paged, and one unknown id would hide the others (EC2 API Reference, DescribeSubnets). */
function filtersOf(query: SubnetQuery): Filter[] {
  if ("subnetIDs" in query) return [{ Name: "subnet-id", Values: [...new Set(query.subnetIDs)].sort() }];
  return Object.entries(query.tags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }));
}

async function readSubnets(
  { caller, ec2 }: NetworkOptions,
  { scope, query, filters }: { readonly scope: AwsScope; readonly query: SubnetQuery; readonly filters: Filter[] },
  signal: AbortSignal,
): Promise<SubnetReading> {
  // No filter at all would select every subnet of the account.
  if (filters.length === 0 || filters.some(({ Values }) => Values?.length === 0)) return { kind: "read", subnets: [] };
  const listing = await readPages(
    (NextToken) =>
      caller.call({
        place: scope,
        operation: DESCRIBE_SUBNETS,
        signal,
        connect: () => ec2(scope),
        send: (client, send) =>
          client.send(new DescribeSubnetsCommand({ Filters: filters, MaxResults: EC2_PAGE_SIZE, NextToken }), send),
      }),
    (output) => ({ items: (output.Subnets ?? []).flatMap((wire) => parseSubnet(wire) ?? []), next: output.NextToken }),
    SUBNET_PAGES_MAX,
  );
  if (listing.kind === "failed") return { kind: "failed", failure: listing.failure };
  const subnets = [...listing.items].sort((left, right) => (left.subnetID < right.subnetID ? -1 : 1));
  const missing =
    "subnetIDs" in query
      ? [...query.subnetIDs].sort().find((id) => !subnets.some(({ subnetID }) => subnetID === id))
      : undefined;
  if (missing === undefined) return { kind: "read", subnets };
  return {
    kind: "failed",
    failure: {
      class: "Permanent",
      reason: "SubnetNotFound",
      message: `DescribeSubnets: there is no subnet ${missing} in ${scope.region} of account ${scope.accountID}`,
      fix: "Name subnets that exist in the Region and account.",
    },
  };
}

function parseSubnet(wire: Ec2Subnet): Subnet | undefined {
  const { SubnetId, VpcId, AvailabilityZone, AvailableIpAddressCount } = wire;
  if (SubnetId === undefined || VpcId === undefined || AvailabilityZone === undefined) return undefined;
  return {
    subnetID: SubnetId,
    vpcID: VpcId,
    availabilityZone: AvailabilityZone,
    availableIPAddressCount: AvailableIpAddressCount ?? 0,
  };
}
