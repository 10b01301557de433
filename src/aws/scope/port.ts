/**
 * Which identity reaches which account and Region: the key of every lock, bucket, list and client.
 * Guarantees: two objects that mean the same account, Region and role have the same `scopeKey`.
 */
import type { Failure } from "../../runtime/failure.ts";

export interface AwsScope {
  readonly region: string;
  readonly accountID: string;
  /** The base identity: the operator's own, or a service account of the object's own namespace. */
  readonly base:
    | { readonly kind: "operator" }
    | { readonly kind: "serviceAccount"; readonly namespace: string; readonly name: string; readonly roleARN: string };
  /** A role assumed on top; the external id is always `<owner-id>/<namespace>`. */
  readonly assumeRole?: { readonly roleARN: string; readonly externalID: string };
}

/** Stable text of a scope: account, Region, base and role. */
export function scopeKey({ region, accountID, base, assumeRole }: AwsScope): string {
  const baseText = base.kind === "operator" ? "operator" : `${base.namespace}/${base.name}=${base.roleARN}`;
  return [accountID, region, baseText, assumeRole ? `${assumeRole.roleARN}#${assumeRole.externalID}` : "-"].join("|");
}

/** What a pool or a frozen template says about its identity. */
export interface IdentityRequest {
  readonly namespace: string;
  readonly region: string;
  readonly serviceAccountName?: string;
  readonly assumeRoleARN?: string;
}

/** `refused` is decided before any call to AWS leaves: IdentityNotGranted, ServiceAccountNotFound, RoleAnnotationMissing. */
export type ScopeResolution =
  { readonly kind: "granted"; readonly scope: AwsScope } | { readonly kind: "refused"; readonly failure: Failure };

export interface ScopePort {
  resolve(request: IdentityRequest, signal: AbortSignal): Promise<ScopeResolution>;
}

export type { ServiceAccountReader, ServiceAccountTokenSource } from "./service-accounts.ts";
