/**
 * HostGroup: puts a new host's computer into the gMSA's host group, from a healthy member (agent-host reference, 6.1 and 17.3).
 * Guarantees: nothing but a computer of the declared unit comes into the group; a member is left alone without a bind.
 */
import { isSame } from "../../ad/distinguished-name.ts";
import { boundAccount, trustingDomain } from "./domain-access.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const HOST_GROUP: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const reached = trustingDomain(context);
    if (reached.kind === "failed") return reached.end;
    const { domain } = reached;
    const hostGroup = parameter(context, "hostGroup");
    const name = parameter(context, "computerName");
    if (!domain.hasGroup(hostGroup)) {
      return failed("Permanent", "HostGroupNotFound", [`There is no group ${hostGroup}.`, "Create it or correct it."]);
    }
    const computer = domain.computers.get(name.toLowerCase());
    if (computer === undefined) {
      const words = [`There is no computer ${name} yet.`, "Wait for its join or for replication."] as const;
      return failed("Transient", "ComputerNotFound", words);
    }
    if (!isSame(computer.organizationalUnit, parameter(context, "organizationalUnit"))) return elsewhere(name);
    if (domain.isMember(hostGroup, name)) return member(context, false);
    const bound = boundAccount(context, domain, parameter(context, "credentialSecretARN"));
    if (bound.kind === "failed") return bound.end;
    if (domain.addMember(bound.account, hostGroup, name) === "denied") return hostGroupDenied(hostGroup);
    return member(context, true);
  },
};

function member(context: StepContext, isChanged: boolean): StepEnd {
  return succeeded(isChanged, { computerName: parameter(context, "computerName"), isHostGroupMember: true });
}

export function elsewhere(name: string): StepEnd {
  const words = [`${name} does not stand in the declared unit.`, "Correct the unit, or act by hand."] as const;
  return failed("Permanent", "ComputerElsewhere", words);
}

export function hostGroupDenied(hostGroup: string): StepEnd {
  const words = [`The account may not change ${hostGroup}.`, "Delegate the group's members to it."] as const;
  return failed("Person", "HostGroupDenied", words);
}
