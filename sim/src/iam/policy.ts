/**
 * Judges whether statements allow an action: explicit Deny, then Allow, else refused (IAM User Guide, "Policy evaluation logic").
 * Modelled: action patterns, aws:RequestTag, aws:ResourceTag (every named resource must match), ec2:CreateAction. Resource ARNs are not.
 */
import type { PolicyStatement } from "../layout/iam.ts";

export interface PolicyQuestion {
  /** `service:Action`. */
  readonly action: string;
  readonly requestTags: Readonly<Record<string, string>>;
  /** True tags of each existing resource that the call names. */
  readonly resources: readonly Readonly<Record<string, string>>[];
  /** Set when the action is part of a create call. */
  readonly createAction?: string;
}

export function isAllowed(statements: readonly PolicyStatement[], question: PolicyQuestion): boolean {
  const applying = statements.filter((statement) => applies(statement, question));
  return applying.length > 0 && applying.every(({ effect }) => effect === "Allow");
}

function applies(
  statement: PolicyStatement,
  { action, requestTags, resources, createAction }: PolicyQuestion,
): boolean {
  if (!statement.actions.some((pattern) => matchesPattern(pattern, action))) return false;
  if (statement.createAction !== undefined && statement.createAction !== createAction) return false;
  if (!hasTags(requestTags, statement.requestTags)) return false;
  return statement.resourceTags === undefined || resources.every((tags) => hasTags(tags, statement.resourceTags));
}

function hasTags(tags: Readonly<Record<string, string>>, wanted: PolicyStatement["requestTags"] = {}): boolean {
  return Object.entries(wanted).every(([key, pattern]) => {
    const value = tags[key];
    return value !== undefined && matchesPattern(pattern, value);
  });
}

/** `*` stands for any text; the comparison of actions is without case, as in IAM. */
export function matchesPattern(pattern: string, value: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`, "is").test(value);
}
