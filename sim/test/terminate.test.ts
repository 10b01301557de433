/** aws.md 12.3 item 5: terminate atomicity by bad id and per-AZ protection. */
import {
  DescribeInstanceAttributeCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";

import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

let virtual: VirtualWorld;
beforeEach(() => void (virtual = virtualWorld()));

async function launch(token: string, subnetID: string, changes: Record<string, unknown> = {}): Promise<string> {
  const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId: subnetID, Groups: ["sg-0agents"] }];
  const { Instances = [] } = await virtual
    .ec2()
    .send(new RunInstancesCommand(launchInput(token, { NetworkInterfaces, ...changes })));
  virtual.clock.advance(30_000);
  return Instances[0]?.InstanceId ?? "";
}
const terminate = (...ids: string[]) => codeOf(virtual.ec2().send(new TerminateInstancesCommand({ InstanceIds: ids })));
const states = (...ids: string[]) => ids.map((id) => virtual.world.ec2.fleet.state(id));

test("one unknown id in the list and nothing is terminated", async () => {
  const one = await launch("a", "subnet-0a");
  const two = await launch("b", "subnet-0c");
  expect(await terminate(one, "i-0123456789abcdef0", two)).toBe("InvalidInstanceID.NotFound");
  expect(states(one, two)).toEqual(["running", "running"]);
});

test("an id that is none is malformed", async () => {
  expect(await terminate("nonsense")).toBe("InvalidInstanceID.Malformed");
});

test("a protected instance blocks ids of its own zone only", async () => {
  const guarded = await launch("a", "subnet-0a", { DisableApiTermination: true });
  const neighbour = await launch("b", "subnet-0a");
  const elsewhere = await launch("c", "subnet-0c");
  expect(await terminate(guarded, neighbour, elsewhere)).toBe("OperationNotPermitted");
  expect(states(guarded, neighbour, elsewhere)).toEqual(["running", "running", "shutting-down"]);
});

test("protection given at launch is honoured, shown, and taken off by ModifyInstanceAttribute", async () => {
  const guarded = await launch("a", "subnet-0a", { DisableApiTermination: true });
  const shown = async () =>
    (
      await virtual
        .ec2()
        .send(new DescribeInstanceAttributeCommand({ InstanceId: guarded, Attribute: "disableApiTermination" }))
    ).DisableApiTermination?.Value;
  expect([await shown(), await terminate(guarded)]).toEqual([true, "OperationNotPermitted"]);
  await virtual
    .ec2()
    .send(new ModifyInstanceAttributeCommand({ InstanceId: guarded, DisableApiTermination: { Value: false } }));
  expect([await shown(), await terminate(guarded)]).toEqual([false, "ok"]);
});

test("stop protection is an attribute of its own", async () => {
  const guarded = await launch("a", "subnet-0a", { DisableApiStop: true });
  const stop = () => codeOf(virtual.ec2().send(new StopInstancesCommand({ InstanceIds: [guarded] })));
  expect(await stop()).toBe("OperationNotPermitted");
  await virtual
    .ec2()
    .send(new ModifyInstanceAttributeCommand({ InstanceId: guarded, DisableApiStop: { Value: false } }));
  expect(await stop()).toBe("ok");
});
