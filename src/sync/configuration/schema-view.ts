/**
 * The one object mapping of a schema that a connector is about, found in the vendor's JSON.
 * Guarantees: a schema that is not as expected is refused with a sentence, never half understood.
 */
import type { JsonObject } from "../../entra/schema/port.ts";
import type { ConnectorProfile } from "./connector.ts";
import { isJsonObject, objectsIn, textIn } from "./json.ts";

export interface SchemaView {
  readonly schema: JsonObject;
  /** Where the mapping stands: synchronizationRules[rule].objectMappings[mapping]. */
  readonly rule: number;
  readonly mapping: number;
  readonly objectMapping: JsonObject;
  readonly attributeMappings: readonly JsonObject[];
  readonly filterGroups: readonly JsonObject[];
  /** Targets that AD or the vendor sets, in lower case. */
  readonly readOnlyTargets: ReadonlySet<string>;
}

export type SchemaReading =
  { readonly kind: "viewed"; readonly view: SchemaView } | { readonly kind: "unexpected"; readonly message: string };

export function viewSchema(schema: JsonObject, { sourceObject, targetObject }: ConnectorProfile): SchemaReading {
  const found = objectsIn(schema["synchronizationRules"]).flatMap((rule, ruleAt) =>
    objectsIn(rule["objectMappings"]).flatMap((objectMapping, mappingAt) => {
      const isMeant =
        textIn(objectMapping, "sourceObjectName").toLowerCase() === sourceObject &&
        textIn(objectMapping, "targetObjectName").toLowerCase() === targetObject;
      return isMeant ? [{ rule, ruleAt, objectMapping, mappingAt }] : [];
    }),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const message = `The job's schema has ${found.length} object mappings from ${sourceObject} to ${targetObject} instead of one: it is left alone.`;
    return { kind: "unexpected", message };
  }
  const { scope } = only.objectMapping;
  return {
    kind: "viewed",
    view: {
      schema,
      rule: only.ruleAt,
      mapping: only.mappingAt,
      objectMapping: only.objectMapping,
      attributeMappings: objectsIn(only.objectMapping["attributeMappings"]),
      filterGroups: isJsonObject(scope) ? objectsIn(scope["groups"]) : [],
      readOnlyTargets: readOnlyTargets(schema, textIn(only.rule, "targetDirectoryName"), targetObject),
    },
  };
}

/** A foreign or own mapping of a target; AD's attribute names know no case. */
export function mappingsOf({ attributeMappings }: SchemaView, target: string): readonly JsonObject[] {
  return attributeMappings.filter(
    (mapping) => textIn(mapping, "targetAttributeName").toLowerCase() === target.toLowerCase(),
  );
}

function readOnlyTargets(schema: JsonObject, directoryName: string, objectName: string): ReadonlySet<string> {
  const attributes = objectsIn(schema["directories"])
    .filter((directory) => textIn(directory, "name") === directoryName)
    .flatMap((directory) => objectsIn(directory["objects"]))
    .filter((object) => textIn(object, "name").toLowerCase() === objectName)
    .flatMap((object) => objectsIn(object["attributes"]));
  const isLocked = (attribute: JsonObject): boolean =>
    attribute["anchor"] === true || textIn(attribute, "mutability").toLowerCase() === "readonly";
  return new Set(attributes.filter(isLocked).map((attribute) => textIn(attribute, "name").toLowerCase()));
}
