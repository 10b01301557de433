/** What the simulated world knows of a host and of what is around it, in the words of the scenario table. Guarantees: read from the world's truth, never from an answer. */
import type { Bench } from "../../../sim/src/hosts/test-bench.ts";
import { DOMAIN, HOST_GROUP } from "../../../sim/src/hosts/test-steps.ts";
import type { DomainTruth, HostTruth } from "../../../sim/src/hosts/truth.ts";
import type { FurtherState, HostState } from "./scenario.ts";

interface Truths {
  readonly host: HostTruth;
  readonly domain: DomainTruth;
  readonly members: readonly string[];
}

function truthsOf(bench: Bench, instanceID: string): Truths {
  const host = bench.guests.control.truth(instanceID);
  const domain = bench.guests.control.domainTruth(DOMAIN);
  if (host === undefined || domain === undefined) throw new Error("the world has lost its host or domain");
  const members = domain.groupMembers[HOST_GROUP] ?? domain.groupMembers[HOST_GROUP.toLowerCase()] ?? [];
  return { host, domain, members: members.map((name) => name.toUpperCase()).toSorted() };
}

export function stateOf(bench: Bench, instanceID: string): HostState {
  const { host, domain, members } = truthsOf(bench, instanceID);
  return {
    computerName: host.computerName,
    domain: host.joinedDomain,
    agentVersion: host.installedVersion,
    agentService: host.serviceState,
    serviceAccount: host.serviceAccount,
    tenantID: host.registeredTenantID,
    configuredDomains: host.configuredDomains,
    isHostGroupMember: members.includes(host.computerName.toUpperCase()),
    lockedAccounts: domain.lockedAccounts,
  };
}

export function furtherStateOf(bench: Bench, instanceID: string): FurtherState {
  const { host, domain, members } = truthsOf(bench, instanceID);
  const { passThrough } = host;
  return {
    computers: domain.computers.map(({ name }) => name).toSorted(),
    members,
    rights: domain.access.map(({ kind, right, distinguishedName }) => `${kind} ${right} on ${distinguishedName}`),
    isServiceAccountRestricted: domain.restrictedServiceAccounts.length > 0,
    archives: bench.guests.control
      .uploads()
      .map(({ bucket, key }) => `${bucket}/${key.slice(0, key.lastIndexOf("/"))}`),
    proxies: host.proxy,
    passThrough:
      passThrough === null
        ? null
        : {
            version: passThrough.version,
            service: passThrough.serviceState,
            tenantID: passThrough.registeredTenantID,
          },
  };
}
