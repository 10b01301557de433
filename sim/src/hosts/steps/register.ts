/**
 * Register: Connect-AADCloudSyncAzureAD with a stored credential or a delegated token (agent-host reference, 5).
 * Guarantees: one sign-in a run; two set-ups of one domain at once leave a mark. The account is needed here only; the agent goes on by its certificate.
 */
import type { RegistrationRefusal, SignIn, Tenant } from "../../entra/tenant.ts";
import type { TenantCloud } from "../../layout/tenants.ts";
import type { InstalledAgent, Registration } from "../disk.ts";
import { registerAgent } from "../registration.ts";
import { refuse, type Refusal } from "./domain-access.ts";
import { readSecret } from "./secrets.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const REGISTER: Step = {
  takesLock: true,
  isDone: ({ host }) => host.disk.registration !== undefined,
  begin({ host, directory }) {
    return directory.watch.open(host.disk.domain ?? "", host.machine.instanceID, "Register");
  },
  run(context) {
    const { host } = context;
    if (host.disk.agent === undefined) {
      return failed("Permanent", "AgentNotInstalled", ["No agent is installed.", "Install it first."]);
    }
    const tenantID = parameter(context, "tenantID");
    const known = host.disk.registration;
    if (known?.tenantID === tenantID) return succeeded(false, registrationFacts(known));
    if (known !== undefined) {
      const words = [`The agent belongs to tenant ${known.tenantID}.`, "Replace the host."] as const;
      return failed("Permanent", "RegisteredElsewhere", words);
    }
    return register(context, host.disk.agent, tenantID);
  },
};

function register(context: StepContext, agent: InstalledAgent, tenantID: string): StepEnd {
  const signIn = parameter(context, "mode") === "AccessToken" ? byToken(context, tenantID) : byAccount(context);
  if (signIn.kind === "failed") return signIn.end;
  const { tenant } = signIn;
  const unreached = tenantRefusal(context, tenant, agent.cloud);
  if (tenant === undefined || unreached !== undefined) return unreached ?? TENANT_NOT_FOUND;
  const refusal = signInRefusal(signIn.attempt(tenant));
  if (refusal !== undefined) return refusal;
  return registered(registerAgent(context.host, tenant), tenantID);
}

/** An account belongs to its own tenant, whatever tenant is wanted: what the host then shows is what it became. */
export function registered(known: Registration, tenantID: string): StepEnd {
  if (known.tenantID === tenantID) return succeeded(true, registrationFacts(known));
  const words = ["Registry and certificate do not show the tenant.", "Read the agent's trace; tried again."] as const;
  return { ...failed("Transient", "RegistrationNotSeen", words), changed: true };
}

interface Attempt {
  readonly kind: "attempt";
  readonly tenant: Tenant | undefined;
  readonly attempt: (tenant: Tenant) => SignIn;
}

export function byAccount(context: StepContext): Attempt | Refusal {
  const secret = readSecret(context, parameter(context, "secretARN"), "entraAccount");
  if (secret.kind === "failed") return secret;
  const { userPrincipalName, password } = secret.value;
  const tenants = [...context.directory.tenants.values()];
  const home = tenants.find((tenant) => tenant.hasAccount(userPrincipalName)) ?? tenants[0];
  return { kind: "attempt", tenant: home, attempt: (tenant) => tenant.signIn(userPrincipalName, password) };
}

function byToken(context: StepContext, tenantID: string): Attempt | Refusal {
  const { disk } = context.host;
  const secret = readSecret(context, parameter(context, "secretARN"), "entraToken");
  if (secret.kind === "failed") return secret;
  if (disk.ailments.has("tokenlessAgent") || parameter(context, "tenantCloud") !== "Public") {
    const fix = "Use mode Credential or Manual.";
    return refuse("Permanent", "AccessTokenUnsupported", "This agent, or this cloud, takes no access token.", fix);
  }
  if (disk.ailments.has("moduleLoggingOn")) {
    const message = "PowerShell module logging would write the token into the event log.";
    return refuse("Person", "ModuleLoggingOn", message, "Turn that policy off while the host registers.");
  }
  const tenant = context.directory.tenants.get(tenantID);
  return { kind: "attempt", tenant, attempt: (known) => known.signInByToken(secret.value.accessToken) };
}

export const TENANT_NOT_FOUND = failed("Permanent", "TenantNotFound", [
  "Entra does not know the tenant.",
  "Correct the tenant id, or use the setup of its cloud.",
]);

/** AADSTS90002: the tenant does not exist, or the sign-in went to another cloud than the tenant's. */
export function tenantRefusal(
  { host }: StepContext,
  tenant: Tenant | undefined,
  cloud: TenantCloud,
): StepEnd | undefined {
  if (tenant === undefined || tenant.cloud !== cloud) return TENANT_NOT_FOUND;
  if (tenant.isReachable(host.zone)) return undefined;
  return failed("Transient", "EntraUnreachable", ["Entra does not answer.", "Check the way out and the proxy."]);
}

/** No code tells a missing role from a wrong password (src/host/powershell/sign-in-prelude.ps1). */
export function signInRefusal(signIn: SignIn): StepEnd | undefined {
  if (signIn.kind === "signedIn") return undefined;
  const told = signIn.reason === "RoleMissing" ? "CredentialRefused" : signIn.reason;
  return failed("Credential", told, REFUSALS[told]);
}

export function registrationFacts(known: { readonly tenantID: string; readonly certificateNotAfterMs: number }): {
  readonly tenantID: string;
  readonly certificateNotAfter: string;
} {
  return {
    tenantID: known.tenantID,
    certificateNotAfter: new Date(known.certificateNotAfterMs).toISOString(),
  };
}

type ToldRefusal = Exclude<RegistrationRefusal["reason"], "RoleMissing">;

const REFUSALS: Readonly<Record<ToldRefusal, readonly [message: string, fix: string]>> = {
  CredentialRefused: ["Entra refused the sign-in.", "Correct the secret; the account needs the role too."],
  MFARequired: ["The account has to answer an MFA challenge.", "Use an access token or register by hand."],
  GuestAccount: ["A guest cannot register agents.", "Use a member account of the tenant."],
  AccountDisabled: ["The account is disabled.", "Enable it or use another."],
  TokenRefused: ["Entra refused the access token.", "Store a token of this tenant."],
  TokenExpired: ["The access token has expired.", "Store a fresh one."],
};
