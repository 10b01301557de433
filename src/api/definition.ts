/**
 * What the generator, the parsers and the tests need to know of a kind.
 * Guarantees: all of a CRD follows from its definition.
 */
import type { z } from "zod";
import type { KubeObject, ResourceKind } from "../kube/port.ts";
import type { Rule } from "./schema.ts";

export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** 0 is shown always, 1 with `-o wide`. */
  readonly priority?: number;
}

export interface KindDefinition<Spec extends z.ZodType = z.ZodType, Status extends z.ZodType = z.ZodType> {
  readonly resource: ResourceKind;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  readonly columns: readonly Column[];
  readonly rootRules?: readonly Rule[];
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath: string;
  };
}

/** A parsed object: defaults applied; `status` is there even before the first write, then empty. */
export interface Resource<Spec, Status> extends KubeObject {
  readonly spec: Spec;
  readonly status: Status;
}

export const AGE_COLUMN: Column = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "Time since the object was made.",
};

export const READY_COLUMN: Column = {
  name: "Ready",
  type: "string",
  jsonPath: ".status.conditions[?(@.type=='Ready')].status",
  description: "Whether the object is as declared.",
};

export const REASON_COLUMN: Column = {
  name: "Reason",
  type: "string",
  jsonPath: ".status.conditions[?(@.type=='Ready')].reason",
  description: "Why it is Ready or not.",
};
