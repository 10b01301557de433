/**
 * Reads and checks one RunInstances request against the layout: pure, nothing is taken yet.
 * Guarantees: refusals carry the vendor's codes (EC2 Developer Guide, "Error codes"); the first wrong thing is named.
 */
import type { ApiCall } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import type { Input } from "../core/input.ts";
import { flag, integer, record, records, requiredText, text, texts } from "../core/input.ts";
import type { SubnetLayout } from "../layout/network.ts";
import type { LaunchedAs, Tags } from "./instance.ts";
import type { Resources } from "./resources.ts";
import { readTags } from "./tag-input.ts";

export interface LaunchRequest {
  readonly minCount: number;
  readonly maxCount: number;
  readonly clientToken: string | undefined;
  /** Set when the request names a subnet or a zone: the token is then zonal. */
  readonly tokenZone: string | undefined;
  readonly subnet: SubnetLayout;
  readonly tags: Tags;
  readonly isTerminationProtected: boolean;
  readonly isStopProtected: boolean;
  readonly launchedAs: Omit<LaunchedAs, "volumes">;
  readonly blockDevices: readonly Input[];
}

export function readLaunch(resources: Resources, { input, caller }: ApiCall): LaunchRequest {
  const counts = readCounts(input);
  const clientToken = text(input, "ClientToken");
  if (clientToken !== undefined && clientToken.length > 64) {
    throw new ApiError("InvalidParameterValue", "Value for parameter clientToken is longer than 64 characters");
  }
  const network = readNetwork(input);
  const zone = text(record(input, "Placement") ?? {}, "AvailabilityZone");
  const subnet = subnetOf(resources, caller.accountID, network.subnetID, zone);
  const imageID = requiredText(input, "ImageId");
  if (resources.image(imageID) === undefined) {
    throw new ApiError("InvalidAMIID.NotFound", `The image id '[${imageID}]' does not exist`);
  }
  const type = resources.instanceType(text(input, "InstanceType") ?? "m1.small");
  if (type === undefined) {
    throw new ApiError(
      "InvalidParameterValue",
      `Invalid value '${text(input, "InstanceType") ?? ""}' for InstanceType.`,
    );
  }
  return {
    ...counts,
    clientToken,
    tokenZone: network.subnetID === undefined && zone === undefined ? undefined : subnet.availabilityZone,
    subnet,
    tags: instanceTags(input),
    isTerminationProtected: flag(input, "DisableApiTermination") ?? false,
    isStopProtected: flag(input, "DisableApiStop") ?? false,
    blockDevices: records(input, "BlockDeviceMappings"),
    launchedAs: {
      accountID: caller.accountID,
      region: resources.layout.network.region,
      availabilityZone: subnet.availabilityZone,
      subnetID: subnet.subnetID,
      vpcID: subnet.vpcID,
      instanceType: type.name,
      vCPUs: type.vCPUs,
      imageID,
      instanceProfileARN: readProfile(resources, caller.accountID, input),
      securityGroups: readGroups(resources, caller.accountID, subnet.vpcID, network.groupIDs),
      clientToken,
      userData: readUserData(input),
      shutdownBehavior: text(input, "InstanceInitiatedShutdownBehavior") === "terminate" ? "terminate" : "stop",
      hasPublicAddress: network.hasPublicAddress,
      metadataOptions: readMetadataOptions(record(input, "MetadataOptions") ?? {}),
    },
  };
}

function readCounts(input: Input): { minCount: number; maxCount: number } {
  const minCount = integer(input, "MinCount");
  const maxCount = integer(input, "MaxCount");
  if (minCount === undefined || maxCount === undefined) {
    throw new ApiError("MissingParameter", "The request must contain the parameters MinCount and MaxCount");
  }
  if (minCount < 1 || maxCount < minCount) {
    throw new ApiError(
      "InvalidParameterValue",
      `MinCount ${minCount} and MaxCount ${maxCount} are not 1 <= MinCount <= MaxCount`,
    );
  }
  return { minCount, maxCount };
}

interface NetworkRequest {
  readonly subnetID: string | undefined;
  readonly groupIDs: readonly string[];
  readonly hasPublicAddress: boolean;
}

