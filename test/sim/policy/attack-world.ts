/**
 * The world that attacks are tried in: hosts of the operator, of another installation and of nobody, a document that is not the product's,
 * a network, role and profile that are not for it. One key for each policy under trial.
 */
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateDocumentCommand, SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { virtualClock } from "../../../sim/src/core/clock.ts";
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";
import { ACCOUNT_ID, ADMIN_KEY, DEFAULT_LAYOUT, OTHER_ACCOUNT_ID } from "../../../sim/src/layout/default.ts";
import { OWNER_ID } from "../../../sim/src/layout/identities.ts";
import type { WorldLayout } from "../../../sim/src/layout/layout.ts";
import type { World } from "../../../sim/src/world.ts";
import { createWorld } from "../../../sim/src/world.ts";
import { launchInput, tagged } from "../../../sim/test/front.ts";
import { transport } from "../../../sim/test/in-process.ts";
import { hostDocuments } from "../../../src/host/documents.ts";

export const REGION = DEFAULT_LAYOUT.network.region;
export const OTHER_REGION = "us-east-1";
export const AMAZON_SNAPSHOT = "snap-0amazon";
export const STRANGE_IMAGE = "ami-0c3d4e5f607182930";
export const STRANGE_SUBNET = "subnet-0strange";
export const STRANGE_GROUP = "sg-0strange";
export const STRANGE_PROFILE = "administrator";
export const STRANGE_DOCUMENT = "Homemade";
export const STRANGE_ROLE = `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/administrator`;
export const POOL_ROLE = `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/cloudsync-fleet`;

export interface Clients {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  /** Who may read what an attack has to know. */
  asAdministrator(): Clients;
}
export interface Hosts {
  readonly own: string;
  /** Tagged with another owner id. */
  readonly neighbours: string;
  readonly untagged: string;
}
export interface AttackWorld {
  readonly hosts: Hosts;
  clients(accessKeyID: string, region?: string): Clients;
}

export function ownTags(ownerID = OWNER_ID) {
  return [
    { Key: "cloudsync.dev/owner-id", Value: ownerID },
    { Key: "cloudsync.dev/pool", Value: "tokyo" },
  ];
}

/** @param policies by the access key that acts under them */
export async function attackWorld(policies: ReadonlyMap<string, PolicyDocument>): Promise<AttackWorld> {
  const clock = virtualClock();
  const world = createWorld({ clock, layout: layoutWith(policies), delays: { preset: "zero" } });
  world.buckets.isOn = false;
  const clients = (key: string, region = REGION): Clients => clientsOf(world, key, region);
  const { ec2, ssm } = clients(ADMIN_KEY);
  const launch = async (token: string, tags: ReturnType<typeof ownTags>): Promise<string> => {
    const TagSpecifications = tags.length === 0 ? undefined : tagged(tags);
    const { Instances = [] } = await ec2.send(new RunInstancesCommand(launchInput(token, { TagSpecifications })));
    return Instances[0]?.InstanceId ?? "";
  };
  const hosts = {
    own: await launch("own", ownTags()),
    neighbours: await launch("neighbours", ownTags("somebody-else")),
    untagged: await launch("untagged", []),
  };
  const [step] = hostDocuments();
  for (const { ref, content } of hostDocuments()) await ssm.send(documentInput(ref.name, content));
  // Anybody who may create documents may give them any tag.
  await ssm.send(documentInput(STRANGE_DOCUMENT, step?.content ?? "", ownTags()));
  clock.advance(1);
  return { hosts, clients };
}

function documentInput(Name: string, Content: string, Tags?: ReturnType<typeof ownTags>): CreateDocumentCommand {
  return new CreateDocumentCommand({ Name, Content, DocumentType: "Command", DocumentFormat: "JSON", Tags });
}

function clientsOf(world: World, accessKeyId: string, region: string): Clients {
  const configuration = {
    region,
    endpoint: "http://world.invalid",
    maxAttempts: 1,
    requestHandler: transport(world),
    credentials: { accessKeyId, secretAccessKey: "any" },
  };
  return {
    ec2: new EC2Client(configuration),
    ssm: new SSMClient(configuration),
    sts: new STSClient(configuration),
    asAdministrator: () => clientsOf(world, ADMIN_KEY, REGION),
  };
}

function layoutWith(policies: ReadonlyMap<string, PolicyDocument>): WorldLayout {
  const { network, images, iam } = DEFAULT_LAYOUT;
  const keys = [...policies].map(([accessKeyID, policy]) => ({
    accessKeyID,
    principalARN: `arn:aws:iam::${ACCOUNT_ID}:user/cloudsync-operator`,
    policies: [policy],
  }));
  const [subnet] = network.subnets;
  if (subnet === undefined) throw new Error("the default world has no subnet");
  return {
    ...DEFAULT_LAYOUT,
    network: {
      ...network,
      vpcs: [...network.vpcs, { vpcID: "vpc-0strange", accountID: ACCOUNT_ID, cidrBlock: "10.9.0.0/16" }],
      subnets: [
        ...network.subnets,
        { ...subnet, subnetID: STRANGE_SUBNET, vpcID: "vpc-0strange", cidrBlock: "10.9.0.0/20" },
      ],
      securityGroups: [
        ...network.securityGroups,
        { groupID: STRANGE_GROUP, groupName: "strange", vpcID: "vpc-0strange" },
      ],
    },
    images: {
      ...images,
      snapshots: [{ snapshotID: AMAZON_SNAPSHOT, ownerID: "801119661308", ownerAlias: "amazon" }],
    },
    iam: {
      ...iam,
      accessKeys: [...iam.accessKeys, ...keys],
      roles: [
        ...iam.roles,
        { arn: STRANGE_ROLE, trust: { principals: [`arn:aws:iam::${ACCOUNT_ID}:*`] }, policies: [] },
        // The pool's role trusts every external id: what is refused here is refused by the operator's own policy.
      ].map((role) => (role.arn === POOL_ROLE ? { ...role, trust: { ...role.trust, externalID: "*" } } : role)),
      instanceProfiles: [...iam.instanceProfiles, { accountID: ACCOUNT_ID, name: STRANGE_PROFILE }],
    },
  };
}
