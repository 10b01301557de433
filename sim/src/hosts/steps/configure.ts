/**
 * Configure: selects the gMSA, adds the domain, restarts the service (agent-host reference, 5.1, 6, 17.7).
 * Guarantees: the service ends under an account that this host can use, or the step fails and says why; two set-ups of one domain at
 * once leave a mark.
 */
import type { Domain, ServiceAccount } from "../../ad/domain.ts";
import type { Host } from "../host.ts";
import { isVersionBelow } from "./install.ts";
import { rightsOfTypes } from "./permission-rights.ts";
import { readSecret } from "./secrets.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

/** From here a custom gMSA needs no Domain Admin credential (reference-version-history, 21 Sep 2026). */
const CUSTOM_ACCOUNT_VERSION = "1.1.2505.0";

export const CONFIGURE: Step = {
  takesLock: true,
  isDone: () => false,
  begin(context) {
    return context.directory.watch.open(parameter(context, "domainName"), context.host.machine.instanceID, "Configure");
  },
  run(context) {
    const ready = readiness(context);
    if (ready.kind === "failed") return ready.end;
    const { domain } = ready;
    const account = selected(context, domain);
    if (account.kind === "failed") return account.end;
    return configure(context, domain, account.account);
  },
};

type Failed = { readonly kind: "failed"; readonly end: StepEnd };

function readiness(context: StepContext): { readonly kind: "ready"; readonly domain: Domain } | Failed {
  const { host, directory } = context;
  const domainName = parameter(context, "domainName");
  const { agent, registration } = host.disk;
  if (agent === undefined) return refuse("Permanent", "AgentNotInstalled", "No agent is installed.", "Install it.");
  if (registration === undefined)
    return refuse("Permanent", "NotRegistered", "The agent is not registered.", "Register it.");
  const domain = directory.domains.get(domainName);
  if (domain === undefined)
    return refuse("Transient", "DomainNotFound", `${domainName} does not resolve.`, "Check DNS.");
  if (host.domain === undefined) return refuse("Permanent", "NotJoined", "The host is in no domain.", "Join it first.");
  if (domain.netBIOSName !== parameter(context, "netBIOSName")) {
    return refuse("Permanent", "NetBIOSNameMismatch", `The domain is ${domain.netBIOSName}.`, "Correct netBIOSName.");
  }
  const preferred = parameter(context, "preferredDomainControllers");
  const wanted = preferred === "" ? [] : preferred.toLowerCase().split(",");
  const reachable = domain
    .reachableControllers(host.zone)
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()));
  if (reachable.length > 0) return { kind: "ready", domain };
  return refuse("Transient", "DomainControllerUnreachable", `No controller of ${domainName} answers.`, "Check routes.");
}

function selected(
  context: StepContext,
  domain: Domain,
): { readonly kind: "selected"; readonly account: ServiceAccount } | Failed {
  const mode = parameter(context, "gmsaMode");
  const name = parameter(context, "gmsaName");
  const needsSetup =
    mode !== "Existing" || isVersionBelow(context.host.disk.agent?.version ?? "0", CUSTOM_ACCOUNT_VERSION);
  if (needsSetup) {
    const refusal = setupProblem(context, domain);
    if (refusal !== undefined) return refusal;
  }
  if (mode === "Existing") {
    const account = domain.serviceAccount(name);
    if (account !== undefined) return { kind: "selected", account };
    return refuse("Permanent", "GMSANotFound", `There is no gMSA ${name}.`, "Create it or correct its name.");
  }
  const wanted = mode === "Create" ? name : defaultAccountName(context, domain);
  const account = domain.serviceAccount(wanted) ?? created(domain, wanted);
  // The vendor's own account gets the vendor's rights, at the root; a custom one none (agent-host reference, 6.2 and 6.3).
  if (mode === "AgentDefault" && account !== undefined) grantDefaults(domain, account);
  if (account === undefined) {
    // "Key does not exist" (Windows Server documentation, gMSA failures): an effective key needs ten hours.
    const isWaiting = domain.kdsRootKey() === "waiting";
    const words = ["The domain has no effective KDS root key.", "Add one and wait ten hours."] as const;
    return refuse(isWaiting ? "Transient" : "Person", "KDSRootKeyMissing", ...words);
  }
  account.principalComputers.add(context.host.disk.computerName.toLowerCase());
  return { kind: "selected", account };
}

