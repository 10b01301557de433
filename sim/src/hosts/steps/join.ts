/**
 * Join: renames, joins, puts the computer into the host group, then restarts (agent-host reference, 17.3; aws.md 6.5).
 * Guarantees: binds once a run, so a bad password counts once; rights are read before the first change; a host that is joined and in its
 * group answers without touching the directory, one that lost its membership gets it back and restarts for a fresh ticket.
 */
import type { Domain } from "../../ad/domain.ts";
import type { DirectoryAccountLayout } from "../../layout/domains.ts";
import { readSecret } from "./secrets.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd, type StepOutcome } from "./step.ts";

export const JOIN: Step = {
  takesLock: true,
  isDone: (context) => isJoined(context) && isGrouped(context),
  run(context) {
    const { host } = context;
    if (isJoined(context) && isGrouped(context)) return succeeded(context.rebootCount > 0, factsOf(context));
    if (host.disk.domain !== undefined && !isJoined(context)) {
      const words = [`The host belongs to ${host.disk.domain}.`, "Replace the host."] as const;
      return failed("Permanent", "JoinedElsewhere", words);
    }
    if (isJoined(context) && !isKnown(context)) {
      const words = ["The domain has no computer account for this host.", "Replace the host."] as const;
      return failed("Permanent", "ComputerAccountMissing", words);
    }
    return join(context);
  },
};

function isJoined(context: StepContext): boolean {
  const { disk } = context.host;
  return disk.domain === parameter(context, "domainName") && disk.computerName === parameter(context, "computerName");
}

function isKnown({ host: { disk, domain, zone } }: StepContext): boolean {
  // What no controller tells is not missing.
  if (domain === undefined || domain.reachableControllers(zone).length === 0) return true;
  return domain.computers.has(disk.computerName.toLowerCase());
}

function isGrouped(context: StepContext): boolean {
  const hostGroup = parameter(context, "hostGroup");
  const { disk, domain } = context.host;
  return hostGroup === "" || (domain?.isMember(hostGroup, disk.computerName) ?? false);
}

function factsOf(context: StepContext): Readonly<Record<string, unknown>> {
  const { disk } = context.host;
  return {
    computerName: disk.computerName,
    domain: disk.domain ?? "",
    isHostGroupMember: parameter(context, "hostGroup") !== "" && isGrouped(context),
    reboots: context.rebootCount,
  };
}

function join(context: StepContext): StepOutcome {
  const { host, directory } = context;
  const domainName = parameter(context, "domainName");
  const domain = directory.domains.get(domainName);
  if (domain === undefined) {
    return failed("Transient", "DomainNotFound", [`${domainName} does not resolve.`, "Check the host's DNS."]);
  }
  if (domain.reachableControllers(host.zone).length === 0) {
    const words = [`No controller of ${domainName} answers.`, "Check routes and security groups."] as const;
    return failed("Transient", "DomainControllerUnreachable", words);
  }
  if (host.disk.ailments.has("featureFails")) {
    const words = ["Windows did not install RSAT-AD-PowerShell.", "Read the host's event log; tried again."] as const;
    return failed("Transient", "FeatureNotInstalled", words);
  }
  const secret = readSecret(context, parameter(context, "credentialSecretARN"), "directoryAccount");
  if (secret.kind === "failed") return secret.end;
  const bind = domain.bind(secret.value);
  if (bind.kind === "refused") {
    const words = [`${domainName} refused the join account.`, "Correct the secret or unlock the account."] as const;
    return failed("Credential", bind.reason, words);
  }
  return change(context, domain, bind.account);
}

function change(context: StepContext, domain: Domain, account: DirectoryAccountLayout): StepOutcome {
  const { instanceID } = context.host.machine;
  const hostGroup = parameter(context, "hostGroup");
  if (hostGroup !== "" && !domain.hasGroup(hostGroup)) {
    return failed("Permanent", "HostGroupNotFound", [`There is no group ${hostGroup}.`, "Create it or correct it."]);
  }
  if (hostGroup !== "" && !mayChangeMembers(account, hostGroup)) {
    const words = [`The join account may not change ${hostGroup}.`, "Delegate the group's members to it."] as const;
    return failed("Person", "HostGroupDenied", words);
  }
  const name = parameter(context, "computerName");
  if (!isJoined(context)) {
    const organizationalUnit = parameter(context, "organizationalUnit");
    const joined = domain.join(account, { instanceID, name, organizationalUnit });
    if (joined.kind === "refused") return refused(joined.reason);
    context.host.disk.pending = { computerName: name, domain: domain.dnsName };
  }
  if (hostGroup !== "") domain.addMember(account, hostGroup, name);
  return { kind: "reboot" };
}

/** What allowedAttributesEffective says of the group to this account. */
function mayChangeMembers({ memberGroups }: DirectoryAccountLayout, hostGroup: string): boolean {
  return memberGroups?.some((group) => group.toLowerCase() === hostGroup.toLowerCase()) ?? true;
}

type JoinRefusal = Exclude<ReturnType<Domain["join"]>, { kind: "joined" }>["reason"];

const REFUSALS: Readonly<Record<JoinRefusal, readonly ["Permanent" | "Person", message: string, fix: string]>> = {
  OrganizationalUnitNotFound: ["Permanent", "The organizational unit does not exist.", "Create it or correct it."],
  JoinDenied: ["Person", "The join account may not create computers there.", "Delegate the unit to it."],
  // KB5020276: an existing computer account may be used again only by its creator.
  ComputerNameTaken: ["Permanent", "A computer of that name was created by another account.", "Use another name."],
  MachineAccountQuota: ["Person", "The join account has created its last computer.", "Raise its quota."],
};

function refused(reason: JoinRefusal): StepEnd {
  const [errorClass, message, fix] = REFUSALS[reason];
  return failed(errorClass, reason, [message, fix]);
}
