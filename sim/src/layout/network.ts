/** Network and instance types of a layout. Data only. */
export interface VPCLayout {
  readonly vpcID: string;
  readonly accountID: string;
  readonly cidrBlock: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface SubnetLayout {
  readonly subnetID: string;
  readonly vpcID: string;
  readonly availabilityZone: string;
  /** IPv4, /16 to /28 as EC2 allows. */
  readonly cidrBlock: string;
  /** Addresses taken by something else (domain controllers): never given to an instance. */
  readonly reservedAddresses?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface SecurityGroupLayout {
  readonly groupID: string;
  readonly groupName: string;
  readonly vpcID: string;
}

export interface ZoneLayout {
  readonly zoneName: string;
  readonly zoneID: string;
}

export interface InstanceTypeLayout {
  readonly name: string;
  readonly vCPUs: number;
  /** Zones that offer it; all when absent. */
  readonly availabilityZones?: readonly string[];
}

export interface NetworkLayout {
  readonly region: string;
  readonly zones: readonly ZoneLayout[];
  readonly vpcs: readonly VPCLayout[];
  readonly subnets: readonly SubnetLayout[];
  readonly securityGroups: readonly SecurityGroupLayout[];
  readonly instanceTypes: readonly InstanceTypeLayout[];
  /** vCPUs of running instances an account may have in the Region. */
  readonly vCPUQuota: number;
}
