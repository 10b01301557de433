/** Fills a directory from its layout, as people and setup scripts did before the world began. */
import { X509Certificate } from "node:crypto";

import type { ApplicationLayout, EntraDirectoryLayout, GroupLayout, UserLayout } from "../layout/entra-directory.ts";
import type { EntraDirectory } from "./directory.ts";
import type { AppRole, CertificateCredential, DirectoryGroup, DirectoryUser, SubscribedSku } from "./objects.ts";
import { GRAPH_APP_ID, PERMISSION_NAMES, permissionID } from "./permissions.ts";

/** A credential of a layout without an end lasts so long: longer than any run. */
const FOREVER_MS = Date.UTC(2100, 0, 1);

export function fillDirectory(
  directory: EntraDirectory,
  layout: EntraDirectoryLayout | undefined,
  nowMs: number,
): void {
  addMicrosoftGraph(directory, layout?.applications ?? [], nowMs);
  if (layout === undefined) return;
  for (const user of layout.users) directory.create(userOf(user, nowMs));
  for (const { id, displayName } of layout.devices ?? [])
    directory.create({ kind: "device", id, displayName, onPremisesSyncEnabled: null });
  for (const group of layout.groups) directory.create(groupOf(group, nowMs));
  for (const { id, memberIDs = [] } of layout.groups)
    for (const memberID of memberIDs) directory.addMember(id, memberID);
  for (const { id, displayName, memberIDs, visibility } of layout.administrativeUnits ?? [])
    directory.create({
      kind: "administrativeUnit",
      id,
      displayName,
      description: null,
      visibility: visibility ?? null,
      memberIds: memberIDs,
    });
  for (const application of layout.applications) addApplication(directory, application, nowMs);
  directory.subscribedSkus = layout.skus.map((sku): SubscribedSku => {
    const { skuPartNumber, enabledUnits, consumedUnits = 0, servicePlanNames, capabilityStatus = "Enabled" } = sku;
    return {
      skuId: permissionID(`sku ${skuPartNumber}`),
      skuPartNumber,
      capabilityStatus,
      enabledUnits,
      consumedUnits,
      servicePlans: servicePlanNames.map((servicePlanName) => ({
        servicePlanId: permissionID(`plan ${servicePlanName}`),
        servicePlanName,
        provisioningStatus: "Success",
        appliesTo: "User",
      })),
    };
  });
}

export function userOf(layout: UserLayout, nowMs: number): DirectoryUser {
  const { onPremises } = layout;
  return {
    kind: "user",
    id: layout.id,
    displayName: layout.displayName,
    userPrincipalName: layout.userPrincipalName,
    userType: layout.userType ?? "Member",
    accountEnabled: layout.accountEnabled ?? true,
    mail: layout.userPrincipalName,
    onPremisesSyncEnabled: onPremises === undefined ? null : true,
    onPremisesObjectIdentifier: onPremises?.objectIdentifier ?? null,
    onPremisesDistinguishedName: onPremises?.distinguishedName ?? null,
    onPremisesDomainName: onPremises?.domainName ?? null,
    onPremisesSamAccountName: onPremises?.samAccountName ?? null,
    onPremisesUserPrincipalName: onPremises === undefined ? null : layout.userPrincipalName,
    onPremisesImmutableId: onPremises?.objectIdentifier ?? null,
    createdMs: nowMs,
  };
}

export function groupOf(layout: GroupLayout, nowMs: number): DirectoryGroup {
  const { displayName, mailEnabled = false, isSyncedFromAD = false } = layout;
  const mailNickname = displayName.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase() || "group";
  return {
    kind: "group",
    id: layout.id,
    displayName,
    description: layout.description ?? null,
    securityEnabled: layout.securityEnabled ?? true,
    mailEnabled,
    mail: mailEnabled ? `${mailNickname}@contoso.example` : null,
    mailNickname,
    groupTypes: layout.groupTypes ?? [],
    onPremisesSyncEnabled: isSyncedFromAD ? true : null,
    isCloudManaged: false,
    visibility: layout.visibility ?? null,
    isAssignableToRole: null,
    extensions: {},
    createdMs: nowMs,
  };
}

