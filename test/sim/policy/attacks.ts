/**
 * What somebody may try who holds the operator's credentials. Each row is one call that differs from a call of the operator in one thing.
 * Guarantees: nothing is left behind that another attack would meet: writes are dry runs where there is one, commands go to hosts that do not answer.
 */
import * as ec2 from "@aws-sdk/client-ec2";
import * as ssm from "@aws-sdk/client-ssm";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { ACCOUNT_ID } from "../../../sim/src/layout/default.ts";
import { OWNER_ID } from "../../../sim/src/layout/identities.ts";
import { launchInput, tagged } from "../../../sim/test/front.ts";
import { hostDocuments } from "../../../src/host/documents.ts";
import * as world from "./attack-world.ts";
import type { Clients, Hosts } from "./attack-world.ts";

export interface Attack {
  readonly sentence: string;
  /** Absent: the operator's own Region. */
  readonly region?: string;
  readonly tryAs: (clients: Clients, hosts: Hosts) => Promise<unknown>;
}

const HOST_ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/cloudsync-runtime`;
const FOREIGN_OWNER = "somebody-else";

/** The launch that the operator may make, but for `changes`. */
export function dryLaunch(changes: object = {}): Attack["tryAs"] {
  const input = launchInput("attack", { TagSpecifications: tagged(world.ownTags()), DryRun: true, ...changes });
  return ({ ec2: client }) => client.send(new ec2.RunInstancesCommand(input));
}
/** The three that are tagged, of which one is not as it should be. */
function tagsBut(type: string, tags: ReturnType<typeof world.ownTags>): object {
  const specifications = tagged(world.ownTags()).map((one) =>
    one.ResourceType === type ? { ...one, Tags: tags } : one,
  );
  return { TagSpecifications: specifications.filter(({ Tags }) => Tags.length > 0) };
}
const network = (changes: object): object => ({
  NetworkInterfaces: [
    { DeviceIndex: 0, SubnetId: "subnet-0a", Groups: ["sg-0agents"], AssociatePublicIpAddress: false, ...changes },
  ],
});
const root = (Ebs: object) => ({ DeviceName: "/dev/sda1", Ebs: { VolumeSize: 50, Encrypted: true, ...Ebs } });
const [ownerTag, poolTag] = world.ownTags();

const LAUNCHES: readonly Attack[] = (
  [
    ["an image of somebody else's", { ImageId: world.STRANGE_IMAGE }],
    [
      "a data volume made from a snapshot: another machine's disk",
      {
        BlockDeviceMappings: [
          root({}),
          { DeviceName: "/dev/sdb", Ebs: { SnapshotId: world.AMAZON_SNAPSHOT, Encrypted: true } },
        ],
      },
    ],
    ["a subnet of another network", network({ SubnetId: world.STRANGE_SUBNET })],
    ["a security group of another network", network({ Groups: ["sg-0agents", world.STRANGE_GROUP] })],
    [
      "a host that no owner claims",
      tagsBut(
        "instance",
        [poolTag].filter((tag) => tag !== undefined),
      ),
    ],
    ["a host tagged as another installation's", tagsBut("instance", world.ownTags(FOREIGN_OWNER))],
    [
      "a host that no pool knows",
      tagsBut(
        "instance",
        [ownerTag].filter((tag) => tag !== undefined),
      ),
    ],
    ["a volume without ownership tag", tagsBut("volume", [])],
    ["a network interface without ownership tag", tagsBut("network-interface", [])],
    ["metadata without IMDSv2", { MetadataOptions: { HttpTokens: "optional" } }],
    ["metadata options unsaid", { MetadataOptions: undefined }],
    ["a disk that is not encrypted", { BlockDeviceMappings: [root({ Encrypted: false })] }],
    ["encryption unsaid", { BlockDeviceMappings: [root({ Encrypted: undefined })] }],
    ["a public address", network({ AssociatePublicIpAddress: true })],
    ["a role that is not for hosts", { IamInstanceProfile: { Name: world.STRANGE_PROFILE } }],
    ["a key pair", { KeyName: "mine" }],
    ["a launch template", { LaunchTemplate: { LaunchTemplateName: "mine" } }],
    [
      "a spot host, its request tagged",
      {
        InstanceMarketOptions: { MarketType: "spot" },
        TagSpecifications: [
          ...tagged(world.ownTags()),
          { ResourceType: "spot-instances-request", Tags: world.ownTags() },
        ],
      },
    ],
  ] as const
).map(([sentence, changes]) => ({ sentence: `launch: ${sentence}`, tryAs: dryLaunch(changes) }));

/**
 * What no condition key can stop (Service Authorization Reference, RunInstances has none for user data): docs/security.md says so, and how it is
 * found. Listed here so that the page stays true.
 */
export const NOT_STOPPED: readonly Attack[] = [
  {
    sentence: "launch a host of its own with user data of its own, under the host's role",
    tryAs: dryLaunch({ UserData: Buffer.from("<powershell>whoami</powershell>").toString("base64") }),
  },
  {
    sentence: "cancel a command of somebody else's",
    tryAs: (clients) =>
      clients.ssm.send(new ssm.CancelCommandCommand({ CommandId: "00000000-0000-4000-a000-000000000000" })),
  },
];

const terminate =
  (host: keyof Hosts): Attack["tryAs"] =>
  (clients, hosts) =>
    clients.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [hosts[host]], DryRun: true }));
const modify =
  (host: keyof Hosts, change: object): Attack["tryAs"] =>
  (clients, hosts) =>
    clients.ec2.send(new ec2.ModifyInstanceAttributeCommand({ InstanceId: hosts[host], DryRun: true, ...change }));
const tag =
  (host: keyof Hosts, Tags: ReturnType<typeof world.ownTags>): Attack["tryAs"] =>
  (clients, hosts) =>
    clients.ec2.send(new ec2.CreateTagsCommand({ Resources: [hosts[host]], Tags, DryRun: true }));
const unprotect = { DisableApiTermination: { Value: false } };
const elsewhere = { region: world.OTHER_REGION };

/** Without a dry run: what it leaves is another association of the same kind. */
const replaceProfile =
  (host: keyof Hosts, Name: string): Attack["tryAs"] =>
  async (clients, hosts) => {
    const { ec2: administrator } = clients.asAdministrator();
    const Filters = [{ Name: "instance-id", Values: [hosts[host]] }];
    const { IamInstanceProfileAssociations: found = [] } = await administrator.send(
      new ec2.DescribeIamInstanceProfileAssociationsCommand({ Filters }),
    );
    const AssociationId = found.at(-1)?.AssociationId;
    const input = { AssociationId, IamInstanceProfile: { Name } };
    return clients.ec2.send(new ec2.ReplaceIamInstanceProfileAssociationCommand(input));
  };

const HOSTS: readonly Attack[] = [
  { sentence: "give a host that is nobody's a host's role", tryAs: replaceProfile("untagged", "cloudsync-agent") },
  { sentence: "give an own host a role that is not for hosts", tryAs: replaceProfile("own", world.STRANGE_PROFILE) },
  { sentence: "launch in another Region", ...elsewhere, tryAs: dryLaunch() },
  { sentence: "terminate a host that is nobody's", tryAs: terminate("untagged") },
  { sentence: "terminate a host of another installation", tryAs: terminate("neighbours") },
  { sentence: "terminate in another Region", ...elsewhere, tryAs: terminate("own") },
  { sentence: "lift the protection of a host that is nobody's", tryAs: modify("untagged", unprotect) },
  { sentence: "lift protection in another Region", ...elsewhere, tryAs: modify("own", unprotect) },
  { sentence: "change user data of an own host", tryAs: modify("own", { UserData: { Value: Buffer.from("evil") } }) },
  { sentence: "change the type of an own host", tryAs: modify("own", { InstanceType: { Value: "m5.xlarge" } }) },
  { sentence: "change security groups of an own host", tryAs: modify("own", { Groups: ["sg-0agents"] }) },
  { sentence: "take a host by giving it the ownership tag", tryAs: tag("untagged", world.ownTags()) },
  { sentence: "take a host of another installation", tryAs: tag("neighbours", world.ownTags()) },
  { sentence: "give an own host away", tryAs: tag("own", world.ownTags(FOREIGN_OWNER)) },
  {
    sentence: "remove the ownership tag of an own host",
    tryAs: (clients, { own }) =>
      clients.ec2.send(new ec2.DeleteTagsCommand({ Resources: [own], Tags: [], DryRun: true })),
  },
  {
    sentence: "list hosts of another Region",
    ...elsewhere,
    tryAs: (clients) => clients.ec2.send(new ec2.DescribeInstancesCommand({})),
  },
];

const OWN_DOCUMENT = hostDocuments()[0]?.ref.name ?? "";
const send =
  (DocumentName: string, host: keyof Hosts, changes: object = {}): Attack["tryAs"] =>
  (clients, hosts) =>
    clients.ssm.send(new ssm.SendCommandCommand({ DocumentName, InstanceIds: [hosts[host]], ...changes }));
const assume =
  (RoleArn: string, ExternalId: string): Attack["tryAs"] =>
  ({ sts }) =>
    sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "attack", ExternalId }));

const COMMANDS: readonly Attack[] = [
  {
    sentence: "AWS-RunPowerShellScript on an own host",
    tryAs: send("AWS-RunPowerShellScript", "own", { Parameters: { commands: ["whoami"] } }),
  },
  { sentence: "an own document on a host that is nobody's", tryAs: send(OWN_DOCUMENT, "untagged") },
  { sentence: "an own document on a host of another installation", tryAs: send(OWN_DOCUMENT, "neighbours") },
  { sentence: "somebody's document, tagged like a host, on an own host", tryAs: send(world.STRANGE_DOCUMENT, "own") },
  {
    sentence: "the host's role handed to Systems Manager for notifications",
    tryAs: send(OWN_DOCUMENT, "own", { ServiceRoleArn: HOST_ROLE }),
  },
  {
    sentence: "create a document",
    tryAs: (clients) =>
      clients.ssm.send(new ssm.CreateDocumentCommand({ Name: "CloudSync-Probe-00000000", Content: "{}" })),
  },
  {
    sentence: "list commands of another Region",
    ...elsewhere,
    tryAs: (clients) => clients.ssm.send(new ssm.ListCommandsCommand({})),
  },
  {
    sentence: "read a parameter that is not an image's name",
    tryAs: (clients) => clients.ssm.send(new ssm.GetParameterCommand({ Name: "/corp/database/password" })),
  },
  { sentence: "assume a role that is no pool's", tryAs: assume(world.STRANGE_ROLE, `${OWNER_ID}/identity`) },
  {
    sentence: "assume a pool's role as another installation",
    tryAs: assume(world.POOL_ROLE, `${FOREIGN_OWNER}/identity`),
  },
];

export const ATTACKS: readonly Attack[] = [...LAUNCHES, ...HOSTS, ...COMMANDS];
