/**
 * The AD side of synced users: a user that came from AD has its account there.
 * Guarantees: every user with an `onPremisesObjectIdentifier` of a domain of this world is an account of that domain, from the moment it appears in Entra;
 * an account that somebody deletes in AD stays deleted until the user changes.
 */
import type { Domain } from "../ad/domain.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import type { DirectoryUser } from "../entra/objects.ts";

export function followAccounts(directory: EntraDirectory, domains: ReadonlyMap<string, Domain>): void {
  for (const { value } of directory.list("user")) place(value, domains);
  directory.journal.subscribe((change) => {
    if (change.kind !== "created" && change.kind !== "updated") return;
    const user = directory.get("user", change.id);
    if (user !== undefined) place(user, domains);
  });
}

function place(user: DirectoryUser, domains: ReadonlyMap<string, Domain>): void {
  const { onPremisesObjectIdentifier: objectGUID, onPremisesDomainName: dnsName } = user;
  const domain = domains.get(dnsName?.toLowerCase() ?? "");
  if (objectGUID === null || domain === undefined) return;
  const distinguishedName = user.onPremisesDistinguishedName ?? `CN=${user.displayName},CN=Users,${domain.root}`;
  domain.addUser({ objectGUID, distinguishedName });
}
