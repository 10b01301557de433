/**
 * Legal states of each field, one change from the good fleet away. Pure.
 * Guarantees: every field of the schema has at least one row with it present, and one without it where it may be absent.
 */
import type { Manifest } from "../../integration/api/manifest.ts";
import { BASE } from "./base.ts";
import { ALL_FIELDS, type Field } from "./field.ts";
import { placed } from "./place.ts";
import { repaired } from "./repair.ts";
import { samplesOf } from "./values.ts";

export interface LegalRow {
  readonly field: Field;
  readonly what: string;
  readonly manifest: Manifest;
}

export function legalRowsOf(field: Field): readonly LegalRow[] {
  const { kind, path, schema, isRequired } = field;
  const rowOf = (what: string, manifest: Manifest): LegalRow => ({ field, what, manifest: repaired(manifest, path) });
  const present = samplesOf(path, schema).map(({ what, value }) => rowOf(what, placed(BASE[kind], path, value)));
  const canBeAbsent = !isRequired && !path.endsWith("]") && !path.endsWith("}");
  return canBeAbsent ? [...present, rowOf("absent", placed(BASE[kind], path, undefined))] : present;
}

export const LEGAL_ROWS: readonly LegalRow[] = ALL_FIELDS.flatMap(legalRowsOf);
