/** What a call is authorised for, row by row from the Service Authorization Reference (Amazon EC2, AWS Systems Manager, AWS STS). */
import type { ApiCall } from "../../core/call.ts";
import type { ResourceFacts } from "../facts.ts";
import { questionsOf } from "./questions.ts";

const CALLER = {
  accessKeyID: "AKIATEST",
  principalARN: "arn:aws:sts::111122223333:assumed-role/operator/session",
  accountID: "111122223333",
  region: "eu-west-1",
};
const HOST = {
  tags: { team: "blue" },
  instanceType: "m5.large",
  availabilityZone: "eu-west-1a",
  instanceProfileARN: undefined,
  httpTokens: "required",
};
const FACTS: ResourceFacts = {
  instance: (_, id) => (id === "i-1" ? HOST : undefined),
  associatedInstance: (id) => (id === "iip-assoc-1" ? "i-1" : undefined),
  imageOwner: (id) => (id === "ami-1" ? "amazon" : undefined),
  snapshotOwner: () => "999900001111",
  subnet: (_, id) => (id === "subnet-1" ? { vpcID: "vpc-1", availabilityZone: "eu-west-1a", tags: {} } : undefined),
  securityGroupVPC: (_, id) => (id === "sg-1" ? "vpc-1" : undefined),
  instanceProfile: (accountID, name) =>
    name === "agent"
      ? {
          arn: `arn:aws:iam::${accountID}:instance-profile/agent`,
          roleARN: `arn:aws:iam::${accountID}:role/role-of-agent`,
        }
      : undefined,
  document: (_, name) => ({ isAmazons: name.startsWith("AWS-"), tags: { kind: "own" } }),
};
const ask = (service: ApiCall["service"], action: string, input: ApiCall["input"]) =>
  questionsOf({ service, action, input, caller: CALLER }, FACTS);
const inShort = (...call: Parameters<typeof ask>): readonly string[] =>
  ask(...call).map(({ action, resource }) => `${action} ${resource}`);

const TAGS = [{ Key: "team", Value: "blue" }];
const LAUNCH = {
  ImageId: "ami-1",
  InstanceType: "m5.large",
  IamInstanceProfile: { Name: "agent" },
  MetadataOptions: { HttpTokens: "required" },
  NetworkInterfaces: [{ SubnetId: "subnet-1", Groups: ["sg-1"], AssociatePublicIpAddress: "false" }],
  BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { Encrypted: "true" } }],
  TagSpecifications: [{ ResourceType: "instance", Tags: TAGS }],
};
const EC2 = "arn:aws:ec2:eu-west-1:111122223333";

test("a launch is authorised for everything it uses and makes, for the tags, and for the role that it passes", () => {
  expect(inShort("ec2", "RunInstances", LAUNCH)).toEqual([
    "ec2:RunInstances arn:aws:ec2:eu-west-1::image/ami-1",
    `ec2:RunInstances ${EC2}:subnet/subnet-1`,
    `ec2:RunInstances ${EC2}:security-group/sg-1`,
    `ec2:RunInstances ${EC2}:instance/*`,
    `ec2:RunInstances ${EC2}:network-interface/*`,
    `ec2:RunInstances ${EC2}:volume/*`,
    `ec2:CreateTags ${EC2}:instance/*`,
    "iam:PassRole arn:aws:iam::111122223333:role/role-of-agent",
  ]);
});

test("what else a launch may name is asked about as well: key pair, template, placement group, snapshot, every volume", () => {
  const more = {
    KeyName: "key",
    LaunchTemplate: { LaunchTemplateName: "template" },
    Placement: { GroupName: "group" },
    BlockDeviceMappings: [{ DeviceName: "/dev/sdb", Ebs: { SnapshotId: "snap-1" } }],
  };
  const asked = inShort("ec2", "RunInstances", { ...LAUNCH, ...more });
  expect(asked).toEqual(
    expect.arrayContaining([
      `ec2:RunInstances ${EC2}:key-pair/key`,
      `ec2:RunInstances ${EC2}:launch-template/*`,
      `ec2:RunInstances ${EC2}:placement-group/group`,
      "ec2:RunInstances arn:aws:ec2:eu-west-1::snapshot/snap-1",
    ]),
  );
  // The image's own root volume is made as well, since no mapping names it.
  expect(asked.filter((one) => one.endsWith("volume/*"))).toHaveLength(2);
});

