/**
 * RestartService: ends with the agent's service running (agent-host reference, 9). A drained service is started too: that is how a drain is undone.
 * Guarantees: a service that Windows does not start says why, as far as a host can tell.
 */
import type { AgentKind, Host } from "../host.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const RESTART_SERVICE: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const { host } = context;
    const kind = agentKind(context);
    if (host.stateOf(kind) === "Missing") {
      return failed("Permanent", "AgentNotInstalled", ["No such agent is installed.", "Install it."]);
    }
    const agent = kind === "Provisioning" ? host.disk.agent : host.disk.passThrough;
    if (agent?.service.startType === "Disabled") {
      return failed("Person", "ServiceDisabled", ["Somebody disabled the service.", "Set it to Automatic."]);
    }
    host.stopServiceOf(kind);
    if (host.startServiceOf(kind)) return succeeded(true, { agentService: host.stateOf(kind) });
    return { ...notStarted(host), changed: true };
  },
};

/** The contract lets only these two words through. */
export function agentKind(context: StepContext): AgentKind {
  return parameter(context, "agentKind") === "Provisioning" ? "Provisioning" : "PassThroughAuthentication";
}

/** What Test-ADServiceAccount and the secure channel tell about a service that does not log on (error 1069). */
function notStarted(host: Host): StepEnd {
  switch (host.serviceAccountProblem(host.disk.agent?.service.account ?? "")) {
    case "Unreachable":
      return failed("Transient", "DomainControllerUnreachable", ["No controller answers.", "Check routes."]);
    case "Untrusted":
    case "NotJoined":
      return failed("Permanent", "DomainNotTrusted", ["The domain does not trust the host any more.", "Replace it."]);
    case "LogonDenied":
      return failed("Person", "ServiceLogonDenied", [
        "The service did not log on (1069).",
        "Allow logon as a service.",
      ]);
    case "NotFound":
    case "NotMember":
    case "StaleTicket":
      return failed("Transient", "TestADServiceAccountFalse", [
        "The host cannot read the gMSA's password.",
        "Restart the host; if that does not help, look at the host group.",
      ]);
    case undefined:
      return failed("Transient", "ServiceNotStarted", ["The service did not start.", "Look at the host's events."]);
  }
}
