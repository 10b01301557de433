/**
 * Credentials of a scope: the operator's own, a service account's web identity, and a role assumed on top.
 * Guarantees: one refresh at a time for each identity, early enough (5 min before the end); a failing refresh is not repeated at once, and does
 * not take away credentials that still hold. Never: a token or key in a failure or a log.
 * Source: STS API Reference, AssumeRoleWithWebIdentity and AssumeRole; EKS User Guide, IAM roles for service accounts.
 */
import type { Credentials as StsCredentials, STSClient } from "@aws-sdk/client-sts";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import type { Clock } from "../../runtime/clock.ts";
import { withDeadline } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { Caller, CallOutcome } from "../call/caller.ts";
import { NotConnected } from "../call/caller.ts";
import { raceAbort } from "../call/race-abort.ts";
import { readThrown } from "../call/thrown.ts";
import {
  CACHE_ENTRIES_MAX,
  CREDENTIAL_FAILURE_PAUSE_MS,
  CREDENTIAL_REFRESH_MARGIN_MS,
  CREDENTIAL_SESSION_SECONDS,
  READ_TIMEOUT_MS,
} from "../limits.ts";
import type { AwsScope } from "./port.ts";
import type { ServiceAccountName, ServiceAccountTokenSource, TokenReading } from "./service-accounts.ts";

export const STS_AUDIENCE = "sts.amazonaws.com";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface CredentialSource {
  /** Rejects with {@link NotConnected} alone. */
  credentials(scope: AwsScope): Promise<Credentials>;
  /** AWS no longer accepts what is held for this scope: the next call fetches anew. */
  forget(scope: AwsScope): void;
}

export interface CredentialOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  readonly ownerID: string;
  readonly tokens: ServiceAccountTokenSource;
  /** The operator's own credentials (a caching provider: the SDK's default chain, or static ones in a simulation). */
  readonly operator: () => Promise<Credentials>;
  /** The STS client of a Region for one base identity (`key`); the same key always comes with the same credentials. */
  readonly sts: (key: string, region: string, credentials: () => Promise<Credentials>) => STSClient;
  readonly signal: AbortSignal;
}

interface Slot {
  held: Credentials | undefined;
  refresh: Promise<Credentials> | undefined;
  failed: { readonly untilMs: number; readonly failure: Failure } | undefined;
}

export function credentialSource(options: CredentialOptions): CredentialSource {
  const slots = new Map<string, Slot>();
  const { clock } = options;

  const baseKey = (scope: AwsScope): string => `${scope.region}|${originOf(scope)}`;
  const keyOf = (scope: AwsScope): string =>
    scope.assumeRole === undefined
      ? baseKey(scope)
      : `${baseKey(scope)}|${scope.assumeRole.roleARN}#${scope.assumeRole.externalID}`;
  const base = (scope: AwsScope): Promise<Credentials> =>
    scope.base.kind === "operator"
      ? operatorCredentials(options.operator)
      : renewed(slotOf(slots, baseKey(scope)), clock, () => webIdentity(options, scope));
  return {
    credentials(scope) {
      const { assumeRole } = scope;
      if (assumeRole === undefined) return base(scope);
      return renewed(slotOf(slots, keyOf(scope)), clock, () =>
        assumedRole(options, scope, assumeRole, () => base(scope)),
      );
    },
    forget(scope) {
      const slot = slots.get(keyOf(scope));
      if (slot !== undefined) slot.held = undefined;
    },
  };
}

function originOf({ base }: AwsScope): string {
  return base.kind === "operator" ? "operator" : `${base.namespace}/${base.name}=${base.roleARN}`;
}

function slotOf(slots: Map<string, Slot>, key: string): Slot {
  const known = slots.get(key);
  if (known !== undefined) return known;
  const [oldest] = slots.keys();
  if (slots.size >= CACHE_ENTRIES_MAX && oldest !== undefined) slots.delete(oldest);
  const slot: Slot = { held: undefined, refresh: undefined, failed: undefined };
  slots.set(key, slot);
  return slot;
}

async function renewed(slot: Slot, clock: Clock, fetch: () => Promise<Credentials>): Promise<Credentials> {
  const restMs = (slot.held?.expiration?.getTime() ?? 0) - clock.nowMs();
  if (slot.held !== undefined && restMs > CREDENTIAL_REFRESH_MARGIN_MS) return slot.held;
  const usable = slot.held !== undefined && restMs > 0 ? slot.held : undefined;
  if (slot.failed !== undefined && clock.monotonicMs() < slot.failed.untilMs) {
    if (usable !== undefined) return usable;
    throw new NotConnected(slot.failed.failure);
  }
  slot.refresh ??= refresh(slot, clock, fetch);
  try {
    return await slot.refresh;
  } catch (error) {
    if (usable !== undefined) return usable;
    throw error;
  }
}

async function refresh(slot: Slot, clock: Clock, fetch: () => Promise<Credentials>): Promise<Credentials> {
  try {
    slot.held = await fetch();
    slot.failed = undefined;
    return slot.held;
  } catch (error) {
    if (error instanceof NotConnected) {
      slot.failed = { untilMs: clock.monotonicMs() + CREDENTIAL_FAILURE_PAUSE_MS, failure: error.failure };
    }
    throw error;
  } finally {
    slot.refresh = undefined;
  }
}

async function operatorCredentials(provide: () => Promise<Credentials>): Promise<Credentials> {
  try {
    return await provide();
  } catch (error) {
    throw new NotConnected({
      class: "Denied",
      reason: "NoCredentials",
      message: "The operator has no AWS credentials of its own",
      fix: "Give the operator's service account a role (IRSA or EKS Pod Identity), or name a serviceAccountRef in the pool.",
      evidence: { cause: readThrown(error).code },
    });
  }
}

async function webIdentity(options: CredentialOptions, scope: AwsScope): Promise<Credentials> {
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
  { clock, tokens, signal }: CredentialOptions,
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

async function assumedRole(
  options: CredentialOptions,
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
