/** Directories of AWS Directory Service that are there before anything happens. Data only. */
export interface DirectoryControllerLayout {
  /** `dc-` and ten hexadecimal digits. */
  readonly domainControllerID: string;
  /** That of the domain's controller in the `domains` section: so the world knows which machine stands behind it. */
  readonly address: string;
  readonly subnetID: string;
  readonly availabilityZone: string;
}

export interface DirectoryLayout {
  /** `d-` and ten hexadecimal digits. */
  readonly directoryID: string;
  readonly accountID: string;
  /** DNS name; the domain of that name in the `domains` section is the one that this directory backs. */
  readonly name: string;
  readonly shortName: string;
  readonly type: "MicrosoftAD" | "SimpleAD";
  readonly edition: "Standard" | "Enterprise";
  readonly osVersion: "SERVER_2012" | "SERVER_2019";
  readonly vpcID: string;
  readonly securityGroupID: string;
  /** ISO 8601; the start of the world when absent. */
  readonly launchedAt?: string;
  readonly controllers: readonly DirectoryControllerLayout[];
}

export interface DirectoriesLayout {
  readonly directories: readonly DirectoryLayout[];
}

/** One AWS Managed Microsoft AD in two zones. It backs `managed.example.com`, which no example uses. Fictional. */
export const DEFAULT_DIRECTORIES: DirectoriesLayout = {
  directories: [
    {
      directoryID: "d-90670a1b2c",
      accountID: "111122223333",
      name: "managed.example.com",
      shortName: "MANAGED",
      type: "MicrosoftAD",
      edition: "Standard",
      osVersion: "SERVER_2019",
      vpcID: "vpc-0cloudsync",
      securityGroupID: "sg-0directory",
      launchedAt: "2026-06-01T08:00:00.000Z",
      controllers: [
        {
          domainControllerID: "dc-90670a1b01",
          address: "10.0.3.10",
          subnetID: "subnet-0dira",
          availabilityZone: "ap-northeast-1a",
        },
        {
          domainControllerID: "dc-90670a1b02",
          address: "10.0.4.10",
          subnetID: "subnet-0dirc",
          availabilityZone: "ap-northeast-1c",
        },
      ],
    },
  ],
};
