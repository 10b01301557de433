/**
 * Rights in a domain, as a layout gives them. Data only.
 * A right is named by what it allows on which objects (agent-host reference, 6.3); the same names stand in findings of the Permissions step.
 */
export const ACCESS_RIGHTS = [
  "CreateGroups",
  "DeleteGroups",
  "WriteGroups",
  "CreateUsers",
  "DeleteUsers",
  "WriteUsers",
  "WriteInetOrgPersons",
  "WriteContacts",
  "ReadUsers",
  "ReadInetOrgPersons",
  "ReadComputers",
  "ReadDevices",
  "ReadContacts",
  "ReadForeignSecurityPrincipals",
  "ReadGroups",
  "ReadPublicFolders",
  "ReplicatingDirectoryChanges",
  "ReplicatingDirectoryChangesAll",
  "ResetPassword",
  "WriteLockoutTime",
  "WritePwdLastSet",
  "UnexpirePassword",
] as const;
export type AccessRight = (typeof ACCESS_RIGHTS)[number];

/** One entry of an object's ACL; it reaches what lies below the object unless `isInheritable` is false. */
export interface AccessEntryLayout {
  readonly distinguishedName: string;
  /** sAMAccountName of the account or group. */
  readonly trustee: string;
  readonly kind: "Allow" | "Deny";
  readonly right: AccessRight;
  readonly isInheritable?: boolean;
}
