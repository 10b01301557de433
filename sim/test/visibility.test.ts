/** aws.md 12.3 item 2: NotFound and missing-in-list window of configurable length after launch; tags appear later than the id. */
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";

import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

const overrides = { "ec2.notFoundWindow": 2_000, "ec2.tagLag": 5_000 };

async function launchOne({ ec2 }: VirtualWorld): Promise<string> {
  const { Instances = [] } = await ec2().send(new RunInstancesCommand(launchInput("token")));
  return Instances[0]?.InstanceId ?? "";
}
async function listed(
  { ec2 }: VirtualWorld,
  filters: { Name: string; Values: string[] }[] = [],
): Promise<readonly string[]> {
  const { Reservations = [] } = await ec2().send(new DescribeInstancesCommand({ Filters: filters, MaxResults: 100 }));
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId = "" }) => InstanceId);
}
const byID = ({ ec2 }: VirtualWorld, id: string) =>
  codeOf(ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] })));
const byTag = [{ Name: "tag:cloudsync.dev/pool", Values: ["tokyo"] }];

test("inside the window an id is NotFound and missing in lists; after it, it is there", async () => {
  const virtual = virtualWorld({ delays: { overrides } });
  const id = await launchOne(virtual);
  expect([await byID(virtual, id), await listed(virtual)]).toEqual(["InvalidInstanceID.NotFound", []]);
  virtual.clock.advance(1_999);
  expect([await byID(virtual, id), await listed(virtual)]).toEqual(["InvalidInstanceID.NotFound", []]);
  virtual.clock.advance(1);
  expect([await byID(virtual, id), await listed(virtual)]).toEqual(["ok", [id]]);
});

test("inside the window a terminate says NotFound, and the instance lives on", async () => {
  const virtual = virtualWorld({ delays: { overrides } });
  const id = await launchOne(virtual);
  expect(await codeOf(virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] })))).toBe(
    "InvalidInstanceID.NotFound",
  );
  virtual.clock.advance(60_000);
  expect(virtual.world.ec2.fleet.state(id)).toBe("running");
});

test("tags appear later than the id: a list by tag misses the instance first", async () => {
  const virtual = virtualWorld({ delays: { overrides } });
  const id = await launchOne(virtual);
  virtual.clock.advance(4_999);
  expect([await listed(virtual), await listed(virtual, byTag)]).toEqual([[id], []]);
  virtual.clock.advance(1);
  expect(await listed(virtual, byTag)).toEqual([id]);
});

test("tags written later lag as well", async () => {
  const virtual = virtualWorld({ delays: { overrides } });
  const id = await launchOne(virtual);
  virtual.clock.advance(10_000);
  await virtual
    .ec2()
    .send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "cloudsync.dev/pool", Value: "osaka" }] }));
  expect(await listed(virtual, byTag)).toEqual([id]);
  virtual.clock.advance(5_000);
  expect(await listed(virtual, byTag)).toEqual([]);
});

test("a fault rule gives chosen launches another window and lag", async () => {
  const virtual = virtualWorld({ delays: { overrides } });
  const match = { subnetID: "subnet-0a" };
  virtual.world.faults.add({ match, times: 1, effect: { kind: "notFoundWindow", windowMs: 60_000 } });
  virtual.world.faults.add({ match, times: 1, effect: { kind: "tagLag", lagMs: 90_000 } });
  const id = await launchOne(virtual);
  virtual.clock.advance(59_999);
  expect(await byID(virtual, id)).toBe("InvalidInstanceID.NotFound");
  virtual.clock.advance(1);
  expect([await byID(virtual, id), await listed(virtual, byTag)]).toEqual(["ok", []]);
  virtual.clock.advance(30_000);
  expect(await listed(virtual, byTag)).toEqual([id]);
});

test("a terminated instance may lose its tags before it leaves the lists", async () => {
  const virtual = virtualWorld({ delays: { overrides: { ...overrides, "ec2.terminatedTagsVisible": 600_000 } } });
  const id = await launchOne(virtual);
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  virtual.clock.advance(virtual.world.delays.ms("ec2.shuttingDown"));
  expect(await listed(virtual, byTag)).toEqual([id]);
  virtual.clock.advance(600_000);
  expect([await listed(virtual), await listed(virtual, byTag)]).toEqual([[id], []]);
});
