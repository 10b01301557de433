/** Active Directory domains of a layout. Data only; distinguished names are compared without regard to case. */
import type { AccessEntryLayout } from "./access.ts";
import type { GroupObjectLayout, UserObjectLayout } from "./group-objects.ts";

export interface DomainControllerLayout {
  /** FQDN. */
  readonly name: string;
  readonly address: string;
  readonly availabilityZone: string;
  /** `false`: the machine is down. */
  readonly isUp?: boolean;
  /** Zones whose hosts cannot reach it. */
  readonly unreachableFrom?: readonly string[];
  /** `false`: AD Web Services (TCP 9389) do not answer, while LDAP does. */
  readonly hasWebServices?: boolean;
}

/** A user account that joins hosts or sets things up. */
export interface DirectoryAccountLayout {
  readonly userName: string;
  readonly password: string;
  readonly isDisabled?: boolean;
  readonly isPasswordExpired?: boolean;
  /** OUs in which it may create computers; all when absent. */
  readonly joinOUs?: readonly string[];
  /** Most computers that it may create (10 by default in AD for ordinary users); no bound when absent. */
  readonly computersMax?: number;
  /** Groups whose members it may change; all when absent. */
  readonly memberGroups?: readonly string[];
  /** May create gMSAs and change who reads their passwords. */
  readonly managesServiceAccounts?: boolean;
  /** OUs in which it may delete computers; all when absent. */
  readonly deletesComputersIn?: readonly string[];
  /** Objects whose ACL it may change, with everything below; none when absent. */
  readonly controls?: readonly string[];
}

export interface HostGroupLayout {
  readonly distinguishedName: string;
}

export interface ServiceAccountLayout {
  /** sAMAccountName with its trailing `$`; at most 15 characters before it. */
  readonly name: string;
  /** Groups whose members may retrieve the password. */
  readonly principalGroups: readonly string[];
  /** A policy took "Log on as a service" from it: the service does not start (error 1069). */
  readonly isServiceLogonDenied?: boolean;
  /** Groups that its token carries. */
  readonly memberOf?: readonly string[];
  /** Inheritance is off on its own object. */
  readonly isRestricted?: boolean;
}

/** A computer account that is there before any host of the world. */
export interface ComputerLayout {
  readonly name: string;
  readonly organizationalUnit: string;
  readonly creator: string;
  /** Something stands below it, so that it cannot be deleted alone. */
  readonly hasChildren?: boolean;
}

export interface DomainLayout {
  readonly dnsName: string;
  readonly netBIOSName: string;
  /** The tenant in which a person at a desktop registers hosts of this domain. */
  readonly tenantID: string;
  readonly controllers: readonly DomainControllerLayout[];
  readonly organizationalUnits: readonly string[];
  readonly hostGroups: readonly HostGroupLayout[];
  readonly accounts: readonly DirectoryAccountLayout[];
  readonly serviceAccounts: readonly ServiceAccountLayout[];
  readonly computers?: readonly ComputerLayout[];
  /** Hours since Add-KdsRootKey; absent: no key. It is usable 10 hours later. */
  readonly kdsRootKeyAgeHours?: number;
  /** Bad passwords after which an account is locked; 5 when absent. */
  readonly lockoutThreshold?: number;
  readonly access?: readonly AccessEntryLayout[];
  /** Objects with inheritance switched off. */
  readonly inheritanceCutOff?: readonly string[];
  readonly groups?: readonly GroupObjectLayout[];
  readonly users?: readonly UserObjectLayout[];
  /** Root domain of its forest; itself when absent. */
  readonly forest?: string;
  /** `false`: the schema is older than Windows Server 2016 and lacks msDS-ExternalDirectoryObjectId. */
  readonly hasAnchorAttribute?: boolean;
}

export interface DomainsLayout {
  readonly domains: readonly DomainLayout[];
}

