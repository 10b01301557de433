/**
 * The two ways to a session: a service account's token, and a role assumed on top of another identity.
 * Guarantees: a refusal names the trust policy and what it has to say; the session name is the same for all sessions of a namespace.
 * Never: a token or key in a failure. Source: STS API Reference, AssumeRoleWithWebIdentity and AssumeRole.
 */
import type { Credentials as StsCredentials, STSClient } from "@aws-sdk/client-sts";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import type { Clock } from "../../runtime/clock.ts";
import { withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { Caller, CallOutcome } from "../call/caller.ts";
import { NotConnected } from "../call/caller.ts";
import { raceAbort } from "../../runtime/race-abort.ts";
import { readThrown } from "../call/thrown.ts";
import { CREDENTIAL_SESSION_SECONDS, READ_TIMEOUT_MS } from "../limits.ts";
import type { Credentials } from "./credentials.ts";
import type { AwsScope } from "./port.ts";
import type { ServiceAccountName, ServiceAccountTokenSource, TokenReading } from "./service-accounts.ts";

const STS_AUDIENCE = "sts.amazonaws.com";

export interface StsOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  readonly ownerID: string;
  readonly tokens: ServiceAccountTokenSource;
  /** The STS client of a Region for one base identity (`key`); the same key always comes with the same credentials. */
  readonly sts: (key: string, region: string, credentials: () => Promise<Credentials>) => STSClient;
  readonly signal: AbortSignal;
}

/** Stable text of a base identity. */
export function originOf({ base }: AwsScope): string {
  return base.kind === "operator" ? "operator" : `${base.namespace}/${base.name}=${base.roleARN}`;
}

export async function webIdentity(options: StsOptions, scope: AwsScope): Promise<Credentials> {
  const { base } = scope;
  if (base.kind !== "serviceAccount") throw new Error("a web identity needs a service account");
  const issued = await issuedToken(options, { namespace: base.namespace, name: base.name });
  if (issued.kind === "failed") throw new NotConnected(issued.failure);
  const outcome = await options.caller.call({
    // The bucket is the role's account: that is whose STS answers.
    place: { accountID: accountOf(base.roleARN) ?? scope.accountID, region: scope.region },
    operation: {
      service: "sts",
      name: "AssumeRoleWithWebIdentity",
      bucket: "sts:AssumeRoleWithWebIdentity",
      isWrite: false,
    },
    signal: options.signal,
    connect: () => Promise.resolve(options.sts("unsigned", scope.region, NO_CREDENTIALS)),
    send: (client, send) =>
      client.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: base.roleARN,
          RoleSessionName: sessionName(options.ownerID, base.namespace),
          WebIdentityToken: issued.token,
          DurationSeconds: CREDENTIAL_SESSION_SECONDS,
        }),
        send,
      ),
  });
  return sessionFrom(outcome, {
    role: base.roleARN,
    fix: `Trust the service account ${base.namespace}/${base.name} (subject and audience ${STS_AUDIENCE}) in the trust policy of the role, and register the cluster's OIDC issuer.`,
  });
}

async function issuedToken(
  { clock, tokens, signal }: StsOptions,
  serviceAccount: ServiceAccountName,
): Promise<TokenReading> {
  try {
    return await withDeadline(clock, READ_TIMEOUT_MS, signal, (attempt) =>
      raceAbort(tokens.token(serviceAccount, STS_AUDIENCE, attempt), attempt),
    );
  } catch (error) {
    const failure: Failure = {
      class: "Transient",
      reason: "TokenUnread",
      message: `No token for service account ${serviceAccount.namespace}/${serviceAccount.name}`,
      fix: "None: asked for again.",
      evidence: { cause: readThrown(error).code },
    };
    return { kind: "failed", failure };
  }
}

export async function assumedRole(
  options: StsOptions,
  scope: AwsScope,
  role: NonNullable<AwsScope["assumeRole"]>,
  base: () => Promise<Credentials>,
): Promise<Credentials> {
  const outcome = await options.caller.call({
    place: scope,
    operation: { service: "sts", name: "AssumeRole", bucket: "sts:AssumeRole", isWrite: false },
    signal: options.signal,
    connect: async () => {
      await base();
      return options.sts(originOf(scope), scope.region, base);
    },
    send: (client, send) =>
      client.send(
        new AssumeRoleCommand({
          RoleArn: role.roleARN,
          RoleSessionName: sessionName(options.ownerID, role.externalID),
          ExternalId: role.externalID,
          DurationSeconds: CREDENTIAL_SESSION_SECONDS,
        }),
        send,
      ),
  });
  return sessionFrom(outcome, {
    role: role.roleARN,
    fix: `Allow sts:AssumeRole to the base identity in the trust policy of the role, with sts:ExternalId "${role.externalID}".`,
  });
}

/** STS API Reference: unsigned call; keys are never read for it. */
const NO_CREDENTIALS = (): Promise<Credentials> => Promise.resolve({ accessKeyId: "", secretAccessKey: "" });

function sessionFrom(
  outcome: CallOutcome<{ Credentials?: StsCredentials | undefined }>,
  { role, fix }: { readonly role: string; readonly fix: string },
): Credentials {
  if (outcome.kind === "failed") {
    const { failure } = outcome;
    if (failure.class !== "Denied") throw new NotConnected(failure);
    throw new NotConnected({
      ...failure,
      reason: "AssumeRoleDenied",
      message: `The role ${role} cannot be assumed`,
      fix,
    });
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = outcome.output.Credentials ?? {};
  if (
    AccessKeyId === undefined ||
    SecretAccessKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined
  ) {
    throw new NotConnected({
      class: "Transient",
      reason: "CredentialsIncomplete",
      message: `STS gave no full credentials for ${role}`,
      fix: "None: tried again.",
    });
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** STS API Reference, RoleSessionName: 2 to 64 characters of [\w+=,.@-]; the same for all sessions of a namespace, for CloudTrail. */
export function sessionName(ownerID: string, namespace: string): string {
  return `cloudsync-${ownerID}-${namespace}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}

function accountOf(roleARN: string): string | undefined {
  return roleARN.split(":")[4];
}
