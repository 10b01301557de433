/** aws.md 12.3 item 3: pending -> running -> (status initializing -> ok); terminate with shutting-down; disappearance after an hour. */
import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";

import type { GuestsMaker } from "../src/core/guests.ts";
import { NO_GUESTS } from "../src/core/guests.ts";
import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

/** Guests that only write down when they were powered. */
function recorder(): { readonly guests: GuestsMaker; readonly power: string[] } {
  const power: string[] = [];
  const lifecycle = {
    poweredOn: (_machine: unknown, cause: string) => void power.push(`on ${cause}`),
    poweredOff: (_instanceID: string, cause: string) => void power.push(`off ${cause}`),
    profileReplaced: () => undefined,
  };
  return { power, guests: { delays: [], make: (...parts) => ({ ...NO_GUESTS.make(...parts), lifecycle }) } };
}

async function launchOne({ ec2, clock }: VirtualWorld): Promise<string> {
  const { Instances = [] } = await ec2().send(new RunInstancesCommand(launchInput("token")));
  clock.advance(3_000);
  return Instances[0]?.InstanceId ?? "";
}
async function stateOf({ ec2 }: VirtualWorld, id: string): Promise<string | undefined> {
  const { Reservations = [] } = await ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0]?.State?.Name;
}
async function checkOf({ ec2 }: VirtualWorld, id: string): Promise<string | undefined> {
  const { InstanceStatuses = [] } = await ec2().send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));
  return InstanceStatuses[0]?.InstanceStatus?.Status;
}

test("pending, running with checks initializing, then ok", async () => {
  const virtual = virtualWorld();
  const id = await launchOne(virtual);
  expect([await stateOf(virtual, id), await checkOf(virtual, id)]).toEqual(["pending", undefined]);
  virtual.clock.advance(12_000);
  expect([await stateOf(virtual, id), await checkOf(virtual, id)]).toEqual(["running", "initializing"]);
  virtual.clock.advance(virtual.world.delays.ms("ec2.statusInitializing"));
  expect(await checkOf(virtual, id)).toBe("ok");
});

test("shutting-down, terminated without network, gone from lists after an hour", async () => {
  const virtual = virtualWorld();
  const id = await launchOne(virtual);
  virtual.clock.advance(60_000);
  const { TerminatingInstances = [] } = await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(TerminatingInstances[0]).toMatchObject({
    PreviousState: { Name: "running", Code: 16 },
    CurrentState: { Name: "shutting-down", Code: 32 },
  });
  virtual.clock.advance(virtual.world.delays.ms("ec2.shuttingDown"));
  const { Reservations = [] } = await virtual.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = Reservations[0]?.Instances?.[0];
  expect(instance).toMatchObject({
    State: { Name: "terminated", Code: 48 },
    StateReason: { Code: "Client.UserInitiatedShutdown" },
  });
  expect([instance?.SubnetId, instance?.PrivateIpAddress]).toEqual([undefined, undefined]);
  virtual.clock.advance(3_599_999);
  expect(await stateOf(virtual, id)).toBe("terminated");
  virtual.clock.advance(1);
  expect(await codeOf(stateOf(virtual, id))).toBe("InvalidInstanceID.NotFound");
  expect(await codeOf(virtual.ec2().send(new RunInstancesCommand(launchInput("token"))))).toBe("ok");
  expect(virtual.world.ec2.fleet.instances().length).toBe(1);
});

test("terminating twice is the same as once", async () => {
  const virtual = virtualWorld();
  const id = await launchOne(virtual);
  const terminate = () => virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await terminate();
  virtual.clock.advance(60_000);
  expect((await terminate()).TerminatingInstances?.[0]?.CurrentState?.Name).toBe("terminated");
});

test("stop and start keep the instance; guests are powered exactly when EC2 says so", async () => {
  const { guests, power } = recorder();
  const virtual = virtualWorld({ guests });
  const id = await launchOne(virtual);
  expect(power).toEqual([]);
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(await stateOf(virtual, id)).toBe("stopping");
  expect(await codeOf(virtual.ec2().send(new StartInstancesCommand({ InstanceIds: [id] })))).toBe(
    "IncorrectInstanceState",
  );
  virtual.clock.advance(60_000);
  expect(await stateOf(virtual, id)).toBe("stopped");
  await virtual.ec2().send(new StartInstancesCommand({ InstanceIds: [id] }));
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new RebootInstancesCommand({ InstanceIds: [id] }));
  expect(await stateOf(virtual, id)).toBe("running");
  virtual.clock.advance(60_000);
  await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(power).toEqual(["on launch", "off stop", "on start", "off stop", "on reboot", "off terminate"]);
});

test("a terminate during a launch or a reboot never powers the guest on again", async () => {
  const { guests, power } = recorder();
  const virtual = virtualWorld({ guests });
  const id = await launchOne(virtual);
  await virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  virtual.clock.advance(3_600_000);
  expect(power).toEqual(["off terminate"]);
});
