/** The schema of a fresh job. Only tests import this file. */
import type { JsonObject } from "../../../entra/schema/port.ts";

/** In the form of entra-graph reference, 2.7 and 4. */
export function defaultSchema(): JsonObject {
  const mapping = (targetAttributeName: string, source: JsonObject | null, over: JsonObject = {}): JsonObject => ({
    targetAttributeName,
    source,
    defaultValue: null,
    matchingPriority: 0,
    flowType: "Always",
    flowBehavior: "FlowWhenChanged",
    exportMissingReferences: false,
    ...over,
  });
  const text = (expression: string): JsonObject => ({ type: "Function", name: "Append", expression, parameters: [] });
  return {
    id: "schema",
    version: "v1",
    directories: [
      {
        name: "Active Directory",
        objects: [
          {
            name: "group",
            attributes: [
              { name: "cn", mutability: "ReadWrite", anchor: false },
              { name: "objectSid", mutability: "ReadOnly", anchor: false },
            ],
          },
        ],
      },
    ],
    synchronizationRules: [
      {
        id: "rule",
        sourceDirectoryName: "Microsoft Entra ID",
        targetDirectoryName: "Active Directory",
        objectMappings: [
          {
            name: "Provision Groups",
            enabled: true,
            sourceObjectName: "Group",
            targetObjectName: "group",
            scope: {
              groups: [],
              inputFilterGroups: [
                {
                  name: "built in",
                  clauses: [
                    { sourceOperandName: "securityEnabled", operatorName: "IS TRUE", targetOperand: { values: [] } },
                  ],
                },
              ],
              categoryFilterGroups: [],
            },
            attributeMappings: [
              mapping("adminDescription", text('Append("Group_",[objectId])')),
              mapping("cn", text('Append(Left(Trim([displayName]),51),"_")')),
              mapping("displayName", {
                type: "Attribute",
                name: "displayName",
                expression: "[displayName]",
                parameters: [],
              }),
              mapping("member", { type: "Attribute", name: "members", expression: "[members]", parameters: [] }),
              mapping("msDS-ExternalDirectoryObjectId", text('Append("Group_", [objectId])'), { matchingPriority: 1 }),
              mapping("parentDistinguishedName", null, { defaultValue: "CN=Users,DC=corp,DC=example,DC=com" }),
            ],
          },
        ],
      },
    ],
  };
}
