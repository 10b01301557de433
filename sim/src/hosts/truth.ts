/**
 * The world's own record of hosts and domains, for tests, the demo and the control API. Guarantees: read from what is, never from what was
 * told to anybody; plain JSON.
 */
import type { RegistrationOverlap } from "../ad/setup-watch.ts";
import type { AgentRecordStatus } from "../entra/tenant.ts";
import type { Command } from "../ssm/command.ts";
import type { HostDirectory } from "./directory.ts";
import type { Host, Power, ServiceState } from "./host.ts";

/** One run of a step's script. */
export interface StepRecord {
  readonly step: string;
  readonly operationID: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** `succeeded`, `repeated` (the stored first result), `reboot`, `stopped`, `crashed`, or the reason of a failure. */
  readonly result: string;
}

export interface HostTruth {
  readonly instanceID: string;
  readonly power: Power;
  readonly booted: boolean;
  readonly boots: number;
  readonly frozen: boolean;
  readonly ssm: { readonly connected: boolean; readonly pingStatus: string | null; readonly lastPingMs: number | null };
  readonly computerName: string;
  readonly joinedDomain: string | null;
  readonly isDomainTrusted: boolean;
  readonly isHostGroupMember: boolean;
  readonly pendingReboot: boolean;
  readonly installedVersion: string | null;
  readonly registeredTenantID: string | null;
  readonly agentID: string | null;
  readonly certificateNotAfter: string | null;
  readonly configuredDomains: readonly string[];
  readonly serviceState: ServiceState;
  readonly serviceAccount: string | null;
  /** Secrets that somebody on the host can read now, with any credentials that it was given and that have not expired. */
  readonly readableSecrets: readonly string[];
  /** Does the domain's work now: only one agent does at a time. */
  readonly isWorking: boolean;
  /** Installed and not registered: what a person would finish on the desktop. */
  readonly isWaitingForPerson: boolean;
  /** The newest, at most 50. */
  readonly steps: readonly StepRecord[];
}

export interface DomainTruth {
  readonly dnsName: string;
  readonly downControllers: readonly string[];
  readonly computers: readonly {
    readonly name: string;
    readonly organizationalUnit: string;
    readonly creator: string;
    readonly createdMs: number;
    readonly boundTo: string | null;
  }[];
  readonly groupMembers: Readonly<Record<string, readonly string[]>>;
  readonly serviceAccounts: readonly string[];
  readonly lockedAccounts: readonly string[];
  /** Two set-ups of one domain at the same moment: must stay empty (S11). */
  readonly registrationOverlaps: readonly RegistrationOverlap[];
  readonly workingInstanceID: string | null;
}

export interface TenantTruth {
  readonly tenantID: string;
  readonly agents: readonly {
    readonly id: string;
    readonly machineName: string;
    readonly instanceID: string;
    readonly status: AgentRecordStatus;
    readonly registeredMs: number;
  }[];
}

export interface TruthParts {
  readonly hosts: () => readonly Host[];
  readonly directory: HostDirectory;
  readonly ssm: (instanceID: string) => HostTruth["ssm"];
  readonly steps: (instanceID: string) => readonly StepRecord[];
  readonly commands: () => readonly Command[];
}

export function hostTruth(host: Host, parts: TruthParts): HostTruth {
  const { disk, machine } = host;
  const { agent, registration, domain } = disk;
  const certificateNotAfterMs = registration?.certificateNotAfterMs;
  return {
    instanceID: machine.instanceID,
    power: host.power,
    booted: host.isUp,
    boots: host.boots,
    frozen: host.isFrozen,
    ssm: parts.ssm(machine.instanceID),
    computerName: disk.computerName,
    joinedDomain: domain ?? null,
    isDomainTrusted: host.isTrusted,
    isHostGroupMember: (host.domain?.groupsOf(disk.computerName).size ?? 0) > 0,
    pendingReboot: disk.pending !== undefined,
    installedVersion: agent?.version ?? null,
    registeredTenantID: registration?.tenantID ?? null,
    agentID: registration?.agentID ?? null,
    certificateNotAfter: certificateNotAfterMs === undefined ? null : new Date(certificateNotAfterMs).toISOString(),
    configuredDomains: [...disk.configuredDomains],
    serviceState: host.serviceState,
    serviceAccount: agent?.service.account ?? null,
    readableSecrets: host.power === "terminated" ? [] : parts.directory.secretsOf(host.credentialProfiles()),
    isWorking: disk.configuredDomains.some((name) => workingHost(name, parts.hosts()) === host),
    isWaitingForPerson: host.isUp && !host.isFrozen && agent !== undefined && registration === undefined,
    steps: parts.steps(machine.instanceID),
  };
}

export function domainTruth(dnsName: string, parts: TruthParts): DomainTruth | undefined {
  const domain = parts.directory.domains.get(dnsName.toLowerCase());
  if (domain === undefined) return undefined;
  return {
    dnsName: domain.dnsName,
    downControllers: domain.downControllers(),
    computers: [...domain.computers.values()].map(({ boundTo, ...computer }) => ({
      ...computer,
      boundTo: boundTo ?? null,
    })),
    groupMembers: domain.members(),
    serviceAccounts: [...domain.serviceAccounts.values()].map(({ name }) => name),
    lockedAccounts: domain.lockedAccounts(),
    registrationOverlaps: parts.directory.watch.overlaps(domain.dnsName),
    workingInstanceID: workingHost(domain.dnsName, parts.hosts())?.machine.instanceID ?? null,
  };
}

export function tenantTruth(tenantID: string, { directory }: TruthParts): TenantTruth | undefined {
  const tenant = directory.tenants.get(tenantID);
  if (tenant === undefined) return undefined;
  return {
    tenantID,
    agents: tenant.agents().map(({ agent, status }) => ({
      id: agent.id,
      machineName: agent.machineName,
      instanceID: agent.instanceID,
      status,
      registeredMs: agent.registeredMs,
    })),
  };
}

/** The one that has been running longest works, the others stand by (cloud sync FAQ: no load sharing). */
function workingHost(dnsName: string, hosts: readonly Host[]): Host | undefined {
  return hosts
    .filter((host) => host.isServiceRunning && !host.isFrozen && host.disk.registration !== undefined)
    .filter((host) => host.disk.configuredDomains.includes(dnsName))
    .reduce<Host | undefined>(
      (first, host) => (first === undefined || isEarlier(host, first) ? host : first),
      undefined,
    );
}

function isEarlier(left: Host, right: Host): boolean {
  if (left.serviceStartedMs !== right.serviceStartedMs) return left.serviceStartedMs < right.serviceStartedMs;
  return left.machine.instanceID < right.machine.instanceID;
}
