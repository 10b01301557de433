/** Instance profile associations: a replacement under an id of its own, in states of its own (EC2 API Reference). */
import {
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstancesCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { OPERATOR_KEY } from "../src/layout/default.ts";
import { launchInput } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

const RUNTIME = "arn:aws:iam::111122223333:instance-profile/cloudsync-runtime";

let virtual: VirtualWorld;
let instanceID: string;

beforeEach(async () => {
  virtual = virtualWorld();
  const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId: "subnet-0a", Groups: ["sg-0agents"] }];
  const IamInstanceProfile = { Name: "cloudsync-agent" };
  const input = launchInput("a", { NetworkInterfaces, IamInstanceProfile });
  const { Instances = [] } = await virtual.ec2().send(new RunInstancesCommand(input));
  instanceID = Instances[0]?.InstanceId ?? "";
  virtual.clock.advance(30_000);
});

async function associations(): Promise<readonly (readonly [id: string, profile: string, state: string])[]> {
  const Filters = [{ Name: "instance-id", Values: [instanceID] }];
  const { IamInstanceProfileAssociations = [] } = await virtual
    .ec2()
    .send(new DescribeIamInstanceProfileAssociationsCommand({ Filters, MaxResults: 5 }));
  return IamInstanceProfileAssociations.map(
    ({ AssociationId = "", IamInstanceProfile, State = "" }) =>
      [AssociationId, IamInstanceProfile?.Arn?.split("/").at(-1) ?? "", State] as const,
  );
}

async function activeID(): Promise<string> {
  return (await associations()).find(([, , state]) => state === "associated")?.[0] ?? "";
}

async function shownProfile(): Promise<string | undefined> {
  const { Reservations = [] } = await virtual.ec2().send(new DescribeInstancesCommand({ InstanceIds: [instanceID] }));
  return Reservations[0]?.Instances?.[0]?.IamInstanceProfile?.Arn;
}

function replace(associationID: string, profile: object, key?: string): Promise<string> {
  const input = { AssociationId: associationID, IamInstanceProfile: profile };
  return codeOf(virtual.ec2(key).send(new ReplaceIamInstanceProfileAssociationCommand(input)));
}

test("a replacement is associating first and associated then, under another id; the old one goes", async () => {
  expect((await associations()).map(([, ...shown]) => shown)).toEqual([["cloudsync-agent", "associated"]]);
  const first = await activeID();
  expect(first).toMatch(/^iip-assoc-[0-9a-f]{17}$/);
  expect(await replace(first, { Name: "cloudsync-runtime" })).toBe("ok");
  expect((await associations()).map(([, ...shown]) => shown)).toEqual([
    ["cloudsync-agent", "disassociating"],
    ["cloudsync-runtime", "associating"],
  ]);
  virtual.clock.advance(5_000);
  const after = await associations();
  expect(after.map(([, ...shown]) => shown)).toEqual([["cloudsync-runtime", "associated"]]);
  expect(after[0]?.[0]).not.toBe(first);
  expect(await shownProfile()).toBe(RUNTIME);
});

test("a repeat of the call names an association that is not active any more, and changes nothing", async () => {
  const first = await activeID();
  await replace(first, { Arn: RUNTIME });
  virtual.clock.advance(5_000);
  const before = await associations();
  expect(await replace(first, { Name: "cloudsync-agent" })).toBe("IncorrectState");
  expect(await associations()).toEqual(before);
});

test("what is unknown is refused: the association, the profile, the state of a stopped instance", async () => {
  const first = await activeID();
  expect(await replace("iip-assoc-00000000000000000", { Arn: RUNTIME })).toBe("InvalidAssociationID.NotFound");
  expect(await replace(first, { Name: "nobody" })).toBe("InvalidParameterValue");
  await virtual.ec2().send(new StopInstancesCommand({ InstanceIds: [instanceID] }));
  expect(await replace(first, { Arn: RUNTIME })).toBe("IncorrectState");
});

test("the log and the fault rules know which instance an association belongs to", async () => {
  const first = await activeID();
  virtual.world.faults.add({ match: { instanceID }, effect: { kind: "accessDenied" } });
  expect(await replace(first, { Arn: RUNTIME }, OPERATOR_KEY)).toBe("UnauthorizedOperation");
  const entry = virtual.world.log.read({}).at(-1);
  expect([entry?.action, entry?.facts.instanceID]).toEqual(["ReplaceIamInstanceProfileAssociation", [instanceID]]);
});
