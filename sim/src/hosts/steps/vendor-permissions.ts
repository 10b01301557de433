/**
 * VendorPermissions: rights at the domain's root by the vendor's cmdlet, and the restriction of the gMSA object (agent-host reference, 5.1, 6.3, 6.4).
 * Guarantees: Verify changes nothing and reads no secret; the cmdlets act on the account of the agent installed here, so another one is refused.
 * Never: overrides a deny entry.
 */
import type { Domain, ServiceAccount } from "../../ad/domain.ts";
import { refuse, type Refusal } from "./domain-access.ts";
import { denial, findingFacts, findingOf, grantMissing, knownAccount, setupProblem } from "./permission-findings.ts";
import { rightsOfTypes } from "./permission-rights.ts";
import { failed, parameter, succeeded, type Step, type StepContext } from "./step.ts";

export const VENDOR_PERMISSIONS: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const known = knownAccount(context);
    if (known.kind === "failed") return known.end;
    const { domain, account } = known;
    const rights = rightsOfTypes(parameter(context, "types"));
    const finding = findingOf(domain, account, { distinguishedName: domain.root, rights });
    const facts = (one = finding): Readonly<Record<string, unknown>> => ({
      ...findingFacts([one]),
      isServiceAccountRestricted: account.isRestricted,
    });
    if (parameter(context, "mode") === "Verify") return succeeded(false, facts());
    const denied = denial([finding]);
    if (denied !== undefined) return denied;
    const isRestricting = parameter(context, "restriction") === "Restrict" && !account.isRestricted;
    if (finding.missing.length === 0 && !isRestricting) return succeeded(false, facts());
    const accountObject = `CN=${account.name.slice(0, -1)},CN=Managed Service Accounts,${domain.root}`;
    const objects = [...(finding.missing.length > 0 ? [domain.root] : []), ...(isRestricting ? [accountObject] : [])];
    const refusal = agentProblem(context, domain, account) ?? setupProblem(context, domain, objects);
    if (refusal !== undefined) return refusal.end;
    if (context.host.disk.ailments.has("vendorCmdletFails")) {
      const words = ["The vendor's cmdlet failed.", "Read the evidence and the agent's trace; tried again."] as const;
      return failed("Transient", "PermissionsFailed", words);
    }
    if (isRestricting) account.isRestricted = true;
    return succeeded(true, facts(grantMissing(domain, account, finding)));
  },
};

function agentProblem({ host }: StepContext, domain: Domain, account: ServiceAccount): Refusal | undefined {
  const { agent, configuredDomains } = host.disk;
  if (agent === undefined) {
    return refuse("Permanent", "AgentNotInstalled", "No agent is installed.", "Use a configured host.");
  }
  if (!configuredDomains.includes(domain.dnsName)) {
    return refuse("Permanent", "DomainNotConfigured", `The agent lacks ${domain.dnsName}.`, "Configure it first.");
  }
  if (agent.service.account.toLowerCase() === `${domain.netBIOSName}\\${account.name}`.toLowerCase()) return undefined;
  const message = `The agent runs under ${agent.service.account}.`;
  return refuse("Permanent", "ServiceAccountMismatch", message, "Correct gmsaName.");
}
