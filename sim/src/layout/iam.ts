/** Identities of a layout: who may sign calls, which roles may be assumed by whom, and what each may do. Data only. */

/**
 * One statement, as IAM's, cut to what the world evaluates. Patterns may hold `*`.
 * Conditions: every named tag must be present and match; `createAction` is ec2:CreateAction (tags written by a create call).
 */
export interface PolicyStatement {
  readonly effect: "Allow" | "Deny";
  /** `service:Action`, such as `ec2:Describe*`. */
  readonly actions: readonly string[];
  readonly requestTags?: Readonly<Record<string, string>>;
  readonly resourceTags?: Readonly<Record<string, string>>;
  readonly createAction?: string;
}

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
  readonly statements: readonly PolicyStatement[];
}

/** A long-lived key of a user; its secret is never checked (signatures are not verified). */
export interface AccessKeyLayout {
  readonly accessKeyID: string;
  readonly principalARN: string;
  readonly statements: readonly PolicyStatement[];
}

export interface IAMLayout {
  readonly accessKeys: readonly AccessKeyLayout[];
  readonly roles: readonly RoleLayout[];
  /** Names known in each account; RunInstances refuses others. */
  readonly instanceProfiles: readonly { readonly accountID: string; readonly name: string }[];
}
