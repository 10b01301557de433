/**
 * `metadata` of every object: what is decoded, what the server sets, what may not change.
 * Source: apimachinery, pkg/api/validation/objectmeta.go; apiserver, pkg/registry/rest/{create,update,meta}.go.
 */
import type { Json, JsonObject } from "./json.ts";
import { isEmpty, isEqual, isList, isObject, listAt, textAt } from "./json.ts";
import { forbidden, invalid, required } from "./schema/field-error.ts";
import type { FieldError } from "./schema/field-error.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "finalizers",
  "ownerReferences",
  "managedFields",
]);

/** Keeps what ObjectMeta has; nulls and what is empty are as absent. */
export function admitMetadata(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  let isSame = true;
  const metadata: Record<string, Json> = {};
  for (const name in value) {
    const member = value[name] ?? null;
    const isAbsent = member === null || member === "" || (typeof member === "object" && isEmpty(member));
    if (KNOWN.has(name) && !isAbsent) metadata[name] = member;
    else isSame = false;
  }
  return isSame ? value : Object.freeze(metadata);
}

/** metav1.Time: whole seconds. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_LENGTH_MAX = 253;

export function metadataErrors(metadata: JsonObject): readonly FieldError[] {
  const name = textAt(metadata, "name") ?? "";
  const errors: FieldError[] = [];
  if (name === "") errors.push(required("metadata.name", "name or generateName is required"));
  else if (name.length > NAME_LENGTH_MAX) {
    errors.push(invalid("metadata.name", name, `must be no more than ${NAME_LENGTH_MAX} characters`));
  } else if (!DNS_SUBDOMAIN.test(name)) errors.push(invalid("metadata.name", name, NAME_RULE));
  return [...errors, ...ownerErrors(metadata)];
}

function ownerErrors(metadata: JsonObject): readonly FieldError[] {
  return listAt(metadata, "ownerReferences").flatMap((reference) =>
    (["apiVersion", "kind", "name", "uid"] as const).flatMap((member) => {
      const isGiven = (textAt(reference, member) ?? "") !== "";
      return isGiven ? [] : [invalid(`metadata.ownerReferences.${member}`, "", OWNER_RULES[member])];
    }),
  );
}

const OWNER_RULES = {
  apiVersion: "version must not be empty",
  kind: "must not be empty",
  name: "must not be empty",
  uid: "must not be empty",
} as const;

const IMMUTABLE = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const;

export function metadataUpdateErrors(metadata: JsonObject, before: JsonObject): readonly FieldError[] {
  if (metadata === before) return [];
  const errors: FieldError[] = [];
  if (before["deletionTimestamp"] !== undefined) {
    const old = listAt(before, "finalizers");
    const added = listAt(metadata, "finalizers").filter((finalizer) => !old.includes(finalizer));
    if (added.length > 0) {
      const told = `[]string{${[...added]
        .sort()
        .map((finalizer) => JSON.stringify(finalizer))
        .join(", ")}}`;
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${told}`;
      errors.push(forbidden("metadata.finalizers", why));
    }
  }
  for (const name of IMMUTABLE) {
    if (!isEqual(metadata[name], before[name])) {
      errors.push(invalid(`metadata.${name}`, metadata[name] ?? null, "field is immutable"));
    }
  }
  return errors;
}

/** Two equal references count once. */
export function withoutRepeatedOwners(metadata: JsonObject): JsonObject {
  const references = metadata["ownerReferences"];
  if (!isList(references) || references.length < 2) return metadata;
  const distinct = references.filter((one, at) => references.findIndex((other) => isEqual(one, other)) === at);
  return distinct.length === references.length ? metadata : { ...metadata, ownerReferences: distinct };
}
