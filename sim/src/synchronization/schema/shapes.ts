/** A job's schema as the service works with it, read from the JSON that it stores. Data only. */
import type { MappingSource } from "../expression/source.ts";

export const FLOW_TYPES = ["Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"] as const;
export type FlowType = (typeof FLOW_TYPES)[number];

export interface AttributeMapping {
  readonly target: string;
  /** `undefined`: the default value is a constant (section 2.7 of the entra-graph reference). */
  readonly source: MappingSource | undefined;
  readonly defaultValue: string | null;
  /** Above 0: a join attribute; lower is tried first. */
  readonly matchingPriority: number;
  readonly flowType: FlowType;
}

export interface FilterClause {
  readonly sourceOperandName: string;
  readonly operatorName: string;
  readonly values: readonly string[];
}
export interface FilterGroup {
  readonly name: string;
  /** ANDed. */
  readonly clauses: readonly FilterClause[];
}
/** Groups are ORed. */
export interface ScopeFilter {
  readonly groups: readonly FilterGroup[];
  readonly inputFilterGroups: readonly FilterGroup[];
}

export interface ObjectMapping {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly adds: boolean;
  readonly updates: boolean;
  readonly deletes: boolean;
  readonly sourceObjectName: string;
  readonly targetObjectName: string;
  readonly scope: ScopeFilter;
  readonly attributeMappings: readonly AttributeMapping[];
}

export interface SynchronizationRule {
  readonly id: string;
  readonly name: string;
  readonly sourceDirectoryName: string;
  readonly targetDirectoryName: string;
  readonly objectMappings: readonly ObjectMapping[];
}

/** JSON as it was saved, and what it means. */
export interface StoredSchema {
  readonly document: Readonly<Record<string, unknown>>;
  readonly rules: readonly SynchronizationRule[];
}
