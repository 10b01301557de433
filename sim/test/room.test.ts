/** aws.md 12.3 item 4: per (AZ, type) capacity switches; quota; subnet address counts; throttle buckets as in section 3. */
import {
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";

import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

import { WINDOWS_GUESTS } from "../src/hosts/guests.ts";
import { ADMIN_KEY } from "../src/layout/default.ts";
import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { transport, virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

const inSubnet = (SubnetId: string) => ({ NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: ["sg-0agents"] }] });
const launch = ({ ec2 }: VirtualWorld, token: string, changes: Record<string, unknown> = {}) =>
  ec2().send(new RunInstancesCommand(launchInput(token, changes)));
const quiet = (): VirtualWorld => {
  const virtual = virtualWorld();
  virtual.world.buckets.isOn = false;
  return virtual;
};
const freeAddresses = async ({ ec2 }: VirtualWorld, id: string): Promise<number | undefined> =>
  (await ec2().send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0]?.AvailableIpAddressCount;

test("capacity is switched off for one zone and type; other zones and types go on", async () => {
  const virtual = quiet();
  virtual.world.faults.add({
    match: { availabilityZone: "ap-northeast-1a", instanceType: "m6i.large" },
    effect: { kind: "capacity" },
  });
  expect(await codeOf(launch(virtual, "a"))).toBe("InsufficientInstanceCapacity");
  expect(await codeOf(launch(virtual, "b", { InstanceType: "m5.large" }))).toBe("ok");
  expect(await codeOf(launch(virtual, "c", inSubnet("subnet-0c")))).toBe("ok");
});

test("a type that a zone does not offer is Unsupported", async () => {
  const virtual = quiet();
  expect(await codeOf(launch(virtual, "a", { ...inSubnet("subnet-0d"), InstanceType: "m7i.large" }))).toBe(
    "Unsupported",
  );
  expect(await codeOf(launch(virtual, "b", { ...inSubnet("subnet-0c"), InstanceType: "m7i.large" }))).toBe("ok");
});

test("the vCPU quota counts running instances of the Region, whatever the zone, and frees with them", async () => {
  const virtual = quiet();
  virtual.world.faults.add({ effect: { kind: "quota", vCPUs: 4 } });
  const first = await launch(virtual, "a");
  expect(await codeOf(launch(virtual, "b", inSubnet("subnet-0c")))).toBe("ok");
  expect(await codeOf(launch(virtual, "c", inSubnet("subnet-0d")))).toBe("VcpuLimitExceeded");
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [first.Instances?.[0]?.InstanceId ?? ""] }));
  expect(await codeOf(launch(virtual, "d", inSubnet("subnet-0d")))).toBe("ok");
});

test("a full subnet refuses; its count follows launches and ends of instances", async () => {
  const virtual = quiet();
  const before = await freeAddresses(virtual, "subnet-0small");
  const small = { ...inSubnet("subnet-0small"), MinCount: 11, MaxCount: 11 };
  const { Instances = [] } = await launch(virtual, "a", small);
  expect([before, await freeAddresses(virtual, "subnet-0small")]).toEqual([11, 0]);
  expect(new Set(Instances.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(11);
  expect(await codeOf(launch(virtual, "b", inSubnet("subnet-0small")))).toBe("InsufficientFreeAddressesInSubnet");
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [Instances[0]?.InstanceId ?? ""] }));
  expect(await freeAddresses(virtual, "subnet-0small")).toBe(0);
  virtual.clock.advance(60_000);
  expect(await freeAddresses(virtual, "subnet-0small")).toBe(1);
});

/** Calls until the first refusal, and how many more pass after one second. */
async function burst(
  virtual: VirtualWorld,
  call: (index: number) => Promise<unknown>,
): Promise<readonly [number, string, number]> {
  const drain = async (): Promise<readonly [number, string]> => {
    for (let passed = 0; passed < 200; passed += 1) {
      const code = await codeOf(call(passed));
      if (code !== "ok") return [passed, code];
    }
    return [200, "ok"];
  };
  const [capacity, code] = await drain();
  virtual.clock.advance(1_000);
  const [refilled] = await drain();
  return [capacity, code, refilled];
}

const unfiltered = ({ ec2 }: VirtualWorld) => ec2().send(new DescribeInstancesCommand({}));
const paged = ({ ec2 }: VirtualWorld) => ec2().send(new DescribeInstancesCommand({ MaxResults: 5 }));
const bucketRows: readonly (readonly [
  string,
  (virtual: VirtualWorld, index: number) => Promise<unknown>,
  number,
  number,
])[] = [
  [
    "RunInstances: 5 requests, 2 a second",
    (virtual, index) => launch(virtual, `token-${virtual.clock.nowMs()}-${index}`),
    5,
    2,
  ],
  ["unfiltered, unpaginated DescribeInstances: 50, 10 a second", unfiltered, 50, 10],
  ["filtered or paged reads: 100, 20 a second", paged, 100, 20],
];
for (const [sentence, call, capacity, refill] of bucketRows) {
  test(`the bucket of ${sentence}`, async () => {
    const virtual = virtualWorld();
    expect(await burst(virtual, (index) => call(virtual, index))).toEqual([capacity, "RequestLimitExceeded", refill]);
  });
}

test("the instances bucket of RunInstances: 1000, 2 a second, however few requests", async () => {
  const virtual = virtualWorld();
  const many = (token: string, count: number) => codeOf(launch(virtual, token, { MinCount: count, MaxCount: count }));
  expect([await many("a", 900), await many("b", 101), await many("c", 100)]).toEqual([
    "ok",
    "RequestLimitExceeded",
    "ok",
  ]);
});

test("a throttled launch takes no effect, and its token launches later", async () => {
  const virtual = virtualWorld();
  virtual.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "throttle" } });
  expect(await codeOf(launch(virtual, "a"))).toBe("RequestLimitExceeded");
  expect(virtual.world.ec2.fleet.instances().length).toBe(0);
  expect(await codeOf(launch(virtual, "a"))).toBe("ok");
});

test("Systems Manager throttles by actions of its own with ThrottlingException (figures are assumptions)", async () => {
  const virtual = virtualWorld({ guests: WINDOWS_GUESTS });
  const credentials = { accessKeyId: ADMIN_KEY, secretAccessKey: "any" };
  const requestHandler = transport(virtual.world);
  const ssm = new SSMClient({
    region: "ap-northeast-1",
    endpoint: "http://world.invalid",
    requestHandler,
    credentials,
    maxAttempts: 1,
  });
  const Name = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base";
  expect(await burst(virtual, () => ssm.send(new GetParameterCommand({ Name })))).toEqual([
    20,
    "ThrottlingException",
    10,
  ]);
  expect(await codeOf(paged(virtual))).toBe("ok");
});
