/** The actions that a policy of this product allows. Pure. */
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";

export interface ShippedStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
}

export function statementsOf(document: PolicyDocument): readonly ShippedStatement[] {
  return document["Statement"] as readonly ShippedStatement[]; // generated: lists everywhere
}

/** Each once; a Deny gives nothing. */
export function actionsOf(document: PolicyDocument): readonly string[] {
  const allowed = statementsOf(document).filter(({ Effect }) => Effect === "Allow");
  return [...new Set(allowed.flatMap(({ Action }) => Action))];
}
