/**
 * Whether an approval in a spec can be trusted: only people with the verb `approve` can have written it, or the process was told not to ask.
 * Guarantees: "trusted" only after a live read of the chart's admission policy and its binding, both in force as the chart made them; what could not
 * be read is not trusted.
 * Never: one read a pass: the answer holds for a minute.
 */
import { ANNOTATIONS } from "../api/kinds.ts";
import type { KubeObject, KubePort, ResourceKind } from "../kube/port.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EntraSettings } from "./entra-loop-ports.ts";

/** The name of both, written by the chart and read here; a test compares them. One installation of a cluster owns them. */
export const APPROVAL_POLICY_NAME = "approvals.cloudsync.dev";
/** Raised with every change of what the policy guards; the chart writes it as an annotation of the policy. */
export const APPROVAL_POLICY_VERSION = "1";

const POLICY: ResourceKind = admissionKind("ValidatingAdmissionPolicy", "validatingadmissionpolicies");
const BINDING: ResourceKind = admissionKind("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings");

export interface ApprovalTrust {
  /** Never rejects but on the abort of `signal`. */
  isTrusted(signal: AbortSignal): Promise<boolean>;
}

/** Long enough to cost nothing, short enough that a policy that was taken away is noticed within a pass or two. */
const ANSWER_MS = 60_000;

export function approvalTrust({
  kube,
  clock,
  entraSettings,
}: {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly entraSettings: EntraSettings;
}): ApprovalTrust {
  let answer: { readonly isInForce: boolean; readonly atMs: number } | undefined;
  return {
    async isTrusted(signal) {
      if (entraSettings.isSelfApprovalAllowed) return true;
      const nowMs = clock.monotonicMs();
      if (answer !== undefined && nowMs - answer.atMs < ANSWER_MS) return answer.isInForce;
      const key = { namespace: "", name: APPROVAL_POLICY_NAME };
      const [policy, binding] = await Promise.all([
        kube.get<Policy>(POLICY, key, signal),
        kube.get<Binding>(BINDING, key, signal),
      ]);
      const isInForce =
        policy.kind === "ok" &&
        binding.kind === "ok" &&
        isPolicyInForce(policy.object) &&
        isBindingInForce(binding.object);
      answer = { isInForce, atMs: nowMs };
      return isInForce;
    },
  };
}

interface Policy extends KubeObject {
  readonly spec?: {
    readonly failurePolicy?: string;
    readonly paramKind?: unknown;
    readonly matchConditions?: readonly unknown[];
    readonly matchConstraints?: { readonly namespaceSelector?: object; readonly objectSelector?: object };
    readonly validations?: readonly unknown[];
  };
}

interface Binding extends KubeObject {
  readonly spec?: {
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly matchResources?: unknown;
  };
}

/** As the chart made it: of this version, failing closed, for every namespace and object. */
export function isPolicyInForce({ metadata, spec }: Policy): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[ANNOTATIONS.approvalPolicyVersion] === APPROVAL_POLICY_VERSION &&
    (spec?.failurePolicy ?? "Fail") === "Fail" &&
    (spec?.matchConditions ?? []).length === 0 &&
    isEmpty(spec?.matchConstraints?.namespaceSelector) &&
    isEmpty(spec?.matchConstraints?.objectSelector) &&
    (spec?.validations ?? []).length > 0
  );
}

export function isBindingInForce({ metadata, spec }: Binding): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    spec?.policyName === APPROVAL_POLICY_NAME &&
    (spec.validationActions ?? []).includes("Deny") &&
    (spec.matchResources === undefined || isEmpty(spec.matchResources))
  );
}

/** A selector that selects everything; the API server fills in an empty one. */
function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function admissionKind(kind: string, plural: string): ResourceKind {
  return { group: "admissionregistration.k8s.io", version: "v1", kind, plural, isNamespaced: false };
}