/** The service principal of Microsoft Graph with every permission as a role, so that consent is an assignment like any other. */
function addMicrosoftGraph(directory: EntraDirectory, applications: readonly ApplicationLayout[], nowMs: number): void {
  const names = new Set([...PERMISSION_NAMES, ...applications.flatMap(({ roles }) => roles)]);
  const appRoles = [...names].map((name): AppRole => ({
    id: permissionID(name),
    displayName: name,
    description: name,
    value: name,
    isEnabled: true,
    allowedMemberTypes: ["Application"],
  }));
  directory.create({
    kind: "servicePrincipal",
    id: directory.newID(),
    appId: GRAPH_APP_ID,
    displayName: "Microsoft Graph",
    applicationTemplateId: null,
    accountEnabled: true,
    appRoles,
    ownerIds: [],
    tags: [],
    createdMs: nowMs,
  });
}

function addApplication(directory: EntraDirectory, layout: ApplicationLayout, nowMs: number): void {
  const { displayName, appID, applicationID, servicePrincipalID, secrets = [], certificates = [] } = layout;
  directory.create({
    kind: "application",
    id: applicationID,
    appId: appID,
    displayName,
    applicationTemplateId: null,
    identifierUris: [],
    appRoles: [],
    ownerIds: [],
    secrets: secrets.map(({ text, expiresAt }) => ({
      keyId: directory.newID(),
      displayName: null,
      secretText: text,
      startMs: nowMs,
      endMs: expiresAt === undefined ? FOREVER_MS : Date.parse(expiresAt),
    })),
    certificates: certificates.map((certificate) => certificateCredential(directory.newID(), certificate)),
    federatedCredentials: (layout.federated ?? []).map(({ issuer, subject, audience }, index) => ({
      id: directory.newID(),
      name: `federated-${index + 1}`,
      issuer,
      subject,
      audiences: [audience],
      description: null,
    })),
    extensionProperties: [],
    createdMs: nowMs,
  });
  directory.create({
    kind: "servicePrincipal",
    id: servicePrincipalID,
    appId: appID,
    displayName,
    applicationTemplateId: null,
    accountEnabled: true,
    appRoles: [],
    ownerIds: [],
    tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
    createdMs: nowMs,
  });
  grantRoles(directory, servicePrincipalID, layout.roles);
}

/** @throws Error when the text is no certificate */
export function certificateCredential(keyId: string, certificate: string): CertificateCredential {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { keyId, displayName: null, certificate, startMs: validFromDate.getTime(), endMs: validToDate.getTime() };
}

/** Administrator consent to application permissions. @throws DirectoryRefusal for a permission that Graph does not have here */
export function grantRoles(directory: EntraDirectory, servicePrincipalID: string, names: readonly string[]): void {
  const graph = directory.servicePrincipalOfApp(GRAPH_APP_ID);
  if (graph === undefined) throw new Error("a directory without Microsoft Graph");
  for (const name of names)
    directory.assign({ principalId: servicePrincipalID, resourceId: graph.id, appRoleId: permissionID(name) });
}

/** The administrator takes consent back; tokens that were issued before keep what they say. What was not granted stays so. */
export function withdrawRoles(directory: EntraDirectory, servicePrincipalID: string, names: readonly string[]): void {
  const graph = directory.servicePrincipalOfApp(GRAPH_APP_ID);
  const ids = new Set(names.map(permissionID));
  for (const { id, appRoleId, resourceId } of directory.assignmentsOf(servicePrincipalID))
    if (resourceId === graph?.id && ids.has(appRoleId)) directory.unassign(id);
}
