import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";

import type { HTTPWorld } from "./front.ts";
import { httpWorld, launchInput } from "./front.ts";

let http: HTTPWorld;
beforeEach(async () => void (http = await httpWorld()));
afterEach(() => http.close());

test("an unmodified AWS SDK launches, lists and terminates", async () => {
  const ec2 = http.ec2();
  const launched = await ec2.send(new RunInstancesCommand(launchInput("one")));
  const [instance] = launched.Instances ?? [];
  expect(instance).toMatchObject({ SubnetId: "subnet-0a", Placement: { AvailabilityZone: "ap-northeast-1a" } });
  const listed = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "tag:cloudsync.dev/pool", Values: ["tokyo"] }] }),
  );
  expect(listed.Reservations?.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId }) => InstanceId)).toEqual([
    instance?.InstanceId,
  ]);
  const ended = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ""] }));
  expect(ended.TerminatingInstances?.[0]?.CurrentState?.Name).toBe("shutting-down");
});
