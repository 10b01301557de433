/** Wire shapes of instances: member names as the EC2 API Reference writes them in XML. Pure. */
import type { Instance, ListWindows, Tags } from "./instance.ts";
import { profileARNOf, shownTags, STATE_CODES } from "./instance.ts";

export type View = Readonly<Record<string, unknown>>;

export function tagSet(tags: Tags): readonly View[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function stateView(state: Instance["state"]): View {
  return { code: STATE_CODES[state], name: state };
}

/** One reservation; the answer to the launch itself shows the tags of the request at once. */
export function reservationView(
  instances: readonly Instance[],
  windows: ListWindows,
  { isAnswerToLaunch = false }: { readonly isAnswerToLaunch?: boolean } = {},
): View {
  const [first] = instances;
  return {
    reservationId: first?.reservationID,
    ownerId: first?.launchedAs.accountID,
    groupSet: [],
    instancesSet: instances.map((instance) =>
      instanceView(instance, isAnswerToLaunch ? instance.tags : shownTags(instance, windows)),
    ),
  };
}

export function instanceView(instance: Instance, tags: Tags): View {
  const { launchedAs, state } = instance;
  const profileARN = profileARNOf(instance);
  return {
    instanceId: instance.instanceID,
    imageId: launchedAs.imageID,
    instanceState: stateView(state),
    privateDnsName: state === "terminated" ? "" : dnsName(instance),
    dnsName: "",
    reason: instance.stateReason?.message === "pending" ? "" : (instance.stateReason?.message ?? ""),
    amiLaunchIndex: instance.launchIndex,
    instanceType: launchedAs.instanceType,
    launchTime: new Date(instance.startedAtMs),
    placement: { availabilityZone: launchedAs.availabilityZone, groupName: "", tenancy: "default" },
    platform: "windows",
    platformDetails: "Windows",
    monitoring: { state: "disabled" },
    stateReason: instance.stateReason,
    architecture: "x86_64",
    rootDeviceType: "ebs",
    rootDeviceName: "/dev/sda1",
    virtualizationType: "hvm",
    hypervisor: "xen",
    ebsOptimized: false,
    clientToken: launchedAs.clientToken ?? "",
    tagSet: tagSet(tags),
    iamInstanceProfile: profileARN && profileView(profileARN),
    metadataOptions: {
      state: "applied",
      httpTokens: launchedAs.metadataOptions.httpTokens,
      httpPutResponseHopLimit: launchedAs.metadataOptions.httpPutResponseHopLimit,
      httpEndpoint: launchedAs.metadataOptions.httpEndpoint,
      instanceMetadataTags: launchedAs.metadataOptions.instanceMetadataTags,
    },
    ...networkView(instance),
  };
}

export function profileView(profileARN: string): View {
  return { arn: profileARN, id: "AIPACLOUDSYNCWORLD001" };
}

/** A terminated instance has lost its network and volumes; its zone stays. */
function networkView({ instanceID, launchedAs, launchedAtMs, privateIPAddress, state }: Instance): View {
  if (state === "terminated") return { groupSet: [], networkInterfaceSet: [], blockDeviceMapping: [] };
  const groupSet = launchedAs.securityGroups.map(({ groupID, groupName }) => ({ groupId: groupID, groupName }));
  const attachTime = new Date(launchedAtMs);
  return {
    subnetId: launchedAs.subnetID,
    vpcId: launchedAs.vpcID,
    privateIpAddress: privateIPAddress,
    sourceDestCheck: true,
    groupSet,
    networkInterfaceSet: [
      {
        networkInterfaceId: instanceID.replace(/^i-/, "eni-"),
        subnetId: launchedAs.subnetID,
        vpcId: launchedAs.vpcID,
        status: "in-use",
        privateIpAddress: privateIPAddress,
        groupSet,
        attachment: { deviceIndex: 0, status: "attached", attachTime, deleteOnTermination: true },
        privateIpAddressesSet: [{ privateIpAddress: privateIPAddress, primary: true }],
      },
    ],
    blockDeviceMapping: launchedAs.volumes.map(({ deviceName, volumeID, isDeletedOnTermination }) => ({
      deviceName,
      ebs: { volumeId: volumeID, status: "attached", attachTime, deleteOnTermination: isDeletedOnTermination },
    })),
  };
}

function dnsName({ privateIPAddress, launchedAs }: Instance): string {
  return `ip-${privateIPAddress.replaceAll(".", "-")}.${launchedAs.region}.compute.internal`;
}
