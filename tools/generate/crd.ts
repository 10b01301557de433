/** The CustomResourceDefinition of a kind, as a plain manifest. */
import { stringify } from "yaml";
import type { KindDefinition } from "../../src/api/definition.ts";
import { ANNOTATIONS, SCHEMA_VERSION } from "../../src/api/kinds.ts";
import { structuralSchema, type StructuralSchema } from "./structural-schema.ts";

const CATEGORY = "cloudsync";

export function crdName({ resource }: KindDefinition): string {
  return `${resource.plural}.${resource.group}`;
}

export function rootSchema({ description, spec, status, rootRules = [] }: KindDefinition): StructuralSchema {
  return {
    description,
    type: "object",
    required: ["spec"],
    ...(rootRules.length > 0 ? { "x-kubernetes-validations": rootRules } : {}),
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: structuralSchema(spec),
      status: structuralSchema(status),
    },
  };
}

export function crdManifest(definition: KindDefinition) {
  const { resource, shortNames, columns, scale } = definition;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: crdName(definition), annotations: { [ANNOTATIONS.schemaVersion]: String(SCHEMA_VERSION) } },
    spec: {
      group: resource.group,
      scope: "Namespaced",
      names: {
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        plural: resource.plural,
        singular: resource.kind.toLowerCase(),
        ...(shortNames.length > 0 ? { shortNames } : {}),
        categories: [CATEGORY],
      },
      versions: [
        {
          name: resource.version,
          served: true,
          storage: true,
          subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
          additionalPrinterColumns: columns.map(({ name, type, jsonPath, description, priority }) => ({
            name,
            type,
            jsonPath,
            description,
            ...(priority === undefined ? {} : { priority }),
          })),
          schema: { openAPIV3Schema: rootSchema(definition) },
        },
      ],
    },
  };
}

export function crdText(definition: KindDefinition): string {
  const header = "# Generated from src/api by tools/generate/main.ts. Do not edit.\n";
  return header + stringify(crdManifest(definition), { lineWidth: 120, aliasDuplicateObjects: false });
}
