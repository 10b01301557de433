/**
 * Permissions: verifies the gMSA's effective rights, and under Grant sets what is missing (agent-host reference, 6.3 and 6.4).
 * Guarantees: Verify changes nothing and reads no secret; everything is judged before anything is set; the domain's root is touched by the vendor's
 * cmdlet alone, under scope DomainRoot.
 * Never: overrides a deny entry, hands out rights on a container that AD itself marks as critical.
 */
import type { Domain, ServiceAccount } from "../../ad/domain.ts";
import { isWithin } from "../../ad/distinguished-name.ts";
import { boundAccount, trustingDomain, type Refusal } from "./domain-access.ts";
import { findingFacts, findingOf, grantMissing, wantedRights, type Finding } from "./permission-findings.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const PERMISSIONS: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const reached = trustingDomain(context);
    if (reached.kind === "failed") return reached.end;
    const { domain } = reached;
    const account = domain.serviceAccount(parameter(context, "gmsaName"));
    if (account === undefined) {
      const words = [`There is no gMSA ${parameter(context, "gmsaName")}.`, "Create it or correct its name."] as const;
      return failed("Permanent", "GMSANotFound", words);
    }
    const problem = containerProblem(context, domain);
    if (problem !== undefined) return problem;
    const findings = wantedRights(context, domain).map((wanted) => findingOf(domain, account, wanted));
    return parameter(context, "mode") === "Grant"
      ? granted(context, { domain, account, findings })
      : succeeded(false, factsOf(findings, account));
  },
};

interface Judged {
  readonly domain: Domain;
  readonly account: ServiceAccount;
  readonly findings: readonly Finding[];
}

function containerProblem(context: StepContext, domain: Domain): StepEnd | undefined {
  const containers = parameter(context, "provisioningContainers").split("|").filter(Boolean);
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

function granted(context: StepContext, judged: Judged): StepEnd {
  const { domain, account, findings } = judged;
  const denied = findings.find((finding) => finding.denied.length > 0);
  if (denied !== undefined) {
    const words = [`${denied.denied.join(", ")}: denied on ${denied.distinguishedName}.`, "Remove the entry."] as const;
    return failed("Person", "RightsDenied", words);
  }
  const wantsRestriction = parameter(context, "restriction") === "Restrict" && !account.isRestricted;
  const missing = findings.filter((finding) => finding.missing.length > 0);
  if (missing.length === 0 && !wantsRestriction) return succeeded(false, factsOf(findings, account));
  const needsVendor = wantsRestriction || missing.some(({ isRoot }) => isRoot);
  const refusal = (needsVendor ? vendorProblem(context, judged) : undefined) ?? setupProblem(context, judged, missing);
  if (refusal !== undefined) return refusal.end;
  const after = findings.map((finding) => grantMissing(domain, account, finding));
  if (wantsRestriction) account.isRestricted = true;
  return succeeded(true, factsOf(after, account));
}

/** The vendor's cmdlets act on the account and the domains of the agent that is installed here. */
function vendorProblem({ host }: StepContext, { domain, account }: Judged): Refusal | undefined {
  const { agent, configuredDomains } = host.disk;
  const end = (...words: Parameters<typeof failed>): Refusal => ({ kind: "failed", end: failed(...words) });
  if (agent === undefined) {
    return end("Permanent", "AgentNotInstalled", ["No agent is installed.", "Use a configured host."]);
  }
  if (!configuredDomains.includes(domain.dnsName)) {
    return end("Permanent", "DomainNotConfigured", [`The agent lacks ${domain.dnsName}.`, "Configure it first."]);
  }
  if (agent.service.account.toLowerCase() === `${domain.netBIOSName}\\${account.name}`.toLowerCase()) return undefined;
  const words = [`The agent runs under ${agent.service.account}.`, "Correct gmsaName."] as const;
  return end("Permanent", "ServiceAccountMismatch", words);
}

function setupProblem(
  context: StepContext,
  { domain, account }: Judged,
  missing: readonly Finding[],
): Refusal | undefined {
  const arn = parameter(context, "setupSecretARN");
  if (arn === "") {
    const words = ["Mode Grant needs a set-up credential.", "Name setupCredential."] as const;
    return { kind: "failed", end: failed("Permanent", "SetupCredentialRequired", words) };
  }
  const bound = boundAccount(context, domain, arn);
  if (bound.kind === "failed") return bound;
  const objects = [...missing.map(({ distinguishedName }) => distinguishedName)];
  if (parameter(context, "restriction") === "Restrict" && !account.isRestricted) objects.push(domain.root);
  const refused = objects.find((name) => !(bound.account.controls ?? []).some((root) => isWithin(name, root)));
  if (refused === undefined) return undefined;
  const words = [`The set-up account may not change the rights on ${refused}.`, "Delegate that to it."] as const;
  return { kind: "failed", end: failed("Person", "SetupAccountDenied", words) };
}

function factsOf(findings: readonly Finding[], account: ServiceAccount): Readonly<Record<string, unknown>> {
  return {
    isSufficient: findings.every(({ missing, denied }) => denied.length === 0 && missing.length === 0),
    findings: findings.map(findingFacts),
    isServiceAccountRestricted: account.isRestricted,
  };
}
