/**
 * Whether the target of a reference lets a namespace in. Guarantees: consent is the target's to give, and absent means its own namespace only.
 */
import type { AllowedNamespaces, LabelSelector } from "../api/references.ts";

export interface NamespaceLabels {
  readonly name: string;
  /** `undefined` while the namespace has not been read: then a selector does not match (S5). */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export function consents(allowed: AllowedNamespaces, targetNamespace: string, from: NamespaceLabels): boolean {
  if (from.name === targetNamespace) return true;
  switch (allowed.from) {
    case "Same":
      return false;
    case "All":
      return true;
    case "Selector":
      return (
        allowed.selector !== undefined && from.labels !== undefined && selectorMatches(allowed.selector, from.labels)
      );
    default:
      return false;
  }
}

/** Kubernetes label selector semantics; an unknown operator never matches. */
export function selectorMatches(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const hasLabels = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const meetsExpressions = (matchExpressions ?? []).every(({ key, operator, values }) => {
    const label = labels[key];
    switch (operator) {
      case "In":
        return label !== undefined && (values ?? []).includes(label);
      case "NotIn":
        return label === undefined || !(values ?? []).includes(label);
      case "Exists":
        return label !== undefined;
      case "DoesNotExist":
        return label === undefined;
      default:
        return false;
    }
  });
  return hasLabels && meetsExpressions;
}
