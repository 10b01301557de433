/**
 * What AWS authorises for RunInstances: the action on every resource that is used or made, each with its own keys, ec2:CreateTags on what is
 * tagged at creation, and iam:PassRole for the profile's role. All have to be allowed.
 * Guarantees: a key that the request leaves unsaid is absent, as at AWS; what does not exist is not asked about.
 * Not modelled: capacity reservations, elastic GPUs, licence configurations, host resource groups.
 * @see Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2" (RunInstances);
 * EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation"
 */
import type { ApiCall } from "../../core/call.ts";
import type { Input } from "../../core/input.ts";
import { record, records, text, texts } from "../../core/input.ts";
import type { ResourceFacts, SubnetFacts, Tags } from "../facts.ts";
import { readTagList } from "../facts.ts";
import type { Question } from "../policy.ts";
import { passRole } from "./pass-role.ts";
import type { Keys } from "./place.ts";
import { ec2ARN, question, requestTagKeys, tagKeys } from "./place.ts";

const RUN = "ec2:RunInstances";
/** Root of the AWS Windows images; a mapping that does not name it leaves the image's own root volume as it is. */
const ROOT_DEVICE = "/dev/sda1";

interface Launch {
  readonly call: ApiCall;
  readonly facts: ResourceFacts;
  readonly input: Input;
  readonly networkInterface: Input;
  readonly subnetID: string | undefined;
  readonly subnet: SubnetFacts | undefined;
  /** Tags that the request gives to new resources of a type. */
  readonly tags: (type: string) => Tags;
}

export function runInstancesQuestions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { input } = call;
  const [networkInterface = {}] = records(input, "NetworkInterfaces");
  const subnetID = text(input, "SubnetId") ?? text(networkInterface, "SubnetId");
  const specifications = records(input, "TagSpecifications");
  const launch: Launch = {
    call,
    facts,
    input,
    networkInterface,
    subnetID,
    subnet: subnetID === undefined ? undefined : facts.subnet(call.caller.accountID, subnetID),
    tags: (type) => readTagList(specifications.find(({ ResourceType }) => ResourceType === type)?.Tags),
  };
  return [
    ...usedResources(launch),
    instanceQuestion(launch),
    networkInterfaceQuestion(launch),
    ...volumeQuestions(launch),
    ...specifications.flatMap((specification) => tagOnCreate(launch, specification)),
    ...passedRole(launch),
  ];
}

/** Image, subnet, security groups, and what a launch of the product never names: key pair, launch template, placement group, snapshots. */
function usedResources({ call, facts, input, networkInterface, subnetID, subnet }: Launch): readonly Question[] {
  const { accountID } = call.caller;
  const used = (type: string, id: string | undefined, keys: Keys = {}): readonly Question[] =>
    id === undefined ? [] : [question(call, RUN, ec2ARN(call, type, id), keys)];
  const imageID = text(input, "ImageId");
  const owner = imageID === undefined ? undefined : facts.imageOwner(imageID);
  const groupIDs = [...texts(input, "SecurityGroupIds"), ...texts(networkInterface, "Groups")];
  const template = record(input, "LaunchTemplate");
  return [
    ...used("image", owner && imageID, { "ec2:Owner": owner, "ec2:ImageType": "machine" }),
    ...used("subnet", subnet && subnetID, {
      "ec2:Vpc": subnet && ec2ARN(call, "vpc", subnet.vpcID),
      "ec2:SubnetID": subnetID,
      "ec2:AvailabilityZone": subnet?.availabilityZone,
      ...tagKeys("aws:ResourceTag", subnet?.tags ?? {}),
    }),
    ...groupIDs.flatMap((groupID) => {
      const vpcID = facts.securityGroupVPC(accountID, groupID);
      const keys = { "ec2:SecurityGroupID": groupID, "ec2:Vpc": vpcID && ec2ARN(call, "vpc", vpcID) };
      return used("security-group", vpcID && groupID, keys);
    }),
    ...used("key-pair", text(input, "KeyName"), { "ec2:KeyPairName": text(input, "KeyName") }),
    ...used("launch-template", template && (text(template, "LaunchTemplateId") ?? "*")),
    ...used("placement-group", text(record(input, "Placement") ?? {}, "GroupName")),
    ...ebsOf(input).flatMap(({ SnapshotId }) => {
      const snapshotID = typeof SnapshotId === "string" ? SnapshotId : undefined;
      return used("snapshot", snapshotID, { "ec2:Owner": snapshotID && facts.snapshotOwner(snapshotID) });
    }),
  ];
}

