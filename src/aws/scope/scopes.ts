/**
 * Decides with which identity an object reaches AWS, without a call to AWS.
 * Guarantees: the operator's own identity is lent only where the process configuration grants that namespace that account and role; a service account
 * acts only for its own namespace; the external id is always `<owner-id>/<namespace>`.
 * Never: a grant read from a resource; an identity for a Region or role that does not look like one.
 */
import type { Clock } from "../../runtime/clock.ts";
import { withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { answerCache } from "../cache.ts";
import { IDENTITY_CACHE_MS, READ_TIMEOUT_MS } from "../limits.ts";
import type { IdentityRequest, ScopePort, ScopeResolution } from "./port.ts";
import type { AnnotationsReading, ServiceAccountReader } from "./service-accounts.ts";

/** One line of the process configuration: `roleARN` absent lends the operator's identity itself. */
export interface IdentityGrant {
  readonly namespace: string;
  readonly accountID: string;
  readonly roleARN?: string;
}

export const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

export interface ScopeOptions {
  readonly clock: Clock;
  readonly ownerID: string;
  readonly grants: readonly IdentityGrant[];
  readonly serviceAccounts: ServiceAccountReader;
  readonly closed: AbortSignal;
}

/** Why a list of grants cannot be used; empty when it can. */
export function grantFaults(grants: readonly IdentityGrant[]): readonly string[] {
  return grants.flatMap(({ namespace, accountID, roleARN }, index) => {
    const name = `Identity grant ${index + 1} (namespace "${namespace}")`;
    if (namespace === "") return [`${name} names no namespace.`];
    if (!/^\d{12}$/.test(accountID)) return [`${name}: accountID must be 12 digits.`];
    const own = grants.find(
      (other) => other.namespace === namespace && other.roleARN === undefined && other.accountID !== accountID,
    );
    if (roleARN === undefined) {
      return own === undefined ? [] : [`${name}: the operator's own identity has one account, but two are granted.`];
    }
    const roleAccount = accountOfRole(roleARN);
    if (roleAccount === undefined) return [`${name}: ${roleARN} is not the ARN of an IAM role.`];
    return roleAccount === accountID ? [] : [`${name}: the role is of account ${roleAccount}, not ${accountID}.`];
  });
}

/** The account of an IAM role's ARN; `undefined` when the text is none. */
export function accountOfRole(roleARN: string): string | undefined {
  return /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/.exec(roleARN)?.[1];
}

const LEFT: AnnotationsReading = {
  kind: "failed",
  failure: {
    class: "Transient",
    reason: "Cancelled",
    message: "The pass ended before the service account was read",
    fix: "None: read again.",
  },
};

export function identityScopes(options: ScopeOptions): ScopePort {
  const annotations = answerCache<AnnotationsReading>({
    ...options,
    keepMs: IDENTITY_CACHE_MS,
    isGood: ({ kind }) => kind === "found",
    whenLeft: LEFT,
  });
  return {
    async resolve(request, signal) {
      const fault = requestFault(request);
      if (fault !== undefined) return refused(fault);
      const { serviceAccountName, namespace } = request;
      if (serviceAccountName === undefined) return operatorScope(options, request);
      const name = { namespace, name: serviceAccountName };
      const reading = await annotations.get(`${namespace}/${serviceAccountName}`, signal, (load) =>
        withDeadline(options.clock, READ_TIMEOUT_MS, load, (attempt) =>
          options.serviceAccounts.annotations(name, attempt),
        ),
      );
      return serviceAccountScope(options.ownerID, request, serviceAccountName, reading);
    },
  };
}

function operatorScope(
  { grants, ownerID }: ScopeOptions,
  { namespace, region, assumeRoleARN }: IdentityRequest,
): ScopeResolution {
  const matching = grants.filter((grant) => grant.namespace === namespace && grant.roleARN === assumeRoleARN);
  const [grant] = matching;
  if (grant === undefined || matching.some(({ accountID }) => accountID !== grant.accountID)) {
    const identity = assumeRoleARN === undefined ? "the operator's own AWS identity" : `the role ${assumeRoleARN}`;
    return refused({
      class: "Denied",
      reason: "IdentityNotGranted",
      message: `The operator's configuration does not grant namespace ${namespace} ${identity}`,
      fix: "Set spec.aws.serviceAccountRef to a service account of this namespace, or have the operator's administrator add an identity grant.",
    });
  }
  return {
    kind: "granted",
    scope: {
      region,
      accountID: grant.accountID,
      base: { kind: "operator" },
      ...(assumeRoleARN === undefined
        ? {}
        : { assumeRole: { roleARN: assumeRoleARN, externalID: externalID(ownerID, namespace) } }),
    },
  };
}

function serviceAccountScope(
  ownerID: string,
  request: IdentityRequest,
  name: string,
  reading: AnnotationsReading,
): ScopeResolution {
  const { namespace, region, assumeRoleARN } = request;
  if (reading.kind === "failed") return refused(reading.failure);
  if (reading.kind === "notFound") {
    return refused({
      class: "Denied",
      reason: "ServiceAccountNotFound",
      message: `There is no service account ${namespace}/${name}`,
      fix: `Create it, with the annotation ${ROLE_ANNOTATION}.`,
    });
  }
  const roleARN = reading.annotations[ROLE_ANNOTATION];
  const roleAccount = roleARN === undefined ? undefined : accountOfRole(roleARN);
  if (roleARN === undefined || roleAccount === undefined) {
    return refused({
      class: "Denied",
      reason: "RoleAnnotationMissing",
      message: `Service account ${namespace}/${name} names no IAM role in the annotation ${ROLE_ANNOTATION}`,
      fix: `Annotate it: kubectl -n ${namespace} annotate serviceaccount ${name} ${ROLE_ANNOTATION}=arn:aws:iam::<account>:role/<role>`,
    });
  }
  return {
    kind: "granted",
    scope: {
      region,
      accountID: (assumeRoleARN === undefined ? undefined : accountOfRole(assumeRoleARN)) ?? roleAccount,
      base: { kind: "serviceAccount", namespace, name, roleARN },
      ...(assumeRoleARN === undefined
        ? {}
        : { assumeRole: { roleARN: assumeRoleARN, externalID: externalID(ownerID, namespace) } }),
    },
  };
}

/** Both end up in host names or signed requests, so their shape is checked here too, not only by the schema. */
function requestFault({ region, assumeRoleARN }: IdentityRequest): Failure | undefined {
  if (!/^[a-z]{2,8}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(region)) {
    return {
      class: "Permanent",
      reason: "RegionInvalid",
      message: `"${region.slice(0, 40)}" is not the name of a Region`,
      fix: "Set spec.aws.region to a Region such as eu-central-1.",
    };
  }
  if (assumeRoleARN !== undefined && accountOfRole(assumeRoleARN) === undefined) {
    return {
      class: "Permanent",
      reason: "RoleARNInvalid",
      message: "spec.aws.assumeRole.roleARN is not the ARN of an IAM role",
      fix: "Use arn:aws:iam::<account>:role/<role>.",
    };
  }
  return undefined;
}

function externalID(ownerID: string, namespace: string): string {
  return `${ownerID}/${namespace}`;
}

function refused(failure: Failure): ScopeResolution {
  return { kind: "refused", failure };
}