/** The keys of a question, without those that every call has. */
function keysOf(questions: ReturnType<typeof ask>, resource: string): Readonly<Record<string, readonly string[]>> {
  const found = questions.find((question) => question.resource.includes(resource));
  const keys = [...(found?.context ?? [])].filter(([key]) => !/^aws:(requestedregion|principal)|^ec2:region/.test(key));
  return Object.fromEntries(keys);
}

test("each resource of a launch has its own keys; what the request leaves unsaid is absent", () => {
  const asked = ask("ec2", "RunInstances", LAUNCH);
  expect(keysOf(asked, "image/")).toMatchObject({ "ec2:owner": ["amazon"] });
  expect(keysOf(asked, "subnet/")).toMatchObject({ "ec2:vpc": [`${EC2}:vpc/vpc-1`] });
  expect(keysOf(asked, "instance/")).toEqual({
    "aws:requesttag/team": ["blue"],
    "aws:tagkeys": ["team"],
    "ec2:instancetype": ["m5.large"],
    "ec2:instancemarkettype": ["on-demand"],
    "ec2:availabilityzone": ["eu-west-1a"],
    "ec2:instanceprofile": ["arn:aws:iam::111122223333:instance-profile/agent"],
    "ec2:metadatahttptokens": ["required"],
    "ec2:rootdevicetype": ["ebs"],
  });
  expect(keysOf(asked, "volume/")).toEqual({ "ec2:encrypted": ["true"] });
  expect(keysOf(asked, "network-interface/")).toMatchObject({ "ec2:associatepublicipaddress": ["false"] });
  expect(keysOf(ask("ec2", "RunInstances", { ImageId: "ami-1" }), "instance/")).not.toHaveProperty(
    "ec2:metadatahttptokens",
  );
  expect(keysOf(ask("ec2", "RunInstances", { ImageId: "ami-1" }), "volume/")).toEqual({ "ec2:encrypted": ["false"] });
});

test("tags at creation are asked for as ec2:CreateTags with the action that creates", () => {
  const tagging = ask("ec2", "RunInstances", LAUNCH).filter(({ action }) => action === "ec2:CreateTags");
  expect(keysOf(tagging, "instance/")).toEqual({
    "aws:requesttag/team": ["blue"],
    "aws:tagkeys": ["team"],
    "ec2:createaction": ["RunInstances"],
  });
  expect(keysOf(ask("ec2", "CreateTags", { Resources: ["i-1"], Tags: TAGS }), "i-1")).not.toHaveProperty(
    "ec2:createaction",
  );
});

test("a role is passed to the service that takes it", () => {
  const passed = ask("ec2", "RunInstances", LAUNCH).filter(({ action }) => action === "iam:PassRole");
  expect(keysOf(passed, "role-of-agent")).toMatchObject({ "iam:passedtoservice": ["ec2.amazonaws.com"] });
  const notified = {
    DocumentName: "Own",
    InstanceIds: ["i-1"],
    ServiceRoleArn: "arn:aws:iam::111122223333:role/notify",
  };
  expect(keysOf(ask("ssm", "SendCommand", notified), "role/notify")).toEqual({
    "iam:passedtoservice": ["ssm.amazonaws.com"],
  });
});

