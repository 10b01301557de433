/**
 * CleanUpPeer: what LeaveDomain does, for a host that is gone, run on another one (agent-host reference, 12).
 * Guarantees: never the own computer; never one that shows a sign of life: a newer object, a logon after its end, an answer on the network.
 * Never: takes silence for death. That the peer is dead is EC2's word, carried by deadSince.
 */
import type { ComputerAccount, Domain } from "../../ad/domain.ts";
import { trustingDomain } from "./domain-access.ts";
import { removalProblem, removeComputer } from "./computer-removal.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

/** Clocks of a domain agree within five minutes, else Kerberos fails (agent-host reference, 9: offset below 300 s). */
const CLOCK_SKEW_MS = 300_000;

export const CLEAN_UP_PEER: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const name = parameter(context, "computerName");
    if (context.host.disk.computerName === name) {
      return failed("Permanent", "PeerIsSelf", [`${name} is this host.`, "Send the step to another host."]);
    }
    const reached = trustingDomain(context);
    if (reached.kind === "failed") return reached.end;
    const deadSince = parameter(context, "deadSince");
    const deadSinceMs = Date.parse(deadSince);
    // The pattern of the contract admits the 31st of every month, which Date.parse carries over into the next.
    if (!new Date(deadSinceMs).toISOString().startsWith(deadSince.slice(0, -1))) {
      const words = ["deadSince is no instant.", "Send when the instance was terminated."] as const;
      return failed("Permanent", "DeadSinceMalformed", words);
    }
    if (deadSinceMs > context.clock.nowMs() + CLOCK_SKEW_MS) {
      return failed("Permanent", "DeadSinceInFuture", [
        "deadSince lies ahead.",
        "Send when the instance was terminated.",
      ]);
    }
    const computer = reached.domain.computers.get(name.toLowerCase());
    if (computer === undefined) return cleanedUp(name, false);
    const problem =
      removalProblem(context, reached.domain, computer) ??
      silentController(context, reached.domain) ??
      signOfLife(reached.domain, computer, deadSinceMs);
    if (problem !== undefined) return problem;
    const removal = removeComputer(context, reached.domain, computer);
    return removal.kind === "gone" ? cleanedUp(name, true) : removal.end;
  },
};

/** Each controller knows only the logons that it saw itself (lastLogon is not replicated): all have to be asked. */
function silentController({ host }: StepContext, domain: Domain): StepEnd | undefined {
  if (domain.reachableControllers(host.zone).length === domain.controllers().length) return undefined;
  const words = ["A controller that may have seen the peer does not answer.", "Try again when it does."] as const;
  return failed("Transient", "SignsOfLifeUnknown", words);
}

function signOfLife(
  domain: Domain,
  { name, createdMs, boundTo }: ComputerAccount,
  deadSinceMs: number,
): StepEnd | undefined {
  if (createdMs > deadSinceMs) {
    const words = [`${name} was created after the peer's end.`, "Another host has the name: leave it."] as const;
    return failed("Person", "PeerIsNewer", words);
  }
  if ((domain.presence.lastLogonMs(name, boundTo) ?? 0) > deadSinceMs + CLOCK_SKEW_MS) {
    const words = [`${name} logged on after the peer's end.`, "Find the host that uses the account."] as const;
    return failed("Person", "PeerLoggedOn", words);
  }
  if (!domain.presence.isAnswering(name)) return undefined;
  const words = [`${name} answers on the network.`, "End the host, or wait until its address is free."] as const;
  return failed("Transient", "PeerAnswers", words);
}

function cleanedUp(name: string, isChanged: boolean): StepEnd {
  return succeeded(isChanged, { computerName: name, isHostGroupMember: false, isComputerObjectPresent: false });
}
