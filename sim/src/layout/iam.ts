/** Identities of a layout: who may sign calls, which roles may be assumed by whom, and what each may do. Data only. */
import type { PolicyDocument } from "../iam/document.ts";

export interface RoleTrust {
  /** Principal ARNs (patterns) that may call AssumeRole. */
  readonly principals?: readonly string[];
  /** Exact, or with `*`; when present AssumeRole must bring a matching ExternalId. */
  readonly externalID?: string;
  /** AssumeRoleWithWebIdentity: `sub` and `aud` of the token, patterns; `issuer` exact when present. */
  readonly webIdentity?: {
    readonly issuer?: string;
    readonly subjects: readonly string[];
    readonly audiences: readonly string[];
  };
}

export interface RoleLayout {
  readonly arn: string;
  readonly trust: RoleTrust;
  /** Identity-based policies, as IAM's JSON. */
  readonly policies: readonly PolicyDocument[];
}

/** A long-lived key of a user; its secret is never checked (signatures are not verified). */
export interface AccessKeyLayout {
  readonly accessKeyID: string;
  readonly principalARN: string;
  /** Identity-based policies, as IAM's JSON. */
  readonly policies: readonly PolicyDocument[];
}

export interface IAMLayout {
  readonly accessKeys: readonly AccessKeyLayout[];
  readonly roles: readonly RoleLayout[];
  /** Names known in each account; RunInstances refuses others. The role inside has the profile's name when `roleName` is absent. */
  readonly instanceProfiles: readonly {
    readonly accountID: string;
    readonly name: string;
    readonly roleName?: string;
  }[];
}
