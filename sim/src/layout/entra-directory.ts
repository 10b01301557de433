/** The directory of a tenant: people, groups, registered applications, licences. Data only. */
export interface UserLayout {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly userType?: "Member" | "Guest";
  readonly accountEnabled?: boolean;
  /** A user that is synchronized from AD. */
  readonly onPremises?: {
    /** AD's objectGUID. */
    readonly objectIdentifier: string;
    readonly distinguishedName: string;
    readonly domainName: string;
    readonly samAccountName: string;
  };
}

export interface GroupLayout {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string;
  /** `true` when absent. */
  readonly securityEnabled?: boolean;
  readonly mailEnabled?: boolean;
  /** A Microsoft 365 group, or one with a membership rule. */
  readonly groupTypes?: readonly ("Unified" | "DynamicMembership")[];
  /** Synchronized from AD: owned there. */
  readonly isSyncedFromAD?: boolean;
  readonly visibility?: "Public" | "Private" | "HiddenMembership";
  /** Ids of users, groups and devices. */
  readonly memberIDs?: readonly string[];
}

export interface ApplicationLayout {
  readonly displayName: string;
  readonly appID: string;
  readonly applicationID: string;
  readonly servicePrincipalID: string;
  /** Application permissions of Microsoft Graph that were consented to, by name. */
  readonly roles: readonly string[];
  readonly secrets?: readonly { readonly text: string; readonly expiresAt?: string }[];
  /** PEM. */
  readonly certificates?: readonly string[];
  readonly federated?: readonly {
    readonly issuer: string;
    readonly subject: string;
    readonly audience: string;
  }[];
}

export interface SkuLayout {
  readonly skuPartNumber: string;
  readonly enabledUnits: number;
  readonly consumedUnits?: number;
  readonly servicePlanNames: readonly string[];
  readonly capabilityStatus?: "Enabled" | "Warning" | "Suspended";
}

export interface AdministrativeUnitLayout {
  readonly id: string;
  readonly displayName: string;
  readonly memberIDs: readonly string[];
  readonly visibility?: "Public" | "HiddenMembership";
}

export interface EntraDirectoryLayout {
  readonly users: readonly UserLayout[];
  readonly groups: readonly GroupLayout[];
  readonly devices?: readonly { readonly id: string; readonly displayName: string }[];
  readonly applications: readonly ApplicationLayout[];
  readonly skus: readonly SkuLayout[];
  readonly administrativeUnits?: readonly AdministrativeUnitLayout[];
  /** Verified domain names; the first is the default. */
  readonly domains: readonly string[];
  /** Whether deleted security groups can be restored: the vendor's pages say no, a community script does it (entra-graph reference, 16). `true` when absent. */
  readonly restoresSecurityGroups?: boolean;
  /** Public keys of issuers of federated tokens, PEM, by issuer. An issuer without keys is taken at its word. */
  readonly issuerKeys?: Readonly<Record<string, readonly string[]>>;
}

const CORP = "DC=corp,DC=example,DC=com";

function synced(number: number, name: string, samAccountName: string): UserLayout {
  const digits = String(number).padStart(12, "0");
  return {
    id: `0e5e7000-0000-4000-8000-${digits}`,
    displayName: name,
    userPrincipalName: `${samAccountName}@contoso.example`,
    onPremises: {
      objectIdentifier: `ad900000-0000-4000-8000-${digits}`,
      distinguishedName: `CN=${name},OU=People,${CORP}`,
      domainName: "corp.example.com",
      samAccountName,
    },
  };
}

function group(number: number, displayName: string, rest: Omit<GroupLayout, "id" | "displayName"> = {}): GroupLayout {
  return { id: `96009000-0000-4000-8000-${String(number).padStart(12, "0")}`, displayName, ...rest };
}

