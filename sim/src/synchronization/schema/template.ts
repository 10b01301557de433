/**
 * The default schemas of job templates. For `AAD2ADGroupProvisioning`: the table of entra-graph reference, 4, written out in the shapes of 2.7; what
 * nobody published (names, ids, metadata, attribute lists, the place of the built-in filter) is made up in the form of vendor samples [I].
 * Guarantees: the same template and domain always give the same document but for id and version, which the server sets.
 */
import { domainRoot } from "../../ad/distinguished-name.ts";
import { parseExpression } from "../expression/parse.ts";
import { attribute, type MappingSource } from "../expression/source.ts";
import {
  ENTRA_DIRECTORY,
  ENTRA_GROUP_ATTRIBUTES,
  AD_DIRECTORY,
  AD_GROUP_ATTRIBUTES,
  directory,
} from "./directories.ts";

type Document = Readonly<Record<string, unknown>>;

export const GROUP_PROVISIONING = "AAD2ADGroupProvisioning";

/** A rule id of today ends in `#V2` in the vendor's sample of a group run on demand (G1:synchronization-synchronizationjob-provisionondemand). */
export const GROUP_RULE_ID = "9f1c8a52-0c6e-4d1b-9a53-2f0e6b7c4d11#V2";

/** `undefined`: the template is not modelled. @param dnsName of the configured domain, as far as it is known */
export function templateSchema(templateID: string, dnsName: string | undefined): Document | undefined {
  if (templateID === GROUP_PROVISIONING) return groupProvisioning(dnsName);
  return templateID.startsWith("AD2AAD") ? inbound(templateID) : undefined;
}

function groupProvisioning(dnsName: string | undefined): Document {
  return {
    directories: [
      directory(ENTRA_DIRECTORY, "Group", ENTRA_GROUP_ATTRIBUTES),
      directory(AD_DIRECTORY, "group", AD_GROUP_ATTRIBUTES),
    ],
    synchronizationRules: [
      {
        id: GROUP_RULE_ID,
        name: "AAD2ADGroupProvisioning",
        priority: 1,
        editable: true,
        sourceDirectoryName: ENTRA_DIRECTORY.name,
        targetDirectoryName: AD_DIRECTORY.name,
        metadata: [{ key: "defaultSourceObjectMappings", value: "Group" }],
        containerFilter: { includedContainers: [] },
        groupFilter: { includedGroups: [] },
        objectMappings: [groupMapping(dnsName)],
      },
    ],
  };
}

function groupMapping(dnsName: string | undefined): Document {
  return {
    name: "Provision Microsoft Entra ID Groups",
    enabled: true,
    flowTypes: "Add, Update, Delete",
    sourceObjectName: "Group",
    targetObjectName: "group",
    scope: { groups: [], inputFilterGroups: [BUILT_IN_FILTER], categoryFilterGroups: [] },
    metadata: metadata(),
    attributeMappings: groupAttributeMappings(dnsName),
  };
}

/** As an input filter: of what is documented, "source of authority rolled back: sync stops, AD object kept" (8.1) fits no other place [I]. */
const BUILT_IN_FILTER: Document = {
  name: "Default security group filter",
  clauses: [
    clause("securityEnabled", "IS TRUE"),
    clause("dirSyncEnabled", "IS FALSE"),
    clause("mailEnabled", "IS FALSE"),
  ],
};

function clause(sourceOperandName: string, operatorName: string): Document {
  return { sourceOperandName, operatorName, targetOperand: { values: [] } };
}

function groupAttributeMappings(dnsName: string | undefined): readonly Document[] {
  // Until a domain is configured the vendor's own placeholder stands (CS:how-to-attribute-mapping-entra-to-active-directory).
  const root = dnsName === undefined ? "DC=contoso,DC=com" : domainRoot(dnsName);
  return [
    mapping("adminDescription", parseExpression('Append("Group_",[objectId])')),
    mapping("cn", parseExpression('Append(Append(Left(Trim([displayName]),51),"_"),Mid([objectId],25,12))')),
    mapping("description", parseExpression("Left(Trim([description]),448)")),
    mapping("displayName", attribute("displayName")),
    { ...mapping("isSecurityGroup", null), defaultValue: "True" },
    mapping("member", attribute("members")),
    {
      ...mapping("msDS-ExternalDirectoryObjectId", parseExpression('Append("Group_",[objectId])')),
      matchingPriority: 1,
    },
    mapping("objectGUID", null),
    { ...mapping("parentDistinguishedName", null), defaultValue: `CN=Users,${root}` },
    { ...mapping("UniversalScope", null), defaultValue: "True" },
  ];
}

function mapping(targetAttributeName: string, source: MappingSource | null): Document {
  return {
    targetAttributeName,
    source,
    defaultValue: null,
    matchingPriority: 0,
    flowType: "Always",
    flowBehavior: "FlowWhenChanged",
    exportMissingReferences: false,
  };
}

/** The six entries of the vendor's sample (G1:synchronization-objectmapping). */
function metadata(): readonly Document[] {
  return [
    { key: "IsCustomerDefined", value: "false" },
    { key: "DisableMonitoringForChanges", value: "false" },
    { key: "Disposition", value: '"Normal"' },
    { key: "ExcludeFromReporting", value: "false" },
    { key: "EscrowBehavior", value: '"Default"' },
    { key: "Unsynchronized", value: "false" },
  ];
}

/** AD to Entra is a connector of its own: here only what a reader meets, a rule with the vendor's id and empty filters. */
function inbound(templateID: string): Document {
  return {
    directories: [directory(AD_DIRECTORY, "user", []), directory(ENTRA_DIRECTORY, "User", [])],
    synchronizationRules: [
      {
        id: "6c409270-f78a-4bc6-af23-7cf3ab6482fe",
        name: templateID,
        priority: 1,
        editable: true,
        sourceDirectoryName: AD_DIRECTORY.name,
        targetDirectoryName: ENTRA_DIRECTORY.name,
        metadata: [],
        containerFilter: { includedContainers: [] },
        groupFilter: { includedGroups: [] },
        objectMappings: [
          {
            name: "Provision Active Directory users",
            enabled: true,
            flowTypes: "Add, Update, Delete",
            sourceObjectName: "user",
            targetObjectName: "User",
            scope: { groups: [], inputFilterGroups: [], categoryFilterGroups: [] },
            metadata: metadata(),
            attributeMappings: [],
          },
        ],
      },
    ],
  };
}