function instanceQuestion({ call, input, tags, subnet, facts }: Launch): Question {
  const metadata = record(input, "MetadataOptions") ?? {};
  const profile = profileName(input);
  return question(call, RUN, ec2ARN(call, "instance", "*"), {
    ...requestTagKeys(tags("instance")),
    "ec2:InstanceType": text(input, "InstanceType"),
    "ec2:InstanceMarketType": text(record(input, "InstanceMarketOptions") ?? {}, "MarketType") ?? "on-demand",
    "ec2:AvailabilityZone": subnet?.availabilityZone,
    "ec2:InstanceProfile": profile && facts.instanceProfile(call.caller.accountID, profile)?.arn,
    "ec2:MetadataHttpTokens": text(metadata, "HttpTokens"),
    "ec2:MetadataHttpEndpoint": text(metadata, "HttpEndpoint"),
    "ec2:MetadataHttpPutResponseHopLimit": text(metadata, "HttpPutResponseHopLimit"),
    "ec2:RootDeviceType": "ebs",
  });
}

function networkInterfaceQuestion({ call, networkInterface, tags, subnet, subnetID }: Launch): Question {
  return question(call, RUN, ec2ARN(call, "network-interface", "*"), {
    ...requestTagKeys(tags("network-interface")),
    "ec2:Vpc": subnet && ec2ARN(call, "vpc", subnet.vpcID),
    "ec2:Subnet": subnetID && ec2ARN(call, "subnet", subnetID),
    "ec2:AvailabilityZone": subnet?.availabilityZone,
    "ec2:AssociatePublicIpAddress": text(networkInterface, "AssociatePublicIpAddress"),
  });
}

/** One for each volume that the launch makes; encryption by account default is not known here and reads as not encrypted. */
function volumeQuestions({ call, input, tags }: Launch): readonly Question[] {
  const mappings = records(input, "BlockDeviceMappings");
  const isRootMapped = mappings.some(({ DeviceName }) => DeviceName === ROOT_DEVICE);
  return [...ebsOf(input), ...(isRootMapped ? [] : [{}])].map((ebs) => {
    const snapshotID = text(ebs, "SnapshotId");
    return question(call, RUN, ec2ARN(call, "volume", "*"), {
      ...requestTagKeys(tags("volume")),
      "ec2:Encrypted": text(ebs, "Encrypted") ?? "false",
      "ec2:VolumeType": text(ebs, "VolumeType"),
      "ec2:VolumeSize": text(ebs, "VolumeSize"),
      "ec2:ParentSnapshot": snapshotID && ec2ARN(call, "snapshot", snapshotID),
    });
  });
}

function ebsOf(input: Input): readonly Input[] {
  return records(input, "BlockDeviceMappings")
    .map((mapping) => record(mapping, "Ebs"))
    .filter((ebs) => ebs !== undefined);
}

function tagOnCreate({ call }: Launch, specification: Input): readonly Question[] {
  const tags = readTagList(specification.Tags);
  if (Object.keys(tags).length === 0) return [];
  const resource = ec2ARN(call, text(specification, "ResourceType") ?? "instance", "*");
  const keys = { ...requestTagKeys(tags), "ec2:CreateAction": call.action };
  return [question(call, "ec2:CreateTags", resource, keys)];
}

function passedRole({ call, facts, input }: Launch): readonly Question[] {
  const profile = profileName(input);
  const found = profile === undefined ? undefined : facts.instanceProfile(call.caller.accountID, profile);
  const resource = ec2ARN(call, "instance", "*");
  return found === undefined ? [] : [passRole(call, found.roleARN, { service: "ec2.amazonaws.com", resource })];
}

/** Name or ARN. */
export function profileName(input: Input): string | undefined {
  const profile = record(input, "IamInstanceProfile") ?? {};
  return text(profile, "Arn") ?? text(profile, "Name");
}