const INSTANCE = `${EC2}:instance/i-1`;
const ROWS: readonly (readonly [call: Parameters<typeof ask>, asked: readonly string[]])[] = [
  [["ec2", "DescribeInstances", {}], ["ec2:DescribeInstances *"]],
  [["ec2", "TerminateInstances", { InstanceIds: ["i-1"] }], [`ec2:TerminateInstances ${INSTANCE}`]],
  [["ec2", "TerminateInstances", { InstanceIds: ["i-2"] }], []],
  [["ec2", "DescribeInstanceAttribute", { InstanceId: "i-1" }], [`ec2:DescribeInstanceAttribute ${INSTANCE}`]],
  [
    ["ec2", "ModifyInstanceAttribute", { InstanceId: "i-1", GroupIds: ["sg-1"] }],
    [`ec2:ModifyInstanceAttribute ${INSTANCE}`, `ec2:ModifyInstanceAttribute ${EC2}:security-group/sg-1`],
  ],
  [
    [
      "ec2",
      "ReplaceIamInstanceProfileAssociation",
      { AssociationId: "iip-assoc-1", IamInstanceProfile: { Name: "agent" } },
    ],
    [
      `ec2:ReplaceIamInstanceProfileAssociation ${INSTANCE}`,
      "iam:PassRole arn:aws:iam::111122223333:role/role-of-agent",
    ],
  ],
  [
    ["ec2", "ReplaceIamInstanceProfileAssociation", { AssociationId: "iip-assoc-2" }],
    [`ec2:ReplaceIamInstanceProfileAssociation ${EC2}:instance/*`],
  ],
  [
    ["ssm", "SendCommand", { DocumentName: "Own", InstanceIds: ["i-1", "mi-1"], OutputS3BucketName: "out" }],
    [
      "ssm:SendCommand arn:aws:ssm:eu-west-1:111122223333:document/Own",
      `ssm:SendCommand ${INSTANCE}`,
      "ssm:SendCommand arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-1",
      "ssm:SendCommand arn:aws:s3:::out",
    ],
  ],
  [
    ["ssm", "SendCommand", { DocumentName: "AWS-RunPowerShellScript" }],
    ["ssm:SendCommand arn:aws:ssm:eu-west-1::document/AWS-RunPowerShellScript"],
  ],
  [["ssm", "GetDocument", { Name: "Own" }], ["ssm:GetDocument arn:aws:ssm:eu-west-1:111122223333:document/Own"]],
  [
    ["ssm", "GetParameter", { Name: "/aws/service/x" }],
    ["ssm:GetParameter arn:aws:ssm:eu-west-1::parameter/aws/service/x"],
  ],
  [["ssm", "GetParameter", { Name: "plain" }], ["ssm:GetParameter arn:aws:ssm:eu-west-1:111122223333:parameter/plain"]],
  [["ssm", "ListCommands", {}], ["ssm:ListCommands *"]],
  [["sts", "AssumeRole", { RoleArn: "arn:aws:iam::1:role/r" }], ["sts:AssumeRole arn:aws:iam::1:role/r"]],
  [["sts", "GetCallerIdentity", {}], []],
  [["ds", "DescribeDirectories", {}], ["ds:DescribeDirectories *"]],
  [
    ["ds", "DescribeDomainControllers", { DirectoryId: "d-1" }],
    ["ds:DescribeDomainControllers arn:aws:ds:eu-west-1:111122223333:directory/d-1"],
  ],
];
test.each(ROWS)("%j is authorised for %j", (call, asked) => {
  expect(inShort(...call)).toEqual(asked);
});

test("an attribute is named by its structure, or by the member Attribute", () => {
  const modify = (input: object) =>
    keysOf(ask("ec2", "ModifyInstanceAttribute", { InstanceId: "i-1", ...input }), "i-1");
  const byStructure = modify({ DisableApiTermination: { Value: "false" } });
  expect(byStructure).toMatchObject({
    "ec2:attribute/disableapitermination": ["false"],
    "aws:resourcetag/team": ["blue"],
  });
  expect(byStructure).not.toHaveProperty("ec2:attribute");
  expect(modify({ Attribute: "userData", Value: "x" })).toMatchObject({
    "ec2:attribute": ["userData"],
    "ec2:attribute/userdata": ["x"],
  });
});

test("every question carries the Region and the role behind a session", () => {
  const [{ context } = {}] = ask("ssm", "ListCommands", {});
  expect(context?.get("aws:requestedregion")).toEqual(["eu-west-1"]);
  expect(context?.get("aws:principalarn")).toEqual(["arn:aws:iam::111122223333:role/operator"]);
});
