/**
 * Credentials of a scope: the operator's own, a service account's web identity, and a role assumed on top.
 * Guarantees: one refresh at a time for each identity, early enough (5 min before the end); a failing refresh is not repeated at once, and does
 * not take away credentials that still hold. Never: a token or key in a failure or a log.
 * Source: STS API Reference, AssumeRoleWithWebIdentity and AssumeRole; EKS User Guide, IAM roles for service accounts.
 */
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { NotConnected } from "../call/caller.ts";
import { readThrown } from "../call/thrown.ts";
import { CACHE_ENTRIES_MAX, CREDENTIAL_FAILURE_PAUSE_MS, CREDENTIAL_REFRESH_MARGIN_MS } from "../limits.ts";
import type { AwsScope } from "./port.ts";
import type { StsOptions } from "./sts-sessions.ts";
import { assumedRole, originOf, webIdentity } from "./sts-sessions.ts";

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

export interface CredentialOptions extends StsOptions {
  /** The operator's own credentials (a caching provider: the SDK's default chain, or static ones in a simulation). */
  readonly operator: () => Promise<Credentials>;
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
