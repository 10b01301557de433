/**
 * The exact request of one launch, as a pure function of the intent.
 * Guarantees: equal intents give equal requests, tag order included, because EC2 compares the parameters of a repeated token (EC2 Developer Guide,
 * Ensuring idempotency). Never: user data, a key pair, a public address, spot.
 */
import type { RunInstancesCommandInput, TagSpecification } from "@aws-sdk/client-ec2";
import type { LaunchIntent } from "./port.ts";

/** Created with the instance, so that IAM conditions on request tags cover all three. */
const TAGGED_RESOURCES = ["instance", "volume", "network-interface"] as const;

export function runInstancesInput(intent: LaunchIntent): RunInstancesCommandInput {
  const { rootVolume, instanceProfile } = intent;
  return {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: intent.clientToken,
    ImageId: intent.imageID,
    InstanceType: instanceType(intent.instanceType),
    IamInstanceProfile: instanceProfile.startsWith("arn:") ? { Arn: instanceProfile } : { Name: instanceProfile },
    // With NetworkInterfaces the top-level subnet and groups must be absent (EC2 API Reference, RunInstances).
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: intent.subnetID,
        Groups: [...intent.securityGroupIDs].sort(),
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: "/dev/sda1", // root of the AWS Windows images (EC2 User Guide for Windows, Device names)
        Ebs: {
          VolumeType: "gp3",
          VolumeSize: rootVolume.sizeGiB,
          Encrypted: true,
          DeleteOnTermination: true,
          ...(rootVolume.kmsKeyID === undefined ? {} : { KmsKeyId: rootVolume.kmsKeyID }),
        },
      },
    ],
    MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    // A guard against console accidents; lifted right before the operator terminates.
    DisableApiTermination: true,
    // A shutdown inside the guest must not destroy evidence.
    InstanceInitiatedShutdownBehavior: "stop",
    MaintenanceOptions: { AutoRecovery: "default" },
    TagSpecifications: tagSpecifications(intent.tags),
  };
}

function tagSpecifications(tags: Readonly<Record<string, string>>): TagSpecification[] {
  const sorted = Object.entries(tags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
  return TAGGED_RESOURCES.map((ResourceType) => ({ ResourceType, Tags: sorted }));
}

/** The SDK knows the instance types of its day; AWS decides, so any text passes. */
function instanceType(text: string): NonNullable<RunInstancesCommandInput["InstanceType"]> {
  return text as NonNullable<RunInstancesCommandInput["InstanceType"]>;
}
