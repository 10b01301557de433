/**
 * What a person orders when creating a directory, made into a complete one.
 * Guarantees: two controllers in two zones of one VPC, as the service asks (Directory Service Administration Guide, "Creating your AWS Managed
 * Microsoft AD"); addresses are those of the layout's domain of that name where it has controllers in those zones, else free ones of the subnets.
 */
import type { Resources } from "../ec2/resources.ts";
import type { DirectoryLayout } from "../layout/directories.ts";
import type { SubnetLayout } from "../layout/network.ts";
import type { Directories } from "./directories.ts";

export interface DirectoryOrder {
  readonly name: string;
  readonly shortName: string;
  readonly edition: DirectoryLayout["edition"];
  readonly subnetIDs: readonly string[];
}

/** An order that the service would not take, in a sentence for the person. */
export class OrderRefusal extends Error {
  override readonly name = "OrderRefusal";
}

/** Default quota of AWS Managed Microsoft AD directories in a Region (Directory Service Administration Guide, "Quotas"). */
const DIRECTORIES_MAX = 20;

export function completeOrder(
  order: DirectoryOrder,
  { directories, resources }: { readonly directories: Directories; readonly resources: Resources },
): DirectoryLayout {
  const subnets = order.subnetIDs.map((id) => subnetOf(id, resources));
  const { vpcID, accountID } = commonVPC(subnets, resources);
  const isTaken = directories.list().some(({ layout }) => layout.name.toLowerCase() === order.name.toLowerCase());
  if (isTaken) throw new OrderRefusal(`a directory of the name ${order.name} exists`);
  if (directories.list().length >= DIRECTORIES_MAX) throw new OrderRefusal(`there are ${DIRECTORIES_MAX} directories`);
  const addresses = addressesIn(order.name, subnets, resources);
  return {
    directoryID: directories.newID("d-"),
    accountID,
    name: order.name,
    shortName: order.shortName,
    type: "MicrosoftAD",
    edition: order.edition,
    osVersion: "SERVER_2019",
    vpcID,
    securityGroupID: directories.newID("sg-0000000"),
    controllers: subnets.map(({ subnetID, availabilityZone }, index) => ({
      domainControllerID: directories.newID("dc-"),
      address: addresses[index] ?? "",
      subnetID,
      availabilityZone,
    })),
  };
}

function subnetOf(subnetID: string, { layout }: Resources): SubnetLayout {
  const subnet = layout.network.subnets.find((one) => one.subnetID === subnetID);
  if (subnet === undefined) throw new OrderRefusal(`there is no subnet ${subnetID}`);
  return subnet;
}

function commonVPC(
  subnets: readonly SubnetLayout[],
  { layout }: Resources,
): { readonly vpcID: string; readonly accountID: string } {
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (subnets.length !== 2 || zones.size !== 2) throw new OrderRefusal("name two subnets in two zones");
  const [first, second] = subnets;
  const vpc = layout.network.vpcs.find(({ vpcID }) => vpcID === first?.vpcID);
  if (vpc === undefined || second?.vpcID !== vpc.vpcID) throw new OrderRefusal("both subnets must be of one VPC");
  return vpc;
}

/** Either an address in each subnet, or none is taken. */
function addressesIn(
  name: string,
  subnets: readonly SubnetLayout[],
  { layout, addresses }: Resources,
): readonly string[] {
  const domain = layout.domains.domains.find(({ dnsName }) => dnsName.toLowerCase() === name.toLowerCase());
  const known = subnets.map((subnet) =>
    domain?.controllers.find(({ availabilityZone }) => availabilityZone === subnet.availabilityZone),
  );
  const full = subnets.find(
    ({ subnetID }, index) => known[index] === undefined && (addresses.get(subnetID)?.availableCount() ?? 0) < 1,
  );
  if (full !== undefined) throw new OrderRefusal(`${full.subnetID} has no free address`);
  return subnets.map(({ subnetID }, index) => known[index]?.address ?? addresses.get(subnetID)?.take() ?? "");
}
