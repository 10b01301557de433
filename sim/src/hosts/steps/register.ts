/**
 * Register: Connect-AADCloudSyncAzureAD with a stored credential or a delegated token (agent-host reference, 5).
 * Guarantees: one sign-in a run; two set-ups of one domain at once leave a mark. The account is needed here only; the agent goes on by its certificate.
 */
import type { RegistrationRefusal, SignIn, Tenant } from "../../entra/tenant.ts";
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
    return register(context, tenantID);
  },
};

function register(context: StepContext, tenantID: string): StepEnd {
  const { host } = context;
  const reached = reachedTenant(context, tenantID);
  if (reached.kind === "failed") return reached.end;
  const { tenant } = reached;
  const signIn = signInTo(context, tenant);
  if (signIn.kind === "failed") return signIn.end;
  if (signIn.kind === "refused") return signInRefused(signIn);
  return succeeded(true, registrationFacts(registerAgent(host, tenant)));
}

export function signInRefused({ reason }: RegistrationRefusal): StepEnd {
  return failed("Credential", reason, REFUSALS[reason]);
}

export function reachedTenant(
  context: StepContext,
  tenantID: string,
): { readonly kind: "reached"; readonly tenant: Tenant } | Refusal {
  const { host, directory } = context;
  const tenant = directory.tenants.get(tenantID);
  if (tenant !== undefined && !tenant.isReachable(host.zone)) {
    return refuse("Transient", "EntraUnreachable", "Entra does not answer.", "Check the way out and the proxy.");
  }
  if (tenant === undefined) {
    return refuse("Permanent", "TenantNotFound", `There is no tenant ${tenantID}.`, "Correct the tenant id.");
  }
  if (tenant.cloud !== parameter(context, "tenantCloud")) {
    return refuse("Permanent", "WrongCloud", `The tenant is in ${tenant.cloud}.`, "Correct the tenant's cloud.");
  }
  return { kind: "reached", tenant };
}

function signInTo(context: StepContext, tenant: Tenant): SignIn | Refusal {
  const arn = parameter(context, "secretARN");
  if (parameter(context, "mode") === "AccessToken") {
    const secret = readSecret(context, arn, "entraToken");
    return secret.kind === "failed" ? secret : tenant.signInByToken(secret.value.accessToken);
  }
  const secret = readSecret(context, arn, "entraAccount");
  return secret.kind === "failed" ? secret : tenant.signIn(secret.value.userPrincipalName, secret.value.password);
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

const REFUSALS: Readonly<Record<RegistrationRefusal["reason"], readonly [message: string, fix: string]>> = {
  CredentialRefused: ["Entra refused user name or password.", "Correct the secret."],
  MFARequired: ["The account has to answer an MFA challenge.", "Use an access token or register by hand."],
  RoleMissing: ["The account is no Hybrid Identity Administrator.", "Give it the role."],
  GuestAccount: ["A guest cannot register agents.", "Use a member account of the tenant."],
  AccountDisabled: ["The account is disabled.", "Enable it or use another."],
  TokenRefused: ["Entra refused the access token.", "Store a token of this tenant."],
  TokenExpired: ["The access token has expired.", "Store a fresh one."],
};
