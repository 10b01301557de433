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
import { invalid, isBlocking, RULES_NOT_CHECKED } from "./schema/field-error.ts";
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
  const scale = scaleOf(at(version, "subresources", "scale"));
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
    scale,
    allowsUnconditionalUpdate: false,
    allowsCreateOnUpdate: false,
    returnsDeleted: false,
    isBuiltIn: false,
    admit: (object) => admit(object, schema, { keepsNulls: false }) as JsonObject,
    admitApplied: (object, before) => admit(object, schema, { before, keepsNulls: true }) as JsonObject,
    initial: (object) => object,
    empty: {},
    invalidGroup: textAt(manifest, "spec", "group") ?? "",
    validate: (object, before, part) =>
      (part === "status" ? statusErrors : mainErrors)({ object, before, schema, scale }),
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

interface Checked {
  readonly object: JsonObject;
  readonly before: JsonObject | undefined;
  readonly schema: Schema;
  readonly scale: ScalePaths | undefined;
}

function mainErrors({ object, before, schema, scale }: Checked): readonly FieldError[] {
  return withRules([...validate(object, before, schema), ...replicasErrors(object, scale?.spec)], schema);
}

/** The real server looks at status alone; the paths inside its sentences start there. */
function statusErrors({ object, before, schema, scale }: Checked): readonly FieldError[] {
  const status = schema.properties.get("status");
  if (status === undefined || object["status"] === undefined) return [];
  const found = validate(object["status"], before?.["status"], status);
  const errors = found.map((error) => ({ ...error, field: placed(error.field) }));
  return withRules([...errors, ...replicasErrors(object, scale?.status)], schema);
}

function placed(field: string): string {
  if (field === "<nil>") return field;
  return field === "" ? "status" : `status.${field}`;
}

function replicasErrors(object: JsonObject, path: readonly string[] | undefined): readonly FieldError[] {
  const count = path === undefined ? undefined : at(object, ...path);
  if (path === undefined || typeof count !== "number" || count >= 0) return [];
  return [invalid(`.${path.join(".")}`, count, "should be a non-negative integer")];
}

function withRules(errors: readonly FieldError[], { hasRules }: Schema): readonly FieldError[] {
  return hasRules && errors.some(isBlocking) ? [...errors, RULES_NOT_CHECKED] : errors;
}