function grantDefaults({ access, root }: Domain, { name }: ServiceAccount): void {
  const wanted = rightsOfTypes("BasicRead,UserGroupCreateDelete");
  for (const right of wanted) {
    const { kind } = access.judge({ distinguishedName: root, trustees: [name], right });
    if (kind === "missing") access.grant(root, name, right);
  }
}

function created(domain: Domain, name: string): ServiceAccount | undefined {
  return domain.kdsRootKey() === "usable" ? domain.addServiceAccount({ name, principalGroups: [] }) : undefined;
}

function setupProblem(context: StepContext, domain: Domain): Failed | undefined {
  const arn = parameter(context, "setupSecretARN");
  if (arn === "") {
    return refuse("Permanent", "SetupCredentialRequired", "This needs a set-up credential.", "Name setupCredential.");
  }
  const secret = readSecret(context, arn, "directoryAccount");
  if (secret.kind === "failed") return secret;
  const bind = domain.bind(secret.value);
  if (bind.kind === "refused") {
    return refuse("Credential", bind.reason, "The domain refused the set-up account.", "Correct the secret.");
  }
  if (bind.account.managesServiceAccounts === true) return undefined;
  return refuse("Person", "SetupAccountDenied", "The set-up account may not manage gMSAs.", "Delegate that to it.");
}

/** The account that the agent makes by itself: pGMSA_ and eight hex digits; a second agent picks the same one. */
function defaultAccountName({ dice }: StepContext, domain: Domain): string {
  const known = [...domain.serviceAccounts.values()].find(({ name }) => name.startsWith("pGMSA_"));
  if (known !== undefined) return known.name;
  return `pGMSA_${Array.from({ length: 8 }, () => Math.floor(dice() * 16).toString(16)).join("")}$`;
}

function configure({ host }: StepContext, domain: Domain, account: ServiceAccount): StepEnd {
  const logon = `${domain.netBIOSName}\\${account.name}`;
  const problem = host.serviceAccountProblem(logon);
  if (problem !== undefined) return accountFailure(problem);
  const { agent, configuredDomains } = host.disk;
  if (agent === undefined) throw new Error("readiness has seen an agent");
  const { ailments } = host.disk;
  if (ailments.has("vendorCmdletFails")) {
    const words = ["A cmdlet of the agent failed.", "Read the evidence and the agent's trace; tried again."] as const;
    return failed("Transient", "ConfigureFailed", words);
  }
  if (ailments.has("accountNotSet") && agent.service.account !== logon) {
    if (!configuredDomains.includes(domain.dnsName)) configuredDomains.push(domain.dnsName);
    const words = ["The service does not run under the gMSA.", "Read the agent's trace; tried again."] as const;
    return { ...failed("Transient", "ServiceAccountNotSet", words), changed: true };
  }
  const isChanged = agent.service.account !== logon || !configuredDomains.includes(domain.dnsName);
  agent.service.account = logon;
  if (!configuredDomains.includes(domain.dnsName)) configuredDomains.push(domain.dnsName);
  host.stopService();
  host.startService();
  return succeeded(isChanged, { serviceAccount: logon, configuredDomains: [...configuredDomains] });
}

type AccountProblem = Exclude<ReturnType<Host["serviceAccountProblem"]>, undefined>;

function accountFailure(problem: AccountProblem): StepEnd {
  const notUsable = "TestADServiceAccountFalse";
  switch (problem) {
    case "StaleTicket":
      return failed("Transient", notUsable, ["The host's ticket is older than its membership.", "Restart the host."]);
    case "NotMember":
      return failed("Person", notUsable, ["The host may not read the gMSA's password.", "Add it to the host group."]);
    case "Untrusted":
      return failed("Permanent", notUsable, ["The domain does not trust the host any more.", "Replace the host."]);
    case "NotFound":
      return failed("Permanent", "GMSANotFound", ["The gMSA does not exist.", "Create it or correct its name."]);
    case "NotJoined":
      return failed("Permanent", "NotJoined", ["The host is in no domain.", "Join it first."]);
    case "Unreachable":
      return failed("Transient", "DomainControllerUnreachable", ["No controller answers.", "Check routes."]);
    case "LogonDenied":
      return failed("Person", "ServiceLogonDenied", ["The service did not start (1069).", "Allow logon as a service."]);
  }
}

function refuse(
  errorClass: Parameters<typeof failed>[0],
  reason: string,
  ...words: readonly [message: string, fix: string]
): Failed {
  return { kind: "failed", end: failed(errorClass, reason, words) };
}
