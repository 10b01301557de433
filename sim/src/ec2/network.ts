/** Reads of what a launch stands on: zones, networks, groups, images, offerings. */
import type { ApiCall, Operation } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { text, texts } from "../core/input.ts";
import type { FilterValues } from "./filters.ts";
import { passes, readFilters } from "./filters.ts";
import { pageOf } from "./pages.ts";
import type { EC2Parts } from "./parts.ts";
import type { View } from "./views.ts";
import { tagSet } from "./views.ts";

interface Shown {
  readonly id: string;
  /** By filter name. */
  readonly values: Readonly<Record<string, readonly (string | undefined)[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly view: View;
}

interface ListKind {
  readonly idsMember: string;
  readonly notFoundCode: string;
  readonly setName: string;
}

/** All lists of this file work alike: by ids (all of which must exist), by filters, in pages. */
function list(parts: EC2Parts, kind: ListKind, shownFor: (call: ApiCall) => readonly Shown[]): Operation {
  return (call) => {
    const all = shownFor(call).map((shown, order) => ({ ...shown, order }));
    const ids = texts(call.input, kind.idsMember);
    const missing = ids.find((id) => !all.some((shown) => shown.id === id));
    if (missing !== undefined) throw new ApiError(kind.notFoundCode, `The ID '${missing}' does not exist`);
    const filters = readFilters(call.input);
    const chosen = all.filter(
      (shown) => (ids.length === 0 || ids.includes(shown.id)) && passes(shown, filters, shownValues),
    );
    const page = pageOf(parts.faults, call, chosen, ({ order }) => order);
    return { [kind.setName]: page.items.map(({ view }) => view), nextToken: page.nextToken };
  };
}

const shownValues: FilterValues<Shown> = ({ tags, values }, name) => {
  if (name.startsWith("tag:")) return [tags[name.slice("tag:".length)]];
  return name === "tag-key" ? Object.keys(tags) : values[name];
};

export function describeSubnets(parts: EC2Parts): Operation {
  const { resources } = parts;
  const kind = { idsMember: "SubnetIds", notFoundCode: "InvalidSubnetID.NotFound", setName: "subnetSet" };
  return list(parts, kind, ({ caller }) =>
    resources.subnets(caller.accountID).map(({ subnetID, vpcID, availabilityZone, cidrBlock, tags = {} }) => ({
      id: subnetID,
      tags,
      values: {
        "subnet-id": [subnetID],
        "vpc-id": [vpcID],
        "availability-zone": [availabilityZone],
        state: ["available"],
      },
      view: {
        subnetId: subnetID,
        subnetArn: `arn:aws:ec2:${resources.layout.network.region}:${caller.accountID}:subnet/${subnetID}`,
        state: "available",
        vpcId: vpcID,
        ownerId: caller.accountID,
        cidrBlock,
        availableIpAddressCount: resources.addresses.get(subnetID)?.availableCount(),
        availabilityZone,
        availabilityZoneId: resources.layout.network.zones.find(({ zoneName }) => zoneName === availabilityZone)
          ?.zoneID,
        defaultForAz: false,
        mapPublicIpOnLaunch: false,
        tagSet: tagSet(tags),
      },
    })),
  );
}

export function describeVpcs(parts: EC2Parts): Operation {
  const kind = { idsMember: "VpcIds", notFoundCode: "InvalidVpcID.NotFound", setName: "vpcSet" };
  return list(parts, kind, ({ caller }) =>
    parts.resources.vpcs(caller.accountID).map(({ vpcID, cidrBlock, accountID, tags = {} }) => ({
      id: vpcID,
      tags,
      values: { "vpc-id": [vpcID], "cidr-block": [cidrBlock], state: ["available"] },
      view: { vpcId: vpcID, ownerId: accountID, state: "available", cidrBlock, isDefault: false, tagSet: tagSet(tags) },
    })),
  );
}

export function describeSecurityGroups(parts: EC2Parts): Operation {
  const kind = { idsMember: "GroupIds", notFoundCode: "InvalidGroup.NotFound", setName: "securityGroupInfo" };
  return list(parts, kind, ({ caller }) =>
    parts.resources.securityGroups(caller.accountID).map(({ groupID, groupName, vpcID }) => ({
      id: groupID,
      tags: {},
      values: { "group-id": [groupID], "group-name": [groupName], "vpc-id": [vpcID] },
      view: {
        groupId: groupID,
        groupName,
        groupDescription: groupName,
        vpcId: vpcID,
        ownerId: caller.accountID,
        ipPermissions: [],
        ipPermissionsEgress: [],
        tagSet: [],
      },
    })),
  );
}

export function describeImages(parts: EC2Parts): Operation {
  const kind = { idsMember: "ImageIds", notFoundCode: "InvalidAMIID.NotFound", setName: "imagesSet" };
  return list(parts, kind, ({ input }) => {
    const owners = texts(input, "Owners");
    return parts.resources
      .images()
      .filter(
        ({ ownerID, ownerAlias }) =>
          owners.length === 0 || owners.some((owner) => owner === ownerID || owner === ownerAlias),
      )
      .map((image) => ({
        id: image.imageID,
        tags: {},
        values: {
          "image-id": [image.imageID],
          name: [image.name],
          "owner-alias": [image.ownerAlias],
          "owner-id": [image.ownerID],
          state: ["available"],
        },
        view: {
          imageId: image.imageID,
          name: image.name,
          imageOwnerId: image.ownerID,
          imageOwnerAlias: image.ownerAlias,
          imageState: "available",
          isPublic: true,
          architecture: "x86_64",
          imageType: "machine",
          platform: image.platform === "Linux" ? undefined : "windows",
          platformDetails: image.platform === "Linux" ? "Linux/UNIX" : "Windows",
          creationDate: image.creationDate,
          rootDeviceType: "ebs",
          rootDeviceName: "/dev/sda1",
          virtualizationType: "hvm",
        },
      }));
  });
}

export function describeInstanceTypeOfferings(parts: EC2Parts): Operation {
  const kind = { idsMember: "none", notFoundCode: "InvalidParameterValue", setName: "instanceTypeOfferingSet" };
  return list(parts, kind, ({ input }) => {
    const { network } = parts.resources.layout;
    const isByZone = text(input, "LocationType") === "availability-zone";
    const zones = network.zones.map(({ zoneName }) => zoneName);
    return parts.resources.instanceTypes().flatMap(({ name, availabilityZones = zones }) =>
      (isByZone ? availabilityZones : [network.region]).map((location) => ({
        id: `${name}/${location}`,
        tags: {},
        values: { "instance-type": [name], location: [location] },
        view: { instanceType: name, locationType: isByZone ? "availability-zone" : "region", location },
      })),
    );
  });
}

export function describeAvailabilityZones(parts: EC2Parts): Operation {
  const kind = { idsMember: "ZoneNames", notFoundCode: "InvalidParameterValue", setName: "availabilityZoneInfo" };
  return list(parts, kind, () => {
    const { region, zones } = parts.resources.layout.network;
    return zones.map(({ zoneName, zoneID }) => ({
      id: zoneName,
      tags: {},
      values: { "zone-name": [zoneName], "zone-id": [zoneID], "region-name": [region], state: ["available"] },
      view: {
        zoneName,
        zoneId: zoneID,
        zoneState: "available",
        zoneType: "availability-zone",
        regionName: region,
        groupName: region,
        optInStatus: "opt-in-not-required",
        messageSet: [],
      },
    }));
  });
}

/** The true encryption of volumes, which DescribeInstances does not tell. */
export function describeVolumes(parts: EC2Parts): Operation {
  const kind = { idsMember: "VolumeIds", notFoundCode: "InvalidVolume.NotFound", setName: "volumeSet" };
  return list(parts, kind, ({ caller }) =>
    parts.fleet
      .instances()
      .filter(({ launchedAs, state }) => launchedAs.accountID === caller.accountID && state !== "terminated")
      .flatMap(({ instanceID, launchedAs }) =>
        launchedAs.volumes.map((volume) => ({
          id: volume.volumeID,
          tags: {},
          values: {
            "volume-id": [volume.volumeID],
            "attachment.instance-id": [instanceID],
            encrypted: [String(volume.isEncrypted)],
          },
          view: {
            volumeId: volume.volumeID,
            size: volume.sizeGiB,
            volumeType: volume.volumeType,
            encrypted: volume.isEncrypted,
            kmsKeyId: volume.kmsKeyID,
            status: "in-use",
            availabilityZone: launchedAs.availabilityZone,
            attachmentSet: [
              {
                volumeId: volume.volumeID,
                instanceId: instanceID,
                device: volume.deviceName,
                status: "attached",
                deleteOnTermination: volume.isDeletedOnTermination,
              },
            ],
          },
        })),
      ),
  );
}
