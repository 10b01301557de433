/**
 * PassThroughRegister: RegisterConnector.ps1 with a stored credential (agent-host reference, 14). No token form is documented for this agent.
 * Guarantees: one sign-in a run; a registered agent is left alone.
 */
import { registerPassThrough } from "../registration.ts";
import { cloudUnsupported } from "./pass-through-install.ts";
import {
  byAccount,
  registered,
  registrationFacts,
  signInRefusal,
  TENANT_NOT_FOUND,
  tenantRefusal,
} from "./register.ts";
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
    const signIn = byAccount(context);
    if (signIn.kind === "failed") return signIn.end;
    const { tenant } = signIn;
    // The setup was told the cloud (ENVIRONMENTNAME); the registration is not told the tenant: it is the account's.
    const refusal = tenantRefusal(context, tenant, agent.cloud);
    if (refusal !== undefined || tenant === undefined) return refusal ?? TENANT_NOT_FOUND;
    const refused = signInRefusal(signIn.attempt(tenant));
    return refused ?? registered(registerPassThrough(host, agent, tenant), tenantID);
  },
};
