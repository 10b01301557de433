/** Which rights each permission type means (agent-host reference, 6.3; entra-docs, how-to-gmsa-cmdlets). Data and pure look-ups. */
import type { AccessRight } from "../../layout/access.ts";

/** The product's own default, on the provisioning containers only: group objects, and nothing else. */
export const CONTAINER_RIGHTS: readonly AccessRight[] = ["CreateGroups", "DeleteGroups", "WriteGroups"];

const TYPE_RIGHTS = {
  BasicRead: [
    "ReadUsers",
    "ReadInetOrgPersons",
    "ReadComputers",
    "ReadDevices",
    "ReadContacts",
    "ReadForeignSecurityPrincipals",
    "ReadGroups",
  ],
  PasswordHashSync: ["ReplicatingDirectoryChanges", "ReplicatingDirectoryChangesAll"],
  PasswordWriteBack: ["ResetPassword", "WriteLockoutTime", "WritePwdLastSet", "UnexpirePassword"],
  HybridExchangePermissions: ["WriteUsers", "WriteInetOrgPersons", "WriteGroups", "WriteContacts"],
  ExchangeMailPublicFolderPermissions: ["ReadPublicFolders"],
  UserGroupCreateDelete: ["CreateUsers", "DeleteUsers", "WriteUsers", "CreateGroups", "DeleteGroups", "WriteGroups"],
} as const satisfies Readonly<Record<string, readonly AccessRight[]>>;
type SingleType = keyof typeof TYPE_RIGHTS;

/** @param types the comma-separated parameter; `All` stands for every other one */
export function rightsOfTypes(types: string): readonly AccessRight[] {
  const named = types === "" ? [] : types.split(",");
  const all = Object.keys(TYPE_RIGHTS).filter(isSingleType);
  const wanted = named.includes("All") ? all : all.filter((type) => named.includes(type));
  return [...new Set(wanted.flatMap((type) => TYPE_RIGHTS[type]))];
}

function isSingleType(name: string): name is SingleType {
  return Object.hasOwn(TYPE_RIGHTS, name);
}
