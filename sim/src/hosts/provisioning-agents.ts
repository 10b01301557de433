/**
 * The way from the cloud into a domain: through a live provisioning agent that serves it.
 * Guarantees: an agent counts only while its service runs on a host that is not frozen, its certificate is valid, it reaches Entra and a controller;
 * of several the one that has run longest works (cloud sync FAQ 2023: no load sharing), the next takes over [I].
 */
import type { Domain } from "../ad/domain.ts";
import type { AgentPath, AgentReach } from "../core/guests.ts";
import { isVersionBelow } from "./steps/install.ts";
import type { HostDirectory } from "./directory.ts";
import type { Host } from "./host.ts";

/** The first release with group provisioning to AD (CS:reference-version-history). */
const GROUP_PROVISIONING_VERSION = "1.1.1370.0";

export function agentReach(directory: HostDirectory, hosts: () => readonly Host[]): AgentReach {
  return {
    reach(tenantID, dnsName) {
      const domain = directory.domains.get(dnsName.toLowerCase());
      const serving = hosts().filter((host) => serves(host, tenantID, dnsName.toLowerCase()));
      if (domain === undefined || serving.length === 0) return NO_AGENT;
      const active = serving.filter((host) => isActive(host, directory, tenantID));
      if (active.length === 0) return NOT_ACTIVE;
      const [working] = active.filter((host) => domain.reachableControllers(host.zone).length > 0).toSorted(byStart);
      return working === undefined ? NO_CONTROLLER : path(working, domain, directory);
    },
  };
}

/** Codes of CS:reference-error-codes; the last one is that page's catch-all. */
const NO_AGENT: AgentPath = {
  kind: "unreached",
  code: "HybridIdentityServiceNoAgentsAssigned",
  message:
    "We are unable to find an active agent for the domain that you are trying to sync. No agent is assigned to it.",
};
const NOT_ACTIVE: AgentPath = {
  kind: "unreached",
  code: "HybridIdentityServiceNoActiveAgents",
  message:
    "We are unable to find an active agent for the domain that you are trying to sync. Check that its service runs.",
};
const NO_CONTROLLER: AgentPath = {
  kind: "unreached",
  code: "HybridSynchronizationActiveDirectoryInternalServerError",
  message: "The agent could not reach a domain controller. The LDAP server is unavailable.",
};

function serves({ disk, power }: Host, tenantID: string, dnsName: string): boolean {
  const isRegistered = disk.registration?.tenantID === tenantID && disk.agent !== undefined;
  return power !== "terminated" && isRegistered && disk.configuredDomains.includes(dnsName);
}

function isActive(host: Host, directory: HostDirectory, tenantID: string): boolean {
  const { agent, registration } = host.disk;
  if (!host.isServiceRunning || host.isFrozen || agent === undefined || registration === undefined) return false;
  if (isVersionBelow(agent.version, GROUP_PROVISIONING_VERSION)) return false;
  const tenant = directory.tenants.get(tenantID);
  const isKnown = tenant?.agents().some((record) => record.agent.id === registration.agentID) ?? false;
  return isKnown && (tenant?.isReachable(host.zone) ?? false);
}

function byStart(one: Host, other: Host): number {
  if (one.serviceStartedMs !== other.serviceStartedMs) return one.serviceStartedMs - other.serviceStartedMs;
  return one.machine.instanceID < other.machine.instanceID ? -1 : 1;
}

function path({ machine, disk }: Host, domain: Domain, directory: HostDirectory): AgentPath {
  const forest = [...directory.domains.values()].filter((one) => one.forest === domain.forest);
  const serviceAccount = disk.agent?.service.account ?? "";
  return { kind: "reached", instanceID: machine.instanceID, serviceAccount, domain, forest };
}
