/**
 * An Entra tenant as agents meet it: who may register, and the agents' records.
 * Guarantees: a record is never removed by the end of a host: it turns inactive about an hour after its agent fell silent, is soft-deleted
 * about 10 days later, and dropped when its certificate expires (entra-docs, how-to-configure and the cloud sync FAQ).
 */
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { RegistrationAccountLayout, TenantCloud, TenantLayout } from "../layout/tenants.ts";

export interface RegisteredAgent {
  readonly id: string;
  readonly machineName: string;
  readonly instanceID: string;
  readonly registeredMs: number;
  readonly certificateNotAfterMs: number;
  /** `undefined` while its service runs on a host that is not frozen. */
  silentSinceMs: number | undefined;
}

export type AgentRecordStatus = "active" | "inactive" | "softDeleted";

export interface RegistrationRefusal {
  readonly kind: "refused";
  readonly reason:
    | "CredentialRefused"
    | "MFARequired"
    | "RoleMissing"
    | "GuestAccount"
    | "AccountDisabled"
    | "TokenRefused"
    | "TokenExpired";
}
export type SignIn = { readonly kind: "signedIn"; readonly userPrincipalName: string } | RegistrationRefusal;

/** entra-docs, how-to-prerequisites: Hybrid Identity Administrator or higher. */
const ROLES = ["Hybrid Identity Administrator", "Global Administrator"];
/** About four months in an observed install (community record of 2026-09-10, agent 1.1.2334.0) [unverified]. */
const CERTIFICATE_MS = 120 * 24 * 3_600_000;

export class Tenant {
  readonly tenantID: string;
  readonly cloud: TenantCloud;
  readonly #layout: TenantLayout;
  readonly #clock: WorldClock;
  readonly #delays: Delays;
  readonly #agents = new Map<string, RegisteredAgent>();
  /** Since when the cloud hears no agent at all. */
  #deafSinceMs: number | undefined;
  #sequence = 0;

  constructor(layout: TenantLayout, { clock, delays }: { clock: WorldClock; delays: Delays }) {
    this.#layout = layout;
    this.#clock = clock;
    this.#delays = delays;
    this.tenantID = layout.tenantID;
    this.cloud = layout.cloud;
    this.setReachable(layout.isReachable ?? true);
  }

  isReachable(availabilityZone: string): boolean {
    return this.#deafSinceMs === undefined && !(this.#layout.unreachableFrom ?? []).includes(availabilityZone);
  }

  setReachable(isReachable: boolean): void {
    this.#deafSinceMs = isReachable ? undefined : (this.#deafSinceMs ?? this.#clock.nowMs());
  }

  hasAccount(userPrincipalName: string): boolean {
    return this.#account(userPrincipalName) !== undefined;
  }

  signIn(userPrincipalName: string, password: string): SignIn {
    const account = this.#account(userPrincipalName);
    if (account?.password !== password) return { kind: "refused", reason: "CredentialRefused" };
    // The cmdlet cannot answer a challenge (azure-docs PR 113567).
    if (account.requiresMFA === true) return { kind: "refused", reason: "MFARequired" };
    return judged(account);
  }

  signInByToken(accessToken: string): SignIn {
    const token = this.#layout.tokens?.find((one) => one.accessToken === accessToken);
    const account = token === undefined ? undefined : this.#account(token.userPrincipalName);
    if (token === undefined || account === undefined) return { kind: "refused", reason: "TokenRefused" };
    if (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= this.#clock.nowMs()) {
      return { kind: "refused", reason: "TokenExpired" };
    }
    return judged(account);
  }

  register(instanceID: string, machineName: string): RegisteredAgent {
    this.#sequence += 1;
    const nowMs = this.#clock.nowMs();
    const agent: RegisteredAgent = {
      id: `a9e0${this.#sequence.toString(16).padStart(4, "0")}-0000-4000-8000-${this.tenantID.slice(-12)}`,
      machineName,
      instanceID,
      registeredMs: nowMs,
      certificateNotAfterMs: nowMs + CERTIFICATE_MS,
      silentSinceMs: undefined,
    };
    this.#agents.set(agent.id, agent);
    return agent;
  }

  /** The agent's service came up or went silent. */
  setSilent(agentID: string, isSilent: boolean): void {
    const agent = this.#agents.get(agentID);
    if (agent === undefined) return;
    agent.silentSinceMs = isSilent ? (agent.silentSinceMs ?? this.#clock.nowMs()) : undefined;
  }

  agents(): readonly { readonly agent: RegisteredAgent; readonly status: AgentRecordStatus }[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#agents.values()]
      .filter(({ certificateNotAfterMs }) => certificateNotAfterMs > nowMs)
      .map((agent) => ({ agent, status: this.#status(agent, nowMs) }));
  }

  #status({ silentSinceMs }: RegisteredAgent, nowMs: number): AgentRecordStatus {
    const silenceMs = nowMs - Math.min(silentSinceMs ?? nowMs, this.#deafSinceMs ?? nowMs);
    if (silenceMs >= this.#delays.ms("entra.softDeletedAfter")) return "softDeleted";
    return silenceMs >= this.#delays.ms("entra.inactiveAfter") ? "inactive" : "active";
  }

  #account(userPrincipalName: string): RegistrationAccountLayout | undefined {
    const key = userPrincipalName.toLowerCase();
    return this.#layout.accounts.find((account) => account.userPrincipalName.toLowerCase() === key);
  }
}

function judged(account: RegistrationAccountLayout): SignIn {
  if (account.isDisabled === true) return { kind: "refused", reason: "AccountDisabled" };
  if (account.isGuest === true) return { kind: "refused", reason: "GuestAccount" };
  if (!account.roles.some((role) => ROLES.includes(role))) return { kind: "refused", reason: "RoleMissing" };
  return { kind: "signedIn", userPrincipalName: account.userPrincipalName };
}
