/**
 * LeaveDomain: stops the agent, leaves the host group, deletes the own computer object (agent-host reference, 12).
 * Guarantees: deletes only the object that the domain binds to this very host; the service is stopped first, so a peer takes over.
 * Caveat: afterwards the domain does not know the host any more, so a second run reads with the leave account.
 */
import { serviceNotStopped } from "./drain.ts";
import { ownDomain } from "./domain-access.ts";
import { removalProblem, removeComputer } from "./computer-removal.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const LEAVE_DOMAIN: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const { host } = context;
    const name = parameter(context, "computerName");
    if (host.disk.computerName !== name) {
      const words = [`The host is called ${host.disk.computerName}.`, "Send the step to the right host."] as const;
      return failed("Permanent", "WrongHost", words);
    }
    const reached = ownDomain(context);
    if (reached.kind === "failed") return reached.end;
    const computer = reached.domain.computers.get(name.toLowerCase());
    const hangs = host.disk.ailments.has("serviceHangs") && host.isServiceRunning;
    if (computer === undefined) return hangs ? serviceNotStopped() : left(context, stopServices(context));
    if (!host.isTrusted) {
      const words = [`${name} belongs to another host now.`, "Find out which, and clean up by hand."] as const;
      return failed("Person", "ComputerTakenOver", words);
    }
    const problem = removalProblem(context, reached.domain, computer);
    if (problem !== undefined) return problem;
    if (hangs) return serviceNotStopped();
    const hasStopped = stopServices(context);
    const removal = removeComputer(context, reached.domain, computer);
    if (removal.kind === "gone") return left(context, true);
    return { ...removal.end, changed: removal.end.changed || hasStopped };
  },
};

function stopServices({ host }: StepContext): boolean {
  const running = (["Provisioning", "PassThroughAuthentication"] as const).filter(
    (kind) => host.stateOf(kind) === "Running",
  );
  for (const kind of running) host.stopServiceOf(kind);
  return running.length > 0;
}

function left({ host }: StepContext, isChanged: boolean): StepEnd {
  return succeeded(isChanged, {
    computerName: host.disk.computerName,
    agentService: host.serviceState,
    isHostGroupMember: false,
    isComputerObjectPresent: false,
  });
}