function readNetwork(input: Input): NetworkRequest {
  const [networkInterface, second] = records(input, "NetworkInterfaces");
  const subnetID = text(input, "SubnetId");
  const groupIDs = texts(input, "SecurityGroupIds");
  if (networkInterface === undefined) return { subnetID, groupIDs, hasPublicAddress: false };
  // SDK documentation of RunInstancesRequest.SubnetId: with a network interface, subnet and groups belong into it.
  if (subnetID !== undefined || groupIDs.length > 0) {
    throw new ApiError(
      "InvalidParameterCombination",
      "Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request",
    );
  }
  if (second !== undefined) throw new ApiError("UnsupportedOperation", "The world models one network interface");
  return {
    subnetID: text(networkInterface, "SubnetId"),
    groupIDs: texts(networkInterface, "Groups"),
    hasPublicAddress: flag(networkInterface, "AssociatePublicIpAddress") ?? false,
  };
}

function subnetOf(
  resources: Resources,
  accountID: string,
  subnetID: string | undefined,
  zone: string | undefined,
): SubnetLayout {
  if (subnetID === undefined) {
    const subnet = resources
      .subnets(accountID)
      .find((candidate) => zone === undefined || candidate.availabilityZone === zone);
    if (subnet !== undefined) return subnet;
    throw new ApiError("MissingInput", "No subnets found for the default VPC. Please specify a subnet.");
  }
  const subnet = resources.subnet(accountID, subnetID);
  if (subnet === undefined) {
    throw new ApiError("InvalidSubnetID.NotFound", `The subnet ID '${subnetID}' does not exist`);
  }
  if (zone !== undefined && zone !== subnet.availabilityZone) {
    throw new ApiError("InvalidParameterValue", `The subnet ${subnetID} is not in the availability zone ${zone}`);
  }
  return subnet;
}

function readGroups(
  resources: Resources,
  accountID: string,
  vpcID: string,
  groupIDs: readonly string[],
): LaunchedAs["securityGroups"] {
  return groupIDs.map((groupID) => {
    const group = resources.securityGroup(accountID, groupID);
    if (group === undefined) {
      throw new ApiError("InvalidGroup.NotFound", `The security group '${groupID}' does not exist`);
    }
    if (group.vpcID !== vpcID) {
      throw new ApiError("InvalidParameter", `Security group ${groupID} and the subnet belong to different networks.`);
    }
    return { groupID, groupName: group.groupName };
  });
}

export function readProfile(resources: Resources, accountID: string, input: Input): string | undefined {
  const profile = record(input, "IamInstanceProfile");
  if (profile === undefined) return undefined;
  const arn = text(profile, "Arn");
  const name = text(profile, "Name");
  if (arn !== undefined && name !== undefined) {
    throw new ApiError(
      "InvalidParameterCombination",
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
  }
  const known = resources.instanceProfileARN(accountID, arn ?? name ?? "");
  if (known !== undefined) return known;
  const [member, value] = arn === undefined ? ["name", name ?? ""] : ["arn", arn];
  throw new ApiError(
    "InvalidParameterValue",
    `Value (${value}) for parameter iamInstanceProfile.${member} is invalid. Invalid IAM Instance Profile ${member === "arn" ? "ARN" : member}`,
  );
}

function readMetadataOptions(options: Input): LaunchedAs["metadataOptions"] {
  const hopLimit = integer(options, "HttpPutResponseHopLimit") ?? 2;
  if (hopLimit < 1 || hopLimit > 64) {
    throw new ApiError(
      "InvalidParameterValue",
      `Invalid value '${hopLimit}' for HttpPutResponseHopLimit, 1 to 64 is allowed`,
    );
  }
  return {
    httpTokens: text(options, "HttpTokens") ?? "optional",
    httpPutResponseHopLimit: hopLimit,
    httpEndpoint: text(options, "HttpEndpoint") ?? "enabled",
    instanceMetadataTags: text(options, "InstanceMetadataTags") ?? "disabled",
  };
}

/** EC2 User Guide for Windows, user data: 16 KB before base64. */
const USER_DATA_BYTES_MAX = 16_384;

function readUserData(input: Input): string | undefined {
  const userData = text(input, "UserData");
  if (userData === undefined) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData)) {
    throw new ApiError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  }
  if (Buffer.from(userData, "base64").length > USER_DATA_BYTES_MAX) {
    throw new ApiError("InvalidParameterValue", "User data is limited to 16384 bytes");
  }
  return userData;
}

const TAGGABLE_AT_LAUNCH = ["instance", "volume", "network-interface"];

function instanceTags(input: Input): Tags {
  const specifications = records(input, "TagSpecifications").map((specification) => {
    const resourceType = requiredText(specification, "ResourceType");
    if (!TAGGABLE_AT_LAUNCH.includes(resourceType)) {
      throw new ApiError(
        "InvalidParameterValue",
        `'${resourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    return { resourceType, tags: readTags(specification) };
  });
  return specifications.find(({ resourceType }) => resourceType === "instance")?.tags ?? {};
}
