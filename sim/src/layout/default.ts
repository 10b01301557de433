/**
 * The world that `examples/` is written for: account 111122223333 in ap-northeast-1 with three zones, and a second account beside it.
 * Fictional but for the names of public parameters, AWS's account of Windows images, zone and instance type names.
 */
import { DEFAULT_BUCKETS } from "./buckets.ts";
import { DEFAULT_DIRECTORIES } from "./directories.ts";
import { DEFAULT_DOMAINS } from "./domains.ts";
import { ACCOUNT_ID, identitiesFor, OTHER_ACCOUNT_ID, OWNER_ID, REGION } from "./identities.ts";
import { DEFAULT_INSTALLERS } from "./installers.ts";
import type { WorldLayout } from "./layout.ts";
import { DEFAULT_SECRETS } from "./secrets.ts";
import { DEFAULT_SYNCHRONIZATION } from "./synchronization.ts";
import { DEFAULT_TENANTS } from "./tenants.ts";

export { ACCOUNT_ID, ADMIN_KEY, OPERATOR_KEY, OTHER_ACCOUNT_ID } from "./identities.ts";

const WINDOWS_PARAMETERS = "/aws/service/ami-windows-latest";
const WINDOWS_2022 = "ami-0a1b2c3d4e5f60718";
export const OLD_WINDOWS_2022 = "ami-0d4e5f60718293a4b";
const WINDOWS_2025 = "ami-0b2c3d4e5f6071829";

export const DEFAULT_NETWORK: WorldLayout["network"] = {
  region: REGION,
  zones: [
    { zoneName: "ap-northeast-1a", zoneID: "apne1-az4" },
    { zoneName: "ap-northeast-1c", zoneID: "apne1-az1" },
    { zoneName: "ap-northeast-1d", zoneID: "apne1-az2" },
  ],
  vpcs: [
    { vpcID: "vpc-0cloudsync", accountID: ACCOUNT_ID, cidrBlock: "10.0.0.0/16", tags: { Name: "cloudsync" } },
    { vpcID: "vpc-0other", accountID: OTHER_ACCOUNT_ID, cidrBlock: "10.1.0.0/16" },
  ],
  subnets: [
    subnet("subnet-0a", "vpc-0cloudsync", { zone: "ap-northeast-1a", cidrBlock: "10.0.16.0/20" }),
    subnet("subnet-0c", "vpc-0cloudsync", { zone: "ap-northeast-1c", cidrBlock: "10.0.32.0/20" }),
    subnet("subnet-0d", "vpc-0cloudsync", { zone: "ap-northeast-1d", cidrBlock: "10.0.48.0/20" }),
    // Eleven usable addresses: for rehearsing a full subnet.
    subnet("subnet-0small", "vpc-0cloudsync", { zone: "ap-northeast-1a", cidrBlock: "10.0.64.0/28" }),
    subnet("subnet-1a", "vpc-0other", { zone: "ap-northeast-1a", cidrBlock: "10.1.16.0/20" }),
    // Where Directory Service has its controllers: no subnets for agents.
    {
      subnetID: "subnet-0dira",
      vpcID: "vpc-0cloudsync",
      availabilityZone: "ap-northeast-1a",
      cidrBlock: "10.0.3.0/24",
      reservedAddresses: ["10.0.3.10"],
    },
    {
      subnetID: "subnet-0dirc",
      vpcID: "vpc-0cloudsync",
      availabilityZone: "ap-northeast-1c",
      cidrBlock: "10.0.4.0/24",
      reservedAddresses: ["10.0.4.10"],
    },
  ],
  securityGroups: [
    { groupID: "sg-0agents", groupName: "cloudsync-agents", vpcID: "vpc-0cloudsync" },
    { groupID: "sg-0directory", groupName: "d-90670a1b2c_controllers", vpcID: "vpc-0cloudsync" },
    { groupID: "sg-1agents", groupName: "cloudsync-agents", vpcID: "vpc-0other" },
  ],
  instanceTypes: [
    { name: "m6i.large", vCPUs: 2 },
    { name: "m5.large", vCPUs: 2 },
    { name: "m5.xlarge", vCPUs: 4 },
    { name: "t3.large", vCPUs: 2 },
    { name: "t3.medium", vCPUs: 2 },
    { name: "m7i.large", vCPUs: 2, availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
  ],
  vCPUQuota: 4_096,
};

function subnet(
  subnetID: string,
  vpcID: string,
  { zone, cidrBlock }: { readonly zone: string; readonly cidrBlock: string },
): WorldLayout["network"]["subnets"][number] {
  return { subnetID, vpcID, availabilityZone: zone, cidrBlock, tags: { "cloudsync.dev/agents": "true" } };
}

export const DEFAULT_IMAGES: WorldLayout["images"] = {
  images: [
    {
      imageID: WINDOWS_2022,
      name: "Windows_Server-2022-English-Full-Base-2026.11.12",
      ownerID: "801119661308",
      ownerAlias: "amazon",
      creationDate: "2026-11-12T08:00:00.000Z",
      platform: "WindowsServer2022",
      ssmAgentVersion: "3.3.3050.0",
    },
    {
      imageID: WINDOWS_2025,
      name: "Windows_Server-2025-English-Full-Base-2026.11.12",
      ownerID: "801119661308",
      ownerAlias: "amazon",
      creationDate: "2026-11-12T08:00:00.000Z",
      platform: "WindowsServer2025",
      ssmAgentVersion: "3.3.3050.0",
    },
    {
      // Older than what the product's documents need of the SSM agent.
      imageID: OLD_WINDOWS_2022,
      name: "Windows_Server-2022-English-Full-Base-2025.02.13",
      ownerID: "801119661308",
      ownerAlias: "amazon",
      creationDate: "2025-02-13T08:00:00.000Z",
      platform: "WindowsServer2022",
      ssmAgentVersion: "3.3.1611.0",
    },
    {
      imageID: "ami-0c3d4e5f607182930",
      name: "somebody-elses-windows",
      ownerID: "999900001111",
      creationDate: "2026-01-01T00:00:00.000Z",
      platform: "WindowsServer2022",
      ssmAgentVersion: "3.2.582.0",
    },
  ],
  publicParameters: {
    [`${WINDOWS_PARAMETERS}/Windows_Server-2022-English-Full-Base`]: WINDOWS_2022,
    [`${WINDOWS_PARAMETERS}/Windows_Server-2025-English-Full-Base`]: WINDOWS_2025,
  },
};

export const DEFAULT_IAM: WorldLayout["iam"] = identitiesFor(OWNER_ID);

/** The whole default world, the sections that hosts read included. */
export const DEFAULT_LAYOUT: WorldLayout = {
  network: DEFAULT_NETWORK,
  images: DEFAULT_IMAGES,
  iam: DEFAULT_IAM,
  domains: DEFAULT_DOMAINS,
  directories: DEFAULT_DIRECTORIES,
  tenants: DEFAULT_TENANTS,
  synchronization: DEFAULT_SYNCHRONIZATION,
  secrets: DEFAULT_SECRETS,
  installers: DEFAULT_INSTALLERS,
  buckets: DEFAULT_BUCKETS,
};
