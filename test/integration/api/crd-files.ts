/** The CRDs as they stand in crds/, and every CEL rule in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { walkSchema, type StructuralSchema } from "../../../tools/generate/structural-schema.ts";

export interface CrdFile {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly [
      { readonly name: string; readonly schema: { readonly openAPIV3Schema: StructuralSchema } } & Readonly<
        Record<string, unknown>
      >,
    ];
  };
}

export interface FoundRule {
  readonly kind: string;
  readonly path: string;
  readonly message: string;
  readonly rule: string;
}

const DIRECTORY = resolve(import.meta.dirname, "../../../crds");

export const CRD_FILES: readonly CrdFile[] = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => parse(readFileSync(join(DIRECTORY, name), "utf8")) as CrdFile);

export function schemaOf(crd: CrdFile): StructuralSchema {
  return crd.spec.versions[0].schema.openAPIV3Schema;
}

export function rulesOf(crd: CrdFile): readonly FoundRule[] {
  const found: FoundRule[] = [];
  walkSchema(schemaOf(crd), "", ({ "x-kubernetes-validations": rules = [] }, path) => {
    for (const { rule, message } of rules) found.push({ kind: crd.spec.names.kind, path, rule, message });
  });
  return found;
}

/** The path under which the API server serves objects of a kind in a namespace. */
export function collectionOf(kind: string, namespace: string): string {
  const crd = CRD_FILES.find(({ spec }) => spec.names.kind === kind);
  if (crd === undefined) throw new Error(`no CRD of ${kind}`);
  return `/apis/${crd.spec.group}/${crd.spec.versions[0].name}/namespaces/${namespace}/${crd.spec.names.plural}`;
}
