/** Parts of a job's schema document, by the names of the contract (openapi, synchronizationSchema). Pure. */
import type { Document } from "./entra.ts";

export interface MappingPart {
  readonly target: string;
  readonly document: Document;
}

export function objectMappingsIn(schema: Document): readonly Document[] {
  return documents(schema["synchronizationRules"]).flatMap((rule) => documents(rule["objectMappings"]));
}

export function mappingsIn(schema: Document): readonly MappingPart[] {
  return objectMappingsIn(schema)
    .flatMap((mapping) => documents(mapping["attributeMappings"]))
    .map((document) => ({ target: String(document["targetAttributeName"]), document }));
}

/** Everything but what is owned: attribute mappings of those targets (lower case) and scope filters of those names. */
export function withoutOwned(schema: Document, targets: ReadonlySet<string>, filters: ReadonlySet<string>): Document {
  const rules = documents(schema["synchronizationRules"]).map((rule) => ({
    ...rule,
    objectMappings: documents(rule["objectMappings"]).map((mapping) => {
      const scope = (mapping["scope"] ?? {}) as Document;
      return {
        ...mapping,
        attributeMappings: documents(mapping["attributeMappings"]).filter(
          ({ targetAttributeName }) => !targets.has(String(targetAttributeName).toLowerCase()),
        ),
        scope: { ...scope, groups: documents(scope["groups"]).filter(({ name }) => !filters.has(String(name))) },
      };
    }),
  }));
  // The server counts versions itself; directories are its own when a PUT leaves them out.
  const { version: _version, id: _id, ...rest } = schema;
  return { ...rest, synchronizationRules: rules };
}

function documents(value: unknown): readonly Document[] {
  return Array.isArray(value) ? (value as readonly Document[]) : [];
}

/** The document with a constant on one target. */
export function saveConstant(schema: Document, target: string, constant: string): Document {
  const rules = documents(schema["synchronizationRules"]).map((rule) => ({
    ...rule,
    objectMappings: documents(rule["objectMappings"]).map((mapping) => ({
      ...mapping,
      attributeMappings: documents(mapping["attributeMappings"]).map((one) =>
        one["targetAttributeName"] === target ? { ...one, source: null, defaultValue: constant } : one,
      ),
    })),
  }));
  return { ...schema, synchronizationRules: rules };
}