/**
 * `corp.example.com` of `examples/`: one controller in each of two zones, a gMSA read through a host group. Beside it `managed.example.com`,
 * whose controllers Directory Service runs (section `directories`). Fictional.
 */
export const DEFAULT_DOMAINS: DomainsLayout = {
  domains: [
    {
      dnsName: "corp.example.com",
      netBIOSName: "CORP",
      tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
      controllers: [
        { name: "dc1.corp.example.com", address: "10.0.1.10", availabilityZone: "ap-northeast-1a" },
        { name: "dc2.corp.example.com", address: "10.0.2.10", availabilityZone: "ap-northeast-1c" },
      ],
      organizationalUnits: [
        "OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com",
        "OU=EntraGroups,DC=corp,DC=example,DC=com",
      ],
      hostGroups: [{ distinguishedName: "CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com" }],
      accounts: [
        { userName: "svc-join", password: "world-join-password" },
        {
          userName: "svc-setup",
          password: "world-setup-password",
          managesServiceAccounts: true,
          controls: ["DC=corp,DC=example,DC=com"],
        },
        {
          userName: "svc-leave",
          password: "world-leave-password",
          joinOUs: [],
          memberGroups: ["CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com"],
          deletesComputersIn: ["OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com"],
        },
      ],
      serviceAccounts: [
        {
          name: "gmsaCloudSync$",
          principalGroups: ["CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com"],
        },
      ],
      kdsRootKeyAgeHours: 1_000,
    },
    {
      dnsName: "managed.example.com",
      netBIOSName: "MANAGED",
      tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
      controllers: [
        { name: "win-90670a1b01.managed.example.com", address: "10.0.3.10", availabilityZone: "ap-northeast-1a" },
        { name: "win-90670a1b02.managed.example.com", address: "10.0.4.10", availabilityZone: "ap-northeast-1c" },
      ],
      // Customers of AWS Managed Microsoft AD own what is below the unit of the NetBIOS name (Directory Service Administration Guide, "What gets created").
      organizationalUnits: [
        "OU=CloudSync,OU=Computers,OU=MANAGED,DC=managed,DC=example,DC=com",
        "OU=EntraGroups,OU=MANAGED,DC=managed,DC=example,DC=com",
      ],
      hostGroups: [{ distinguishedName: "CN=CloudSyncHosts,OU=CloudSync,OU=MANAGED,DC=managed,DC=example,DC=com" }],
      accounts: [
        { userName: "svc-join", password: "world-managed-join-password" },
        {
          userName: "Admin",
          password: "world-managed-admin-password",
          managesServiceAccounts: true,
          // Nobody but AWS has the root.
          controls: ["OU=MANAGED,DC=managed,DC=example,DC=com"],
        },
      ],
      serviceAccounts: [
        {
          name: "gmsaCloudSync$",
          principalGroups: ["CN=CloudSyncHosts,OU=CloudSync,OU=MANAGED,DC=managed,DC=example,DC=com"],
        },
      ],
      kdsRootKeyAgeHours: 1_000,
    },
  ],
};

/** The same, as an administrator has prepared them for provisioning: the gMSA may create, delete and write groups in OU=EntraGroups, and nothing else. */
export const PROVISIONED_DOMAINS: DomainsLayout = {
  domains: DEFAULT_DOMAINS.domains.map((domain) => ({ ...domain, access: groupRights(domain) })),
};

function groupRights({ organizationalUnits, serviceAccounts }: DomainLayout): readonly AccessEntryLayout[] {
  const containers = organizationalUnits.filter((unit) => unit.startsWith("OU=EntraGroups,"));
  const rights = ["CreateGroups", "DeleteGroups", "WriteGroups"] as const;
  return containers.flatMap((distinguishedName) =>
    serviceAccounts.flatMap(({ name: trustee }) =>
      rights.map((right) => ({ distinguishedName, trustee, kind: "Allow" as const, right })),
    ),
  );
}
