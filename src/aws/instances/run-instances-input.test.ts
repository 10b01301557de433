import type { LaunchIntent } from "./port.ts";
import { runInstancesInput } from "./run-instances-input.ts";

const INTENT: LaunchIntent = {
  clientToken: "token-1",
  subnetID: "subnet-1",
  availabilityZone: "ap-northeast-1a",
  instanceType: "m6i.large",
  imageID: "ami-1",
  instanceProfile: "cloudsync-agent",
  securityGroupIDs: ["sg-b", "sg-a"],
  rootVolume: { sizeGiB: 50 },
  tags: { team: "identity", Name: "tokyo-0-1" },
};

test("the request of a launch is exactly this", () => {
  const Tags = [
    { Key: "Name", Value: "tokyo-0-1" },
    { Key: "team", Value: "identity" },
  ];
  expect(runInstancesInput(INTENT)).toEqual({
    MinCount: 1,
    MaxCount: 1,
    ClientToken: "token-1",
    ImageId: "ami-1",
    InstanceType: "m6i.large",
    IamInstanceProfile: { Name: "cloudsync-agent" },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: "subnet-1",
        Groups: ["sg-a", "sg-b"],
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: "/dev/sda1",
        Ebs: { VolumeType: "gp3", VolumeSize: 50, Encrypted: true, DeleteOnTermination: true },
      },
    ],
    MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    DisableApiTermination: true,
    InstanceInitiatedShutdownBehavior: "stop",
    MaintenanceOptions: { AutoRecovery: "default" },
    TagSpecifications: [
      { ResourceType: "instance", Tags },
      { ResourceType: "volume", Tags },
      { ResourceType: "network-interface", Tags },
    ],
  });
});

test("the same intent in another order of keys gives the same request", () => {
  const reordered = { ...INTENT, tags: { Name: "tokyo-0-1", team: "identity" }, securityGroupIDs: ["sg-a", "sg-b"] };
  expect(JSON.stringify(runInstancesInput(reordered))).toBe(JSON.stringify(runInstancesInput(INTENT)));
});

test("a profile by ARN and a key of its own are passed as such", () => {
  const input = runInstancesInput({
    ...INTENT,
    instanceProfile: "arn:aws:iam::111122223333:instance-profile/x",
    rootVolume: { sizeGiB: 80, kmsKeyID: "key-1" },
  });
  expect(input.IamInstanceProfile).toEqual({ Arn: "arn:aws:iam::111122223333:instance-profile/x" });
  expect(input.BlockDeviceMappings?.[0]?.Ebs).toMatchObject({ VolumeSize: 80, KmsKeyId: "key-1", Encrypted: true });
});
