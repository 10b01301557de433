/** What EC2 knows of the layout, by id, and who owns it. Guarantees: an id of another account is not found (as at AWS, unless shared). */
import type { ImageLayout } from "../layout/images.ts";
import type { WorldLayout } from "../layout/layout.ts";
import type { InstanceTypeLayout, SecurityGroupLayout, SubnetLayout, VPCLayout } from "../layout/network.ts";
import { SubnetAddresses } from "./addresses.ts";

export class Resources {
  readonly layout: WorldLayout;
  readonly addresses: ReadonlyMap<string, SubnetAddresses>;
  readonly #vpcs: ReadonlyMap<string, VPCLayout>;
  readonly #subnets: ReadonlyMap<string, SubnetLayout>;
  readonly #groups: ReadonlyMap<string, SecurityGroupLayout>;
  readonly #images: ReadonlyMap<string, ImageLayout>;
  readonly #types: ReadonlyMap<string, InstanceTypeLayout>;

  constructor(layout: WorldLayout) {
    const { network, images } = layout;
    this.layout = layout;
    this.#vpcs = new Map(network.vpcs.map((vpc) => [vpc.vpcID, vpc]));
    this.#subnets = new Map(network.subnets.map((subnet) => [subnet.subnetID, subnet]));
    this.#groups = new Map(network.securityGroups.map((group) => [group.groupID, group]));
    this.#images = new Map(images.images.map((image) => [image.imageID, image]));
    this.#types = new Map(network.instanceTypes.map((type) => [type.name, type]));
    this.addresses = new Map(network.subnets.map((subnet) => [subnet.subnetID, new SubnetAddresses(subnet)]));
  }

  vpc(accountID: string, vpcID: string): VPCLayout | undefined {
    const vpc = this.#vpcs.get(vpcID);
    return vpc?.accountID === accountID ? vpc : undefined;
  }

  vpcs(accountID: string): readonly VPCLayout[] {
    return [...this.#vpcs.values()].filter((vpc) => vpc.accountID === accountID);
  }

  subnet(accountID: string, subnetID: string): SubnetLayout | undefined {
    const subnet = this.#subnets.get(subnetID);
    return subnet && this.vpc(accountID, subnet.vpcID) ? subnet : undefined;
  }

  subnets(accountID: string): readonly SubnetLayout[] {
    return [...this.#subnets.values()].filter(({ vpcID }) => this.vpc(accountID, vpcID) !== undefined);
  }

  /** Zone of a subnet of any account: for fault rules, which match before permissions are asked. */
  zoneOfSubnet(subnetID: string): string | undefined {
    return this.#subnets.get(subnetID)?.availabilityZone;
  }

  securityGroup(accountID: string, groupID: string): SecurityGroupLayout | undefined {
    const group = this.#groups.get(groupID);
    return group && this.vpc(accountID, group.vpcID) ? group : undefined;
  }

  securityGroups(accountID: string): readonly SecurityGroupLayout[] {
    return [...this.#groups.values()].filter(({ vpcID }) => this.vpc(accountID, vpcID) !== undefined);
  }

  image(imageID: string): ImageLayout | undefined {
    return this.#images.get(imageID);
  }

  images(): readonly ImageLayout[] {
    return [...this.#images.values()];
  }

  instanceType(name: string): InstanceTypeLayout | undefined {
    return this.#types.get(name);
  }

  instanceTypes(): readonly InstanceTypeLayout[] {
    return [...this.#types.values()];
  }

  /** ARN of a profile given by name or ARN, `undefined` when the account has none of that name. */
  instanceProfileARN(accountID: string, nameOrARN: string): string | undefined {
    const arnOf = (name: string): string => `arn:aws:iam::${accountID}:instance-profile/${name}`;
    const profile = this.layout.iam.instanceProfiles.find(
      (candidate) => candidate.accountID === accountID && [candidate.name, arnOf(candidate.name)].includes(nameOrARN),
    );
    return profile && arnOf(profile.name);
  }
}
