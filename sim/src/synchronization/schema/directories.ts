/** Directory definitions in the schema of a job. Entra-to-AD schemas cannot be discovered [D]; attribute lists are those that mappings use [I]. Data only. */
type Document = Readonly<Record<string, unknown>>;

export interface DirectoryName {
  readonly id: string;
  readonly name: string;
}
export const ENTRA_DIRECTORY: DirectoryName = {
  id: "66e4a8cc-1b7b-435e-95f8-f06cea133828",
  name: "Azure Active Directory",
};
export const AD_DIRECTORY: DirectoryName = { id: "8ffa6169-f354-4751-9b77-9c00765be92d", name: "Active Directory" };

export const ENTRA_GROUP_ATTRIBUTES: readonly Document[] = [
  column("objectId", { anchor: true, required: true, mutability: "ReadOnly" }),
  column("displayName"),
  column("description"),
  column("mail"),
  column("mailNickname"),
  column("mailEnabled", { type: "Boolean" }),
  column("securityEnabled", { type: "Boolean" }),
  column("dirSyncEnabled", { type: "Boolean" }),
  column("IsSoftDeleted", { type: "Boolean" }),
  column("members", { type: "Reference", multivalued: true, referencedObjects: ["User", "Group"] }),
];

export const AD_GROUP_ATTRIBUTES: readonly Document[] = [
  column("objectGUID", { anchor: true, mutability: "ReadOnly", type: "Binary" }),
  column("cn", { required: true }),
  column("displayName"),
  column("description"),
  column("adminDescription"),
  column("msDS-ExternalDirectoryObjectId"),
  column("msDS-ObjectSoa"),
  column("parentDistinguishedName", { required: true }),
  column("sAMAccountName"),
  column("isSecurityGroup", { type: "Boolean" }),
  column("UniversalScope", { type: "Boolean" }),
  column("member", { type: "Reference", multivalued: true, referencedObjects: ["user", "group"] }),
];

interface ColumnOptions {
  readonly anchor?: boolean;
  readonly required?: boolean;
  readonly multivalued?: boolean;
  readonly mutability?: "ReadWrite" | "ReadOnly" | "Immutable" | "WriteOnly";
  readonly type?: "String" | "Integer" | "Reference" | "Binary" | "Boolean" | "DateTime";
  readonly referencedObjects?: readonly string[];
}

function column(name: string, options: ColumnOptions = {}): Document {
  const { referencedObjects = [], ...rest } = options;
  return {
    name,
    type: "String",
    anchor: false,
    required: false,
    multivalued: false,
    mutability: "ReadWrite",
    caseExact: true,
    flowNullValues: false,
    defaultValue: null,
    apiExpressions: [],
    metadata: [],
    ...rest,
    referencedObjects: referencedObjects.map((referencedObjectName) => ({
      referencedObjectName,
      referencedProperty: null,
    })),
  };
}

export function directory({ id, name }: DirectoryName, objectName: string, attributes: readonly Document[]): Document {
  return {
    id,
    name,
    readOnly: false,
    discoverabilities: "None",
    discoveryDateTime: null,
    version: "1.0",
    objects: [{ name: objectName, supportedApis: [], metadata: [], attributes }],
  };
}