const AIKO = synced(1, "Aiko Mori", "aiko");
const BEN = synced(2, "Ben Okafor", "ben");
const CHEN = synced(3, "Chen Li", "chen");
const CLOUD_ONLY: UserLayout = {
  id: "0e5e7000-0000-4000-8000-000000000004",
  displayName: "Dana Cloud",
  userPrincipalName: "dana@contoso.example",
};
const GUEST: UserLayout = {
  id: "0e5e7000-0000-4000-8000-000000000005",
  displayName: "Eve Guest",
  userPrincipalName: "eve_fabrikam.example#EXT#@contoso.example",
  userType: "Guest",
};
const ENGINEERING = group(2, "AD-Engineering", { memberIDs: [BEN.id, CHEN.id, CLOUD_ONLY.id] });

/** Issuer of service account tokens where nobody sets another (kube-apiserver's own default of this project's control plane). */
const CLUSTER_ISSUER = "https://kubernetes.default.svc";

/** What the operator's configuration identity may do: the least set of entra-graph reference, 13. */
const CONFIGURATION_ROLES = [
  "Application.ReadWrite.OwnedBy",
  "Application.Read.All",
  "Synchronization.ReadWrite.All",
  "GroupMember.Read.All",
  "User.Read.All",
  "ProvisioningLog.Read.All",
  "LicenseAssignment.Read.All",
  "AdministrativeUnit.Read.All",
];
/** What the identity that writes scope may do. */
const SCOPE_ROLES = ["AppRoleAssignment.ReadWrite.All", "Application.Read.All", "GroupMember.Read.All"];

/** The directory behind `examples/`. Fictional. */
export const DEFAULT_ENTRA_DIRECTORY: EntraDirectoryLayout = {
  users: [AIKO, BEN, CHEN, CLOUD_ONLY, GUEST],
  groups: [
    group(1, "AD-Sales", { memberIDs: [AIKO.id, BEN.id], description: "Sales, provisioned to AD" }),
    ENGINEERING,
    group(3, "AD-Canary", { memberIDs: [AIKO.id] }),
    group(4, "AD-Everyone", { memberIDs: [ENGINEERING.id, AIKO.id] }),
    group(5, "Marketing Team", {
      securityEnabled: false,
      mailEnabled: true,
      groupTypes: ["Unified"],
      memberIDs: [AIKO.id],
    }),
    group(6, "Owned by AD", { isSyncedFromAD: true, memberIDs: [AIKO.id] }),
    group(7, "AD-Dynamic", { groupTypes: ["DynamicMembership"], memberIDs: [CHEN.id] }),
    group(8, "Hidden Members", { visibility: "HiddenMembership", memberIDs: [CHEN.id] }),
  ],
  applications: [
    {
      displayName: "cloudsync-operator",
      appID: "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10",
      applicationID: "a9900000-0000-4000-8000-000000000001",
      servicePrincipalID: "5e900000-0000-4000-8000-000000000001",
      roles: CONFIGURATION_ROLES,
      secrets: [{ text: "world-operator-secret" }],
      federated: [
        {
          issuer: CLUSTER_ISSUER,
          subject: "system:serviceaccount:identity:entra-configuration",
          audience: "api://AzureADTokenExchange",
        },
      ],
    },
    {
      displayName: "cloudsync-scope",
      appID: "3d1f7a64-08c5-4a0e-9b1d-6d0f2f9a4c21",
      applicationID: "a9900000-0000-4000-8000-000000000002",
      servicePrincipalID: "5e900000-0000-4000-8000-000000000002",
      roles: SCOPE_ROLES,
      secrets: [{ text: "world-scope-secret" }],
      federated: [
        {
          issuer: CLUSTER_ISSUER,
          subject: "system:serviceaccount:identity:entra-scope",
          audience: "api://AzureADTokenExchange",
        },
      ],
    },
  ],
  skus: [
    {
      skuPartNumber: "AAD_PREMIUM",
      enabledUnits: 100,
      consumedUnits: 40,
      servicePlanNames: ["AAD_PREMIUM", "MFA_PREMIUM"],
    },
  ],
  administrativeUnits: [
    {
      id: "a0000000-0000-4000-8000-000000000001",
      displayName: "Sales groups",
      memberIDs: ["96009000-0000-4000-8000-000000000001", AIKO.id],
    },
  ],
  domains: ["contoso.example", "contoso.onmicrosoft.example"],
};
