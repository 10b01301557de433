/**
 * Which application permissions the declared objects need, from least to most: the table of entra-graph reference, section 13, as data.
 * Guarantees: nothing is asked for that nothing declared needs; each need says what stops without it.
 * Never: asks for Directory.ReadWrite.All, or for more than the first permission of a row; wider ones are accepted where somebody granted them.
 */
import type { DeclaredConfiguration } from "./snapshot.ts";

export type TenantIdentity = "Credential" | "ScopeCredential";

export interface PermissionNeed {
  /** The least permission; what a person is asked to grant. */
  readonly permission: string;
  /** Permissions that do as well, each alone, or together where a row has several. */
  readonly orElse: readonly (readonly string[])[];
  /** Configurations whose application the caller must own for `Application.ReadWrite.OwnedBy` to do as well; absent: it does not. */
  readonly orOwned?: DeclaredConfiguration;
  readonly identity: TenantIdentity;
  readonly stops: string;
  /** Without it something stays unknown; nothing stops. */
  readonly isAdvisory?: boolean;
}

export const OWNED_BY = "Application.ReadWrite.OwnedBy";
const DIRECTORY_READ = "Directory.Read.All";

/** @param scopeWriter which identity writes assignments; `undefined`: nobody, scopes only plan */
export function permissionNeeds(
  configurations: readonly DeclaredConfiguration[],
  scopeWriter: TenantIdentity | undefined,
): readonly PermissionNeed[] {
  // The other connectors are not served by this version (docs): asking for their rights would be asking for more than is used.
  const served = configurations.filter(({ connector }) => connector === "EntraToAD");
  const [anyConfiguration] = served;
  if (anyConfiguration === undefined) return [];
  return [
    FIND,
    ...served.flatMap(configurationNeeds),
    ...when(
      served.some(({ hasScopes, hasTests }) => hasScopes || hasTests),
      [READ_GROUPS, READ_MEMBERS],
    ),
    ...when(
      served.some(({ hasAdministrativeUnits }) => hasAdministrativeUnits),
      [READ_UNITS],
    ),
    ...when(
      scopeWriter !== undefined && served.some(({ hasScopes, isEnforced }) => hasScopes && isEnforced),
      scopeWriter === undefined ? [] : assignmentNeeds(scopeWriter),
    ),
    READ_LOG,
    READ_LICENCES,
  ];
}

// OwnedBy suffices for lists of applications and service principals (x-permissions of the OpenAPI extract, GET /servicePrincipals).
const FIND: PermissionNeed = {
  permission: "Application.Read.All",
  orElse: [[OWNED_BY], ["Application.ReadWrite.All"], [DIRECTORY_READ]],
  identity: "Credential",
  stops: "finding configurations and reading assignments",
};
const READ_GROUPS: PermissionNeed = {
  permission: "GroupMember.Read.All",
  orElse: [
    ["Group.Read.All"],
    ["Group.ReadBasic.All", "GroupMember.ReadBasic.All"],
    ["Group.ReadWrite.All"],
    [DIRECTORY_READ],
  ],
  identity: "Credential",
  stops: "resolving groups of scopes and tests",
};
const READ_MEMBERS: PermissionNeed = {
  permission: "User.Read.All",
  orElse: [["User.ReadWrite.All"], [DIRECTORY_READ]],
  identity: "Credential",
  stops: "telling which members have an AD account (they stay unknown)",
  isAdvisory: true,
};
const READ_UNITS: PermissionNeed = {
  permission: "AdministrativeUnit.Read.All",
  orElse: [["AdministrativeUnit.ReadWrite.All"], [DIRECTORY_READ]],
  identity: "Credential",
  stops: "consent to groups by administrative unit",
};
const READ_LOG: PermissionNeed = {
  permission: "ProvisioningLog.Read.All",
  orElse: [["AuditLog.Read.All"], [DIRECTORY_READ]],
  identity: "Credential",
  stops: "listing held-back deletions (none can be approved)",
  isAdvisory: true,
};
const READ_LICENCES: PermissionNeed = {
  permission: "LicenseAssignment.Read.All",
  orElse: [["Organization.Read.All"], ["Organization.ReadWrite.All"], [DIRECTORY_READ]],
  identity: "Credential",
  stops: "telling whether the licences are there",
  isAdvisory: true,
};

function configurationNeeds(configuration: DeclaredConfiguration): readonly PermissionNeed[] {
  const { path, isEnforced, isAdopted, isDeletedOutside, servicePrincipalID } = configuration;
  const exists = servicePrincipalID !== undefined || isAdopted;
  const identity: TenantIdentity = "Credential";
  return [
    ...when(exists && !isEnforced, [
      {
        permission: "Synchronization.Read.All",
        orElse: [["Synchronization.ReadWrite.All"]],
        orOwned: configuration,
        identity,
        stops: `reading job, schema and secrets of ${path}`,
      },
    ]),
    ...when(isEnforced && !exists, [
      {
        permission: OWNED_BY,
        orElse: [["Application.ReadWrite.All", "Synchronization.ReadWrite.All"]],
        identity,
        stops: `creating ${path}`,
      },
    ]),
    ...when(isEnforced && exists, [
      {
        permission: "Synchronization.ReadWrite.All",
        orElse: [],
        orOwned: configuration,
        identity,
        stops: `changing, testing and starting ${path}`,
      },
    ]),
    ...when(isEnforced && exists && isDeletedOutside, [
      {
        permission: "Application.ReadWrite.All",
        orElse: [],
        orOwned: configuration,
        identity,
        stops: `deleting the application of ${path}`,
      },
    ]),
  ];
}

/** POST needs both, DELETE the first (entra-graph reference, 3.1). */
function assignmentNeeds(identity: TenantIdentity): readonly PermissionNeed[] {
  const stops = "writing assignments: scopes only plan";
  return [
    { permission: "AppRoleAssignment.ReadWrite.All", orElse: [], identity, stops },
    {
      permission: "Application.Read.All",
      orElse: [["Application.ReadWrite.All"], [DIRECTORY_READ]],
      identity,
      stops,
    },
  ];
}

function when<Item>(isWanted: boolean, items: readonly Item[]): readonly Item[] {
  return isWanted ? items : [];
}
