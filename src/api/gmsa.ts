/**
 * The group managed service account of a domain, as declared.
 * Guarantees: a name that AD would cut, and a set-up without the credential that it needs, are refused at apply.
 */
import { distinguishedName, gmsaName, secretARN } from "./formats.ts";
import { defaulted, object, optional, setList, words } from "./schema.ts";

export const GMSA_MODES = ["Existing", "Create", "AgentDefault"] as const;
export type GmsaMode = (typeof GMSA_MODES)[number];

/** A secret that hosts read; the operator only passes its name on (S9). */
export const secretReference = (description: string) =>
  object(description, {
    secretARN: secretARN("ARN of the Secrets Manager secret; read on the host, never by the operator."),
  });

const permissions = defaulted("Rights of the gMSA in the directory.", {
  mode: words("Verify: check and report. Grant: set what is missing, with the setup credential.", [
    "Verify",
    "Grant",
  ]).default("Verify"),
  scope: words("Where the rights stand.", ["OrganizationalUnits", "DomainRoot"]).default("OrganizationalUnits"),
  types: optional(
    setList(
      "Permission types of Set-AADCloudSyncPermissions; absent: what the domain's configurations need.",
      words("A permission type.", [
        "BasicRead",
        "PasswordHashSync",
        "PasswordWriteBack",
        "HybridExchangePermissions",
        "ExchangeMailPublicFolderPermissions",
        "UserGroupCreateDelete",
        "All",
      ]),
      { max: 7 },
    ),
  ),
});

export const gmsa = object(
  "The group managed service account under which agents run.",
  {
    mode: words(
      "Existing: made by an administrator. Create: made by the first host. AgentDefault: made by the agent.",
      GMSA_MODES,
    ).default("Existing"),
    name: optional(gmsaName("sAMAccountName with its $.")),
    hostGroup: optional(
      distinguishedName(
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
