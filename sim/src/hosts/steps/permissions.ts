/**
 * Permissions: rights on group objects in the provisioning containers, and nowhere else (agent-host reference, 6.3).
 * Guarantees: Verify changes nothing and reads no secret; everything is judged before anything is set.
 * Never: overrides a deny entry, hands out rights on a container that AD itself marks as critical, touches the domain's root.
 */
import type { Domain } from "../../ad/domain.ts";
import { isWithin } from "../../ad/distinguished-name.ts";
import { denial, findingFacts, findingOf, grantMissing, knownAccount, setupProblem } from "./permission-findings.ts";
import { CONTAINER_RIGHTS } from "./permission-rights.ts";
import { failed, parameter, succeeded, type Step, type StepEnd } from "./step.ts";

export const PERMISSIONS: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const known = knownAccount(context);
    if (known.kind === "failed") return known.end;
    const { domain, account } = known;
    const containers = parameter(context, "provisioningContainers").split("|");
    const problem = containerProblem(domain, containers);
    if (problem !== undefined) return problem;
    const findings = containers.map((distinguishedName) =>
      findingOf(domain, account, { distinguishedName, rights: CONTAINER_RIGHTS }),
    );
    if (parameter(context, "mode") === "Verify") return succeeded(false, findingFacts(findings));
    const denied = denial(findings);
    if (denied !== undefined) return denied;
    const missing = findings.filter((finding) => finding.missing.length > 0);
    if (missing.length === 0) return succeeded(false, findingFacts(findings));
    const objects = missing.map(({ distinguishedName }) => distinguishedName);
    const refusal = setupProblem(context, domain, objects);
    if (refusal !== undefined) return refusal.end;
    return succeeded(true, findingFacts(findings.map((finding) => grantMissing(domain, account, finding))));
  },
};

function containerProblem(domain: Domain, containers: readonly string[]): StepEnd | undefined {
  for (const container of containers) {
    if (!isWithin(container, domain.root)) {
      const words = [`${container} lies in another domain.`, "Correct provisioningContainers."] as const;
      return failed("Permanent", "ContainerOutsideDomain", words);
    }
    if (!domain.hasContainer(container)) {
      const words = [`There is no ${container}.`, "Create it or correct provisioningContainers."] as const;
      return failed("Permanent", "ContainerNotFound", words);
    }
    if (domain.isCritical(container)) {
      const words = [`${container} belongs to the directory itself.`, "Provision into a unit of its own."] as const;
      return failed("Permanent", "ContainerCritical", words);
    }
  }
  return undefined;
}
