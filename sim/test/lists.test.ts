/** Lists: pages, filters, short pages and empty answers (aws.md 2.1, and the partialPage and emptyList faults). */
import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  paginateDescribeInstances,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";

import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

let virtual: VirtualWorld;
beforeEach(async () => {
  virtual = virtualWorld({ delays: { preset: "zero" } });
  virtual.world.buckets.isOn = false;
  for (const zone of ["a", "c", "d"]) {
    const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId: `subnet-0${zone}`, Groups: ["sg-0agents"] }];
    await virtual
      .ec2()
      .send(new RunInstancesCommand(launchInput(zone, { NetworkInterfaces, MinCount: 4, MaxCount: 4 })));
  }
  virtual.clock.advance(1);
});

const ids = (): readonly string[] => virtual.world.ec2.fleet.instances().map(({ instanceID }) => instanceID);

async function pages(size: number): Promise<readonly (readonly string[])[]> {
  const read: string[][] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: virtual.ec2(), pageSize: size }, {})) {
    read.push(Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId = "" }) => InstanceId));
  }
  return read;
}

test("pages hold every instance once", async () => {
  const read = await pages(5);
  expect(read.map(({ length }) => length)).toEqual([5, 5, 2]);
  expect(read.flat()).toEqual(ids());
});

test("a partial page carries a token: who follows it misses nothing", async () => {
  virtual.world.faults.add({ action: "DescribeInstances", times: 1, effect: { kind: "partialPage", itemsMax: 1 } });
  const read = await pages(5);
  expect(read.map(({ length }) => length)).toEqual([1, 5, 5, 1]);
  expect(read.flat()).toEqual(ids());
});

test("an empty list says nothing is there although all is", async () => {
  virtual.world.faults.add({ action: "DescribeInstances", times: 1, effect: { kind: "emptyList" } });
  expect(await pages(5)).toEqual([[]]);
  expect((await pages(100)).flat().length).toBe(12);
});

async function found(name: string, ...values: string[]): Promise<number> {
  const { Reservations = [] } = await virtual
    .ec2()
    .send(new DescribeInstancesCommand({ Filters: [{ Name: name, Values: values }] }));
  return Reservations.flatMap(({ Instances = [] }) => Instances).length;
}
const filterRows: readonly (readonly [string, readonly string[], number])[] = [
  ["tag:cloudsync.dev/pool", ["tokyo"], 12],
  ["tag:cloudsync.dev/pool", ["osaka", "tok*"], 12],
  ["tag:cloudsync.dev/pool", ["osaka"], 0],
  ["tag-key", ["cloudsync.dev/owner-id"], 12],
  ["instance-state-name", ["running"], 12],
  ["instance-state-name", ["pending", "terminated"], 0],
  ["availability-zone", ["ap-northeast-1a", "ap-northeast-1d"], 8],
  ["subnet-id", ["subnet-0c"], 4],
  ["vpc-id", ["vpc-0cloudsync"], 12],
  ["client-token", ["a"], 4],
  ["image-id", ["ami-0a1b2c3d4e5f60718"], 12],
  ["private-ip-address", ["10.0.16.4"], 1],
];
for (const [name, values, expected] of filterRows) {
  test(`filter ${name} = ${values.join(" or ")} finds ${expected}`, async () =>
    expect(await found(name, ...values)).toBe(expected));
}

const describe = (input: Record<string, unknown>) => codeOf(virtual.ec2().send(new DescribeInstancesCommand(input)));

test("limits of the request are kept", async () => {
  const values = Array.from({ length: 201 }, (_, index) => `v${index}`);
  expect(await describe({ Filters: [{ Name: "tag:x", Values: values }] })).toBe("FilterLimitExceeded");
  expect(await describe({ MaxResults: 4 })).toBe("InvalidParameterValue");
  expect(await describe({ MaxResults: 1_001 })).toBe("InvalidParameterValue");
  expect(await describe({ MaxResults: 5, InstanceIds: [ids()[0]!] })).toBe("InvalidParameterCombination");
  expect(await describe({ MaxResults: 5, NextToken: "nonsense" })).toBe("InvalidNextToken");
  expect(await describe({ Filters: [{ Name: "no-such-filter", Values: ["x"] }] })).toBe("InvalidParameterValue");
  expect(await describe({ InstanceIds: [ids()[0]!, "i-0123456789abcdef0"] })).toBe("InvalidInstanceID.NotFound");
});

test("what launches stand on can be read", async () => {
  const ec2 = virtual.ec2();
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "tag:cloudsync.dev/agents", Values: ["true"] }] }),
  );
  expect(
    Subnets.map(({ SubnetId, AvailabilityZone, AvailableIpAddressCount }) => [
      SubnetId,
      AvailabilityZone,
      AvailableIpAddressCount,
    ]),
  ).toEqual([
    ["subnet-0a", "ap-northeast-1a", 4_087],
    ["subnet-0c", "ap-northeast-1c", 4_087],
    ["subnet-0d", "ap-northeast-1d", 4_087],
    ["subnet-0small", "ap-northeast-1a", 11],
  ]);
  expect(await codeOf(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ["subnet-0nothing"] })))).toBe(
    "InvalidSubnetID.NotFound",
  );
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: ["ami-0a1b2c3d4e5f60718"] }));
  expect(Images[0]).toMatchObject({ ImageOwnerAlias: "amazon", OwnerId: "801119661308", Platform: "windows" });
  expect(await codeOf(ec2.send(new DescribeImagesCommand({ ImageIds: ["ami-0ffffffffffffffff"] })))).toBe(
    "InvalidAMIID.NotFound",
  );
  const offerings = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: ["m7i.large"] }],
    }),
  );
  expect(offerings.InstanceTypeOfferings?.map(({ Location }) => Location)).toEqual([
    "ap-northeast-1a",
    "ap-northeast-1c",
  ]);
  expect((await ec2.send(new DescribeAvailabilityZonesCommand({}))).AvailabilityZones?.length).toBe(3);
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map(({ VpcId }) => VpcId)).toEqual(["vpc-0cloudsync"]);
  expect(await codeOf(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ["sg-0nothing"] })))).toBe(
    "InvalidGroup.NotFound",
  );
  const { Volumes = [] } = await ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: "encrypted", Values: ["true"] }] }),
  );
  expect(Volumes.length).toBe(12);
});
