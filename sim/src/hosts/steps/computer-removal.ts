/**
 * Takes a computer out of the host group and deletes its object, with the leave account (agent-host reference, 12).
 * Guarantees: leaves the group first, so that a refusal in between never leaves a right behind without its object; what is gone is left alone.
 */
import type { ComputerAccount, Domain } from "../../ad/domain.ts";
import { isSame } from "../../ad/distinguished-name.ts";
import { boundAccount } from "./domain-access.ts";
import { elsewhere, hostGroupDenied } from "./host-group.ts";
import { failed, parameter, type StepContext, type StepEnd } from "./step.ts";

export type Removal =
  { readonly kind: "gone"; readonly isChanged: boolean } | { readonly kind: "failed"; readonly end: StepEnd };

/** What can be seen before anything is touched. */
export function removalProblem(context: StepContext, domain: Domain, computer: ComputerAccount): StepEnd | undefined {
  if (!isSame(computer.organizationalUnit, parameter(context, "organizationalUnit"))) return elsewhere(computer.name);
  const hostGroup = parameter(context, "hostGroup");
  if (hostGroup === "" || domain.hasGroup(hostGroup)) return undefined;
  return failed("Permanent", "HostGroupNotFound", [`There is no group ${hostGroup}.`, "Correct hostGroup."]);
}

export function removeComputer(context: StepContext, domain: Domain, { name }: ComputerAccount): Removal {
  const hostGroup = parameter(context, "hostGroup");
  const bound = boundAccount(context, domain, parameter(context, "credentialSecretARN"));
  if (bound.kind === "failed") return bound;
  const wasMember = hostGroup !== "" && domain.isMember(hostGroup, name);
  if (wasMember && domain.removeMember(bound.account, hostGroup, name) === "denied") {
    return stop(hostGroupDenied(hostGroup));
  }
  const outcome = domain.removeComputer(bound.account, name);
  if (outcome === "removed") return { kind: "gone", isChanged: true };
  const words =
    outcome === "denied"
      ? ([`The account may not delete ${name}.`, "Delegate deletion in the unit to it."] as const)
      : ([`Objects stand below ${name}.`, "Look at them and delete by hand."] as const);
  const reason = outcome === "denied" ? "ComputerDeletionDenied" : "ComputerHasChildren";
  return stop({ ...failed("Person", reason, words), changed: wasMember });
}

function stop(end: StepEnd): Removal {
  return { kind: "failed", end };
}
