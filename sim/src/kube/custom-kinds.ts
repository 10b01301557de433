/**
 * Kinds from CRD manifests.
 * Guarantees: only what the storage version says is served; what cannot be imitated is refused at the start.
 * Source: apiextensions-apiserver, pkg/registry/customresource/strategy.go and status_strategy.go.
 */
import type { MergeType } from "./fields/merge-type.ts";
import { NO_FIELDS } from "./fields/field-set.ts";
import type { Json, JsonObject } from "./json.ts";
import { at, isObject, listAt, textAt } from "./json.ts";
import type { Kind, ScalePaths } from "./kinds.ts";
import { admit } from "./schema/admit.ts";
import { isBlocking, RULES_NOT_CHECKED } from "./schema/field-error.ts";
import type { FieldError } from "./schema/field-error.ts";
import { mergeTypeOf, objectType } from "./schema/merge-types.ts";
import { readSchema } from "./schema/schema.ts";
import type { Schema } from "./schema/schema.ts";
import { validate } from "./schema/validate.ts";

const MEMBER = NO_FIELDS;

export function customKind(manifest: JsonObject): Kind {
  const version = listAt(manifest, "spec", "versions").find((candidate) => at(candidate, "storage") === true);
  const schema = withStandardMembers(readSchema(at(version, "schema", "openAPIV3Schema")));
  const hasStatus = at(version, "subresources", "status") !== undefined;
  const names = at(manifest, "spec", "names");
  const kind = textAt(names, "kind") ?? "";
  return {
    group: textAt(manifest, "spec", "group") ?? "",
    version: textAt(version, "name") ?? "",
    kind,
    listKind: textAt(names, "listKind") ?? `${kind}List`,
    plural: textAt(names, "plural") ?? "",
    isNamespaced: textAt(manifest, "spec", "scope") === "Namespaced",
    type: objectType(
      new Map<string, MergeType>([...schema.properties].map(([name, member]) => [name, mergeTypeOf(member)])),
    ),
    hasStatus,
    hasGeneration: true,
    scale: scaleOf(at(version, "subresources", "scale")),
    allowsUnconditionalUpdate: false,
    allowsCreateOnUpdate: false,
    isCollected: true,
    isBuiltIn: false,
    admit: (object, before) => admit(object, schema, before) as JsonObject,
    initial: (object) => object,
    validate: (object, before) => validated(object, before, schema),
    reset: {
      main: hasStatus ? { "f:status": MEMBER } : NO_FIELDS,
      status: { "f:metadata": MEMBER, "f:spec": MEMBER },
    },
  };
}

function scaleOf(scale: Json | undefined): ScalePaths | undefined {
  if (!isObject(scale)) return undefined;
  const path = (name: string): readonly string[] | undefined => textAt(scale, name)?.replace(/^\./, "").split(".");
  return {
    spec: path("specReplicasPath") ?? [],
    status: path("statusReplicasPath") ?? [],
    selector: path("labelSelectorPath"),
  };
}

/** The root of every custom object has apiVersion, kind and metadata, whatever its schema says of them. */
function withStandardMembers(schema: Schema): Schema {
  const any = readSchema({ "x-kubernetes-preserve-unknown-fields": true });
  const standard = ["apiVersion", "kind", "metadata"].map((name) => [name, any] as const);
  return { ...schema, properties: new Map([...schema.properties, ...standard]) };
}

function validated(object: JsonObject, before: JsonObject | undefined, schema: Schema): readonly FieldError[] {
  const errors = validate(object, before, schema);
  return schema.hasRules && errors.some(isBlocking) ? [...errors, RULES_NOT_CHECKED] : errors;
}
