/**
 * The kinds that the server has: how each is decoded, validated, merged and deleted.
 * Everything that differs between kinds is said here and in the files of the built-in ones; the requests ask no kind by name.
 */
import type { FieldSet } from "./fields/field-set.ts";
import type { MapType } from "./fields/merge-type.ts";
import type { JsonObject } from "./json.ts";
import type { FieldError } from "./schema/field-error.ts";

export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly type: MapType;
  readonly hasStatus: boolean;
  /** Spec changes are counted in `metadata.generation`. */
  readonly hasGeneration: boolean;
  readonly scale: ScalePaths | undefined;
  /** A PUT without resourceVersion overwrites. */
  readonly allowsUnconditionalUpdate: boolean;
  /** A PUT of what is not there creates it. */
  readonly allowsCreateOnUpdate: boolean;
  /** A delete answers with the object that went, instead of a Status. */
  readonly returnsDeleted: boolean;
  /** Items of a list carry no apiVersion and kind (typed kinds), and `managedFields` are tracked from a defaulted object. */
  readonly isBuiltIn: boolean;
  /** Drops what is unknown, adds defaults; everything but metadata. */
  readonly admit: (object: JsonObject) => JsonObject;
  /** What an apply made of `before`: only defaults are missing. */
  readonly admitApplied: (object: JsonObject, before: JsonObject | undefined) => JsonObject;
  /** Sets what a new object has whatever the request says, such as the phase of a namespace. */
  readonly initial: (object: JsonObject) => JsonObject;
  readonly validate: (object: JsonObject, before: JsonObject | undefined, part: Part) => readonly FieldError[];
  /** Members that every object of a typed kind has, so that nobody ever adds them, such as an empty spec. */
  readonly empty: JsonObject;
  /** The group that a 422 names; an Event is a core kind inside the server. */
  readonly invalidGroup: string;
  /** Fields that a write of the main resource, or of status, does not touch. */
  readonly reset: { readonly main: FieldSet; readonly status: FieldSet };
}

/** Which part of the object a write may change. */
export type Part = "main" | "status" | "finalizers";

export interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[] | undefined;
}

export function apiVersionOf({ group, version }: Pick<Kind, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Identity of a kind, as kubectl writes it: `leases.coordination.k8s.io`. */
export function kindName({ group, plural }: Pick<Kind, "group" | "plural">): string {
  return group === "" ? plural : `${plural}.${group}`;
}
