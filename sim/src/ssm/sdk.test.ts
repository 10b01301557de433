/** The unmodified SDK against Systems Manager of a whole world: wire shapes, dates, error classes. */
import { EC2Client, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetParameterCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { transport } from "../../test/in-process.ts";
import { virtualClock } from "../core/clock.ts";
import { content, documentName, lineOf } from "../hosts/test-bench.ts";
import { JOIN } from "../hosts/test-steps.ts";
import { ADMIN_KEY } from "../layout/default.ts";
import { createWorld } from "../world.ts";
import { sha256Of } from "./document.ts";

test("an SDK launches a host, joins it to its domain by a document, and sees a terminated host refused", async () => {
  const clock = virtualClock();
  const world = createWorld({ clock, delays: { preset: "real" } });
  const configuration = {
    endpoint: "http://world.invalid",
    region: "ap-northeast-1",
    maxAttempts: 1,
    requestHandler: transport(world),
    credentials: { accessKeyId: ADMIN_KEY, secretAccessKey: "any" },
  };
  const ec2 = new EC2Client(configuration);
  const ssm = new SSMClient(configuration);
  const parameter = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base";
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: Parameter?.Value,
      InstanceType: "m6i.large",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: "subnet-0a",
      IamInstanceProfile: { Name: "cloudsync-agent" },
    }),
  );
  const instanceID = Instances![0]!.InstanceId!;
  await ssm.send(
    new CreateDocumentCommand({
      Name: documentName("Join"),
      Content: content("Join"),
      DocumentType: "Command",
      DocumentFormat: "JSON",
    }),
  );
  clock.advance(12 * 60_000);
  const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
  expect(InstanceInformationList).toMatchObject([{ InstanceId: instanceID, PingStatus: "Online" }]);
  expect(InstanceInformationList![0]!.LastPingDateTime!.getTime()).toBeGreaterThan(clock.nowMs() - 6 * 60_000);
  const parameters = { operationID: "operation1", ...JOIN };
  const request = new SendCommandCommand({
    DocumentName: documentName("Join"),
    DocumentVersion: "1",
    DocumentHash: sha256Of(content("Join")),
    DocumentHashType: "Sha256",
    InstanceIds: [instanceID],
    Comment: "operation1",
    TimeoutSeconds: 60,
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
  });
  const { Command } = await ssm.send(request);
  const read = new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: instanceID });
  await expect(ssm.send(read)).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
  clock.advance(10 * 60_000);
  const invocation = await ssm.send(read);
  expect(invocation).toMatchObject({ Status: "Success", ResponseCode: 0 });
  expect(lineOf(invocation.StandardOutputContent ?? "")).toMatchObject({
    facts: { domain: "corp.example.com", reboots: 1 },
  });
  const { Commands } = await ssm.send(new ListCommandsCommand({}));
  expect(Commands).toMatchObject([{ Comment: "operation1", Status: "Success", TargetCount: 1, CompletedCount: 1 }]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceID] }));
  await expect(ssm.send(request)).rejects.toMatchObject({ name: "InvalidInstanceId" });
  expect(world.guests.truth(instanceID)).toMatchObject({ power: "terminated", joinedDomain: null });
});
