/**
 * PassThroughRegister: RegisterConnector.ps1 with a stored credential (agent-host reference, 14). No token form is documented for this agent.
 * Guarantees: one sign-in a run; a registered agent is left alone.
 */
import { registerPassThrough } from "../registration.ts";
import { cloudUnsupported } from "./pass-through-install.ts";
import { reachedTenant, registrationFacts, signInRefused } from "./register.ts";
import { readSecret } from "./secrets.ts";
import { failed, parameter, succeeded, type Step } from "./step.ts";

export const PASS_THROUGH_REGISTER: Step = {
  takesLock: true,
  isDone: ({ host }) => host.disk.passThrough?.registration !== undefined,
  begin({ host, directory }) {
    return directory.watch.open(host.disk.domain ?? "", host.machine.instanceID, "Register");
  },
  run(context) {
    const { host } = context;
    const agent = host.disk.passThrough;
    if (agent === undefined) {
      return failed("Permanent", "AgentNotInstalled", ["No agent is installed.", "Install it first."]);
    }
    const tenantID = parameter(context, "tenantID");
    const known = agent.registration;
    if (known?.tenantID === tenantID) return succeeded(false, registrationFacts(known));
    if (known !== undefined) {
      const words = [`The agent belongs to tenant ${known.tenantID}.`, "Replace the host."] as const;
      return failed("Permanent", "RegisteredElsewhere", words);
    }
    if (parameter(context, "tenantCloud") === "China") return cloudUnsupported();
    const reached = reachedTenant(context, tenantID);
    if (reached.kind === "failed") return reached.end;
    const secret = readSecret(context, parameter(context, "secretARN"), "entraAccount");
    if (secret.kind === "failed") return secret.end;
    const signIn = reached.tenant.signIn(secret.value.userPrincipalName, secret.value.password);
    if (signIn.kind === "refused") return signInRefused(signIn);
    return succeeded(true, registrationFacts(registerPassThrough(host, agent, reached.tenant)));
  },
};
