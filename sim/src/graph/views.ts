/**
 * Directory objects as Graph shows them.
 * Guarantees: every property that the world knows is there, null where it has no value; a member of a kind that the caller may not read has its type and id and
 * nothing else (G1, include limited-info; entra-graph reference, 13). Secrets are never shown. Pure.
 */
import type {
  AppRoleAssignment,
  DirectoryApplication,
  DirectoryGroup,
  DirectoryObject,
  DirectoryServicePrincipal,
  DirectoryUser,
} from "../entra/objects.ts";
import type { Entity } from "./odata/filter.ts";
import type { GraphCaller } from "./operation.ts";

export function dateTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.000Z$/, "Z");
}

export function userView(user: DirectoryUser): Entity {
  const { kind: _kind, createdMs, deletedMs, ...rest } = user;
  const isSynced = user.onPremisesSyncEnabled === true;
  return {
    "@odata.type": "#microsoft.graph.user",
    ...rest,
    businessPhones: [],
    givenName: null,
    surname: null,
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    createdDateTime: dateTime(createdMs),
    deletedDateTime: deletedMs === undefined ? null : dateTime(deletedMs),
    onPremisesLastSyncDateTime: isSynced ? dateTime(createdMs) : null,
    onPremisesSecurityIdentifier: null,
  };
}

export function groupView(group: DirectoryGroup): Entity {
  const { kind: _kind, createdMs, deletedMs, extensions, isCloudManaged: _state, ...rest } = group;
  return {
    "@odata.type": "#microsoft.graph.group",
    ...rest,
    ...extensions,
    createdDateTime: dateTime(createdMs),
    deletedDateTime: deletedMs === undefined ? null : dateTime(deletedMs),
    membershipRule: group.groupTypes.includes("DynamicMembership") ? "(user.accountEnabled -eq true)" : null,
    onPremisesLastSyncDateTime: group.onPremisesSyncEnabled === true ? dateTime(createdMs) : null,
    onPremisesDomainName: null,
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    proxyAddresses: [],
  };
}

export function applicationView(application: DirectoryApplication): Entity {
  const { id, appId, displayName, applicationTemplateId, identifierUris, appRoles, createdMs } = application;
  return {
    "@odata.type": "#microsoft.graph.application",
    id,
    appId,
    displayName,
    applicationTemplateId,
    identifierUris,
    appRoles,
    signInAudience: "AzureADMyOrg",
    tags: [],
    createdDateTime: dateTime(createdMs),
    deletedDateTime: application.deletedMs === undefined ? null : dateTime(application.deletedMs),
    passwordCredentials: application.secrets.map(({ keyId, displayName: name, secretText, startMs, endMs }) => ({
      keyId,
      displayName: name,
      hint: secretText.slice(0, 3),
      secretText: null,
      startDateTime: dateTime(startMs),
      endDateTime: dateTime(endMs),
    })),
    keyCredentials: application.certificates.map(({ keyId, displayName: name, startMs, endMs }) => ({
      keyId,
      displayName: name,
      type: "AsymmetricX509Cert",
      usage: "Verify",
      key: null,
      startDateTime: dateTime(startMs),
      endDateTime: dateTime(endMs),
    })),
  };
}

export function servicePrincipalView(servicePrincipal: DirectoryServicePrincipal): Entity {
  const { kind: _kind, createdMs: _created, deletedMs, ownerIds: _owners, ...rest } = servicePrincipal;
  return {
    "@odata.type": "#microsoft.graph.servicePrincipal",
    ...rest,
    appDisplayName: servicePrincipal.displayName,
    appRoleAssignmentRequired: false,
    servicePrincipalType: "Application",
    deletedDateTime: deletedMs === undefined ? null : dateTime(deletedMs),
    servicePrincipalNames: [servicePrincipal.appId],
  };
}

export function assignmentView({ createdMs, ...rest }: AppRoleAssignment): Entity {
  return { ...rest, createdDateTime: dateTime(createdMs), deletedDateTime: null };
}

export function objectView(object: DirectoryObject): Entity {
  switch (object.kind) {
    case "user":
      return userView(object);
    case "group":
      return groupView(object);
    case "application":
      return applicationView(object);
    case "servicePrincipal":
      return servicePrincipalView(object);
    case "administrativeUnit": {
      const { id, displayName, description, visibility } = object;
      return { "@odata.type": "#microsoft.graph.administrativeUnit", id, displayName, description, visibility };
    }
    case "device":
    case "orgContact": {
      const { kind, id, displayName, onPremisesSyncEnabled } = object;
      return { "@odata.type": `#microsoft.graph.${kind}`, id, displayName, onPremisesSyncEnabled };
    }
  }
}

const BASIC_USER = ["@odata.type", "id", "displayName", "givenName", "surname", "mail", "userPrincipalName"];
const READERS: Partial<Readonly<Record<DirectoryObject["kind"], readonly string[]>>> = {
  user: ["User.Read.All", "User.ReadWrite.All"],
  group: ["Group.Read.All", "Group.ReadWrite.All", "Group.ReadBasic.All", "GroupMember.Read.All"],
  servicePrincipal: ["Application.Read.All", "Application.ReadWrite.All"],
  application: ["Application.Read.All", "Application.ReadWrite.All"],
  device: ["Device.Read.All"],
  orgContact: ["OrgContact.Read.All"],
  administrativeUnit: ["AdministrativeUnit.Read.All"],
};

/** A member as this caller sees it. */
export function memberView(object: DirectoryObject, { roles, scopes }: GraphCaller): Entity {
  const view = objectView(object);
  const held = [...roles, ...scopes];
  const readers = [...(READERS[object.kind] ?? []), "Directory.Read.All", "Directory.ReadWrite.All"];
  if (readers.some((name) => held.includes(name))) return view;
  const isBasic = object.kind === "user" && held.includes("User.ReadBasic.All");
  const shown = isBasic ? BASIC_USER : ["@odata.type", "id"];
  // Lists are empty, not null: null breaks the declared type.
  const hidden = (value: unknown): unknown => (Array.isArray(value) ? [] : null);
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [name, shown.includes(name) ? value : hidden(value)]),
  );
}
