/**
 * The group managed service account of a domain, as declared.
 * Guarantees: a name that AD would cut, and a set-up without the credential that it needs, are refused at apply.
 */
import { nameBelowRoot, gmsaName, secretARN } from "./formats.ts";
import { defaulted, flag, object, optional, setList, words } from "./schema.ts";

export const GMSA_MODES = ["Existing", "Create", "AgentDefault"] as const;
export type GmsaMode = (typeof GMSA_MODES)[number];

/** A secret that hosts read; the operator only passes its name on (S9). */
export const secretReference = (description: string) =>
  object(description, {
    secretARN: secretARN("ARN of the Secrets Manager secret; read on the host, never by the operator."),
  });

export const PERMISSION_MODES = ["Verify", "Grant"] as const;
export const PERMISSION_SCOPES = ["OrganizationalUnits", "DomainRoot"] as const;

/** Values of -PermissionType (agent-host reference, 5.1). */
export const permissionTypes = (description: string) =>
  setList(
    description,
    words("A permission type.", [
      "BasicRead",
      "PasswordHashSync",
      "PasswordWriteBack",
      "HybridExchangePermissions",
      "ExchangeMailPublicFolderPermissions",
      "UserGroupCreateDelete",
      "All",
    ]),
    { max: 7, min: 1 },
  );

const permissions = defaulted(
  "Rights of the gMSA in the directory, looked at by each host once it is Configured and after each update of its agent.",
  {
    mode: words(
      "Verify: check and report. Grant: a host that is being set up adds what is missing, with the setup credential.",
      PERMISSION_MODES,
    ).default("Verify"),
    scope: words(
      "OrganizationalUnits: create, delete and write groups in provisioningContainers, nothing else. DomainRoot: rights of types at the domain's root, by the vendor's cmdlet.",
      PERMISSION_SCOPES,
    ).default("OrganizationalUnits"),
    types: optional(permissionTypes("Permission types of Set-AADCloudSyncPermissions, for scope DomainRoot.")),
    restrictAccount: flag(
      "Whether Set-AADCloudSyncRestrictedPermissions hardens the gMSA object itself: inheritance off, only Domain and Enterprise Admins may change it afterwards.",
    ).default(false),
  },
  [
    {
      rule: "(self.scope == 'DomainRoot') == has(self.types)",
      message:
        "set types together with scope DomainRoot, and leave them out otherwise: rights at the root of a domain are never guessed",
    },
    {
      rule: "!self.restrictAccount || self.mode == 'Grant'",
      message: "restrictAccount changes the gMSA object: set mode to Grant, or leave it out",
    },
  ],
);

export const gmsa = object(
  "The group managed service account under which agents run.",
  {
    mode: words(
      "Existing: made by an administrator. Create: made by the first host. AgentDefault: made by the agent.",
      GMSA_MODES,
    ).default("Existing"),
    name: optional(gmsaName("sAMAccountName with its $.")),
    hostGroup: optional(
      nameBelowRoot(
        "Group whose members may read the gMSA's password; hosts are added to it before the reboot that follows the join.",
      ),
    ),
    permissions,
    setupCredential: optional(secretReference("The account that makes the gMSA or sets its rights.")),
  },
  [
    {
      rule: "(self.mode == 'AgentDefault') != has(self.name)",
      message: "set name unless mode is AgentDefault, where the agent chooses it",
    },
    {
      rule: "self.mode != 'Create' || has(self.hostGroup)",
      message: "mode Create needs hostGroup: the group that may read the new gMSA's password",
    },
    {
      rule: "has(self.setupCredential) || (self.mode == 'Existing' && self.permissions.mode == 'Verify')",
      message: "set setupCredential: modes Create and AgentDefault and permissions.mode Grant write to the directory",
    },
  ],
);
