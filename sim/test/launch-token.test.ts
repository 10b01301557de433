/** aws.md 12.3 item 1: RunInstances keyed by (token, AZ) with parameter hash; mismatch error; returns terminated originals. */
import type { RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";

import type { HTTPWorld } from "./front.ts";
import { httpWorld, launchInput } from "./front.ts";
import { codeOf } from "./refusal.ts";

let http: HTTPWorld;
beforeEach(async () => void (http = await httpWorld()));
afterEach(() => http.close());

async function launch(input: RunInstancesCommandInput): Promise<string | undefined> {
  const { Instances = [] } = await http.ec2().send(new RunInstancesCommand(input));
  return Instances[0]?.InstanceId;
}
const inSubnet = (SubnetId: string) => ({
  NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: ["sg-0agents"], AssociatePublicIpAddress: false }],
});
const count = (): number => http.world.ec2.fleet.instances().length;

test("the same token with the same parameters returns the original and launches nothing", async () => {
  const first = await launch(launchInput("token"));
  expect(await launch(launchInput("token"))).toBe(first);
  expect(count()).toBe(1);
});

test("the same token with any other parameter is an IdempotentParameterMismatch", async () => {
  await launch(launchInput("token"));
  const otherTag = { TagSpecifications: [{ ResourceType: "instance" as const, Tags: [{ Key: "a", Value: "b" }] }] };
  expect(await codeOf(launch(launchInput("token", { InstanceType: "m5.large" })))).toBe("IdempotentParameterMismatch");
  expect(await codeOf(launch(launchInput("token", otherTag)))).toBe("IdempotentParameterMismatch");
  expect(await codeOf(launch(launchInput("token", { UserData: "aGVsbG8=" })))).toBe("IdempotentParameterMismatch");
  expect(count()).toBe(1);
});

test("a token with a subnet is zonal: in another zone it launches a second instance", async () => {
  const first = await launch(launchInput("token", inSubnet("subnet-0a")));
  const second = await launch(launchInput("token", inSubnet("subnet-0c")));
  expect(second).not.toBe(first);
  expect(await launch(launchInput("token", inSubnet("subnet-0a")))).toBe(first);
  expect(count()).toBe(2);
});

test("a token without subnet and zone is regional, and apart from the zonal ones", async () => {
  const regional = { NetworkInterfaces: undefined };
  const first = await launch(launchInput("token", regional));
  expect(await launch(launchInput("token", regional))).toBe(first);
  expect(await launch(launchInput("token"))).not.toBe(first);
});

test("a repeated token returns the terminated original", async () => {
  const first = await launch(launchInput("token"));
  await http.ec2().send(new TerminateInstancesCommand({ InstanceIds: [first!] }));
  const { Instances = [] } = await http.ec2().send(new RunInstancesCommand(launchInput("token")));
  expect(Instances[0]?.InstanceId).toBe(first);
  expect(["shutting-down", "terminated"]).toContain(Instances[0]?.State?.Name);
  expect(count()).toBe(1);
});

test("a refused launch does not use its token up", async () => {
  const id = http.world.faults.add({ effect: { kind: "capacity" } });
  expect(await codeOf(launch(launchInput("token")))).toBe("InsufficientInstanceCapacity");
  http.world.faults.remove(id);
  expect(await launch(launchInput("token"))).toMatch(/^i-0/);
});

test("tokens of two accounts do not meet", () => {
  const { tokens } = http.world.ec2;
  tokens.remember({ accountID: "1", region: "r", availabilityZone: "z" }, "token", { a: 1 }, []);
  expect(tokens.original({ accountID: "2", region: "r", availabilityZone: "z" }, "token", { a: 1 })).toBeUndefined();
});

test("a dry run launches nothing and answers DryRunOperation", async () => {
  expect(await codeOf(launch(launchInput("token", { DryRun: true })))).toBe("DryRunOperation");
  expect(count()).toBe(0);
});

test("MinCount and MaxCount: as many as there is room for, never fewer than MinCount", async () => {
  http.world.faults.add({ effect: { kind: "capacity", available: 2 } });
  const { Instances = [] } = await http
    .ec2()
    .send(new RunInstancesCommand(launchInput("a", { MinCount: 1, MaxCount: 5 })));
  expect(Instances.length).toBe(2);
  expect(await codeOf(launch(launchInput("b", { MinCount: 1, MaxCount: 5 })))).toBe("InsufficientInstanceCapacity");
});

const refusals: readonly (readonly [sentence: string, changes: Record<string, unknown>, code: string])[] = [
  ["unknown image", { ImageId: "ami-0ffffffffffffffff" }, "InvalidAMIID.NotFound"],
  ["unknown subnet", inSubnet("subnet-0ffff"), "InvalidSubnetID.NotFound"],
  ["subnet of another account", inSubnet("subnet-1a"), "InvalidSubnetID.NotFound"],
  [
    "unknown security group",
    { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: "subnet-0a", Groups: ["sg-0ffff"] }] },
    "InvalidGroup.NotFound",
  ],
  ["unknown instance profile", { IamInstanceProfile: { Name: "nobody" } }, "InvalidParameterValue"],
  [
    "instance profile of another account",
    { IamInstanceProfile: { Arn: "arn:aws:iam::999900001111:instance-profile/cloudsync-agent" } },
    "InvalidParameterValue",
  ],
  ["unknown instance type", { InstanceType: "x99.huge" }, "InvalidParameterValue"],
  ["a subnet at the top beside a network interface", { SubnetId: "subnet-0a" }, "InvalidParameterCombination"],
  [
    "security groups at the top beside a network interface",
    { SecurityGroupIds: ["sg-0agents"] },
    "InvalidParameterCombination",
  ],
  ["MaxCount below MinCount", { MinCount: 2, MaxCount: 1 }, "InvalidParameterValue"],
  ["user data that is not base64", { UserData: "<powershell>" }, "InvalidUserData.Malformed"],
  ["a hop limit out of range", { MetadataOptions: { HttpPutResponseHopLimit: 65 } }, "InvalidParameterValue"],
  [
    "a reserved tag",
    { TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "aws:x", Value: "" }] }] },
    "InvalidParameterValue",
  ],
  [
    "more than 50 tags",
    {
      TagSpecifications: [
        { ResourceType: "instance", Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" })) },
      ],
    },
    "TagLimitExceeded",
  ],
];
for (const [sentence, changes, code] of refusals) {
  test(`a launch is refused for ${sentence} (${code})`, async () => {
    expect(await codeOf(launch(launchInput("token", changes)))).toBe(code);
    expect(count()).toBe(0);
  });
}

test("an instance shows what it was launched with", async () => {
  const id = await launch(launchInput("token", { DisableApiTermination: true }));
  const { Reservations = [] } = await http.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id!] }));
  expect(Reservations[0]?.Instances?.[0]).toMatchObject({
    ClientToken: "token",
    ImageId: "ami-0a1b2c3d4e5f60718",
    InstanceType: "m6i.large",
    SubnetId: "subnet-0a",
    VpcId: "vpc-0cloudsync",
    IamInstanceProfile: { Arn: "arn:aws:iam::111122223333:instance-profile/cloudsync-agent" },
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1, HttpEndpoint: "enabled" },
    SecurityGroups: [{ GroupId: "sg-0agents" }],
    BlockDeviceMappings: [{ DeviceName: "/dev/sda1" }],
  });
  expect(http.world.ec2.fleet.instance(id!)).toMatchObject({
    isTerminationProtected: true,
    launchedAs: { volumes: [{ isEncrypted: true, sizeGiB: 50 }] },
  });
});
