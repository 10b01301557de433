/**
 * Every field that a user may write, from the schema of the CRD itself. Pure.
 * Guarantees: each member, list item and map value of `spec` is listed once, whatever its depth; a field that a later version adds is listed too.
 */
import type { StructuralSchema } from "../../../tools/generate/structural-schema.ts";
import { CRD_FILES, schemaOf } from "../../integration/api/crd-files.ts";

/** The kinds that this version acts on or reads. */
export const WALKED_KINDS = ["EntraTenant", "ADDomain", "CloudSyncAgentPool"] as const;
export type WalkedKind = (typeof WALKED_KINDS)[number];

export interface Field {
  readonly kind: WalkedKind;
  /** As `kubectl explain` writes it, with `[]` for the items of a list and `{}` for the values of a map. */
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly isRequired: boolean;
  /** The field, or something above it, may not change once it is stored. */
  readonly isImmutable: boolean;
}

export function specSchemaOf(kind: WalkedKind): StructuralSchema {
  const crd = CRD_FILES.find(({ spec }) => spec.names.kind === kind);
  const schema = crd === undefined ? undefined : schemaOf(crd).properties?.["spec"];
  if (schema === undefined) throw new Error(`${kind} has no spec`);
  return schema;
}

/** The fields below `spec`, in the order of the schema. */
export function fieldsOf(kind: WalkedKind): readonly Field[] {
  const spec: Field = { kind, path: "spec", schema: specSchemaOf(kind), isRequired: true, isImmutable: false };
  return membersOf(spec);
}

export const ALL_FIELDS: readonly Field[] = WALKED_KINDS.flatMap(fieldsOf);

function membersOf(parent: Field): readonly Field[] {
  const { schema, path } = parent;
  const below = (suffix: string, member: StructuralSchema, isRequired: boolean): readonly Field[] => {
    const isImmutable = parent.isImmutable || isFrozen(member);
    const field = { kind: parent.kind, path: `${path}${suffix}`, schema: member, isRequired, isImmutable };
    return [field, ...membersOf(field)];
  };
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
      below(`.${name}`, member, schema.required?.includes(name) === true),
    ),
    ...(schema.items === undefined ? [] : below("[]", schema.items, false)),
    ...(schema.additionalProperties === undefined ? [] : below("{}", schema.additionalProperties, false)),
  ];
}

function isFrozen(schema: StructuralSchema): boolean {
  return (schema["x-kubernetes-validations"] ?? []).some(({ rule }) => rule === "self == oldSelf");
}
