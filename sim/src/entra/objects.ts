/**
 * The objects of a tenant's directory, as the world holds them: names of members are those of Microsoft Graph, instants are milliseconds.
 * Guarantees: records never change in place; a change replaces the record.
 */
export interface DirectoryUser {
  readonly kind: "user";
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly userType: "Member" | "Guest";
  readonly accountEnabled: boolean;
  readonly mail: string | null;
  readonly onPremisesSyncEnabled: boolean | null;
  /** AD's objectGUID of a synced user (entra-graph reference, 8.1). */
  readonly onPremisesObjectIdentifier: string | null;
  readonly onPremisesDistinguishedName: string | null;
  readonly onPremisesDomainName: string | null;
  readonly onPremisesSamAccountName: string | null;
  readonly onPremisesUserPrincipalName: string | null;
  readonly onPremisesImmutableId: string | null;
  readonly createdMs: number;
  readonly deletedMs?: number;
}

export interface DirectoryGroup {
  readonly kind: "group";
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly securityEnabled: boolean;
  readonly mailEnabled: boolean;
  readonly mail: string | null;
  readonly mailNickname: string;
  /** "Unified" is a Microsoft 365 group, "DynamicMembership" a dynamic one. */
  readonly groupTypes: readonly string[];
  /** `true` = owned by AD; `null` for cloud and converted groups (entra-graph reference, 9.1). */
  readonly onPremisesSyncEnabled: boolean | null;
  readonly isCloudManaged: boolean;
  readonly visibility: "Public" | "Private" | "HiddenMembership" | null;
  readonly isAssignableToRole: boolean | null;
  /** Directory extensions by full name: `extension_<appId without dashes>_<name>`. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly deletedMs?: number;
}

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** `null` where the role has no value, as the `User` role of gallery applications. */
  readonly value: string | null;
  readonly isEnabled: boolean;
  /** `User` covers users and groups, `Application` service principals. */
  readonly allowedMemberTypes: readonly ("User" | "Application")[];
}

export interface SecretCredential {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly secretText: string;
  readonly startMs: number;
  readonly endMs: number;
}
export interface CertificateCredential {
  readonly keyId: string;
  readonly displayName: string | null;
  /** PEM. */
  readonly certificate: string;
  readonly startMs: number;
  readonly endMs: number;
}
export interface FederatedCredential {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly description: string | null;
}
export interface ExtensionProperty {
  readonly id: string;
  readonly name: string;
  readonly dataType: string;
  readonly targetObjects: readonly string[];
}

export interface DirectoryApplication {
  readonly kind: "application";
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly applicationTemplateId: string | null;
  readonly identifierUris: readonly string[];
  readonly appRoles: readonly AppRole[];
  readonly ownerIds: readonly string[];
  readonly secrets: readonly SecretCredential[];
  readonly certificates: readonly CertificateCredential[];
  readonly federatedCredentials: readonly FederatedCredential[];
  readonly extensionProperties: readonly ExtensionProperty[];
  readonly createdMs: number;
  readonly deletedMs?: number;
}

export interface DirectoryServicePrincipal {
  readonly kind: "servicePrincipal";
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly applicationTemplateId: string | null;
  readonly accountEnabled: boolean;
  readonly appRoles: readonly AppRole[];
  readonly ownerIds: readonly string[];
  readonly tags: readonly string[];
  readonly createdMs: number;
  readonly deletedMs?: number;
}

export interface AdministrativeUnit {
  readonly kind: "administrativeUnit";
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  /** `HiddenMembership` hides its members without Member.Read.Hidden. */
  readonly visibility: "Public" | "HiddenMembership" | null;
  readonly memberIds: readonly string[];
  readonly deletedMs?: number;
}

/** Members that are neither user, group nor service principal. */
export interface OtherMember {
  readonly kind: "device" | "orgContact";
  readonly id: string;
  readonly displayName: string;
  readonly onPremisesSyncEnabled: boolean | null;
  readonly deletedMs?: number;
}

export type DirectoryObject =
  DirectoryUser | DirectoryGroup | DirectoryApplication | DirectoryServicePrincipal | AdministrativeUnit | OtherMember;
export type DirectoryKind = DirectoryObject["kind"];
export type ObjectOf<Kind extends DirectoryKind> = Extract<DirectoryObject, { kind: Kind }>;

export interface AppRoleAssignment {
  readonly id: string;
  readonly appRoleId: string;
  readonly principalId: string;
  readonly principalType: "User" | "Group" | "ServicePrincipal";
  readonly principalDisplayName: string;
  readonly resourceId: string;
  readonly resourceDisplayName: string;
  readonly createdMs: number;
}

export interface SubscribedSku {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly capabilityStatus: "Enabled" | "Warning" | "Suspended" | "Deleted" | "LockedOut";
  readonly enabledUnits: number;
  readonly consumedUnits: number;
  readonly servicePlans: readonly {
    readonly servicePlanId: string;
    readonly servicePlanName: string;
    readonly provisioningStatus: string;
    readonly appliesTo: string;
  }[];
}
