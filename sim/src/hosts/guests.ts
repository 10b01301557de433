/**
 * All hosts of a world with Systems Manager beside them: the way in for EC2, the control desk and the SSM front.
 * Guarantees: hosts are remembered after their end (newest 2,000), so that a test can ask what became of one.
 */
import type { DomainMachines, GuestSurroundings, Guests, GuestsMaker } from "../core/guests.ts";
import { SSM_DELAYS } from "../ssm/delays.ts";
import { ssmService } from "../ssm/service.ts";
import { readContracts, type Contracts } from "./contracts.ts";
import { hostControl, type HostControl } from "./control.ts";
import { HOST_DELAYS } from "./delays.ts";
import { HostDirectory, type HostsLayout } from "./directory.ts";
import { HostFaults } from "./host-faults.ts";
import { Host } from "./host.ts";
import { agentReach } from "./provisioning-agents.ts";
import { MachineLock } from "./machine-lock.ts";
import { scriptStarter } from "./script.ts";
import { SSMAgent } from "./ssm-agent.ts";
import type { StepRecord, TruthParts } from "./truth.ts";

export type { HostControl } from "./control.ts";

export interface WindowsGuests extends Guests {
  readonly control: HostControl;
}

const STEPS_SHOWN_MAX = 50;
const ENDED_HOSTS_MAX = 2_000;

export const WINDOWS_GUESTS = windowsGuestsUnder();

/** @param contracts read once for many worlds; each world reads them itself when absent */
export function windowsGuestsUnder(contracts?: Contracts) {
  return {
    delays: [SSM_DELAYS, HOST_DELAYS],
    make: (surroundings, layout) => windowsGuests(surroundings, layout, contracts),
  } satisfies GuestsMaker<HostControl>;
}

export function windowsGuests(
  surroundings: GuestSurroundings,
  layout: HostsLayout,
  contracts: Contracts = readContracts(),
): WindowsGuests {
  const { faults, machines } = surroundings;
  const directory = new HostDirectory(layout, surroundings);
  const hosts = new Map<string, Host>();
  const agents = new Map<Host, SSMAgent>();
  const records = new Map<string, StepRecord[]>();
  const locks = new MachineLock();
  const ssm = ssmService({
    ...surroundings,
    agents: {
      isConnected: (instanceID) => agentOf(instanceID)?.isConnected ?? false,
      deliver: (instanceID, message) => agentOf(instanceID)?.deliver(message),
      cancel: (instanceID, commandID) => agentOf(instanceID)?.cancel(commandID),
    },
    publicParameter: (name) => layout.images.publicParameters[name],
  });
  const startScript = scriptStarter({
    ...surroundings,
    directory,
    contracts,
    faults: new HostFaults(faults, machines),
    lock: (host, entered) => locks.enter(host, entered),
    restartAgent: (host) => agents.get(host)?.restart(),
    record: (host, record) => {
      const { instanceID } = host.machine;
      records.set(instanceID, [...(records.get(instanceID) ?? []), record].slice(-STEPS_SHOWN_MAX));
    },
  });
  const agentOf = (instanceID: string): SSMAgent | undefined => {
    const host = hosts.get(instanceID);
    return host === undefined ? undefined : agents.get(host);
  };
  const hostParts = {
    ...surroundings,
    directory,
    booted: (host: Host) => {
      if (host.session === undefined) return;
      const agent = new SSMAgent(host, host.session, { ...surroundings, directory, reports: ssm.reports, startScript });
      agents.set(host, agent);
      agent.start();
    },
    frozen: (host: Host, isFrozen: boolean) => {
      const agent = agents.get(host);
      if (isFrozen) ssm.reports.disconnected(host.machine.instanceID);
      else if (agent?.isConnected === true) agent.announce();
    },
  };
  const truthParts: TruthParts = {
    hosts: () => [...hosts.values()],
    directory,
    ssm: (instanceID) => {
      const node = ssm.nodes.view(instanceID);
      return {
        connected: agentOf(instanceID)?.isConnected ?? false,
        pingStatus: node?.pingStatus ?? null,
        lastPingMs: node?.lastPingMs ?? null,
      };
    },
    steps: (instanceID) => records.get(instanceID) ?? [],
    commands: () => ssm.commands(),
  };
  return {
    ssm: ssm.operations,
    lifecycle: {
      poweredOn(machine, cause) {
        const host = hosts.get(machine.instanceID) ?? new Host(machine, hostParts);
        hosts.set(machine.instanceID, host);
        host.powerOn(machine, cause);
      },
      poweredOff(instanceID, cause) {
        const host = hosts.get(instanceID);
        if (host === undefined) return;
        ssm.reports.disconnected(instanceID);
        agents.delete(host);
        host.powerOff(cause);
        if (cause === "terminate") ssm.reports.terminated(instanceID);
        forgetEnded(hosts, records);
      },
      profileReplaced: (machine) => hosts.get(machine.instanceID)?.profileReplaced(machine),
    },
    control: hostControl(hosts, { ...truthParts, documents: ssm.documents }),
    domains: domainMachines(directory),
    activeDirectory: directory.domains,
    agentReach: agentReach(directory, () => [...hosts.values()]),
    agents: (tenantID) =>
      (directory.tenants.get(tenantID)?.agents() ?? []).map(({ agent: { id, machineName }, status }) => ({
        id,
        machineName,
        status,
      })),
  };
}

function domainMachines({ domains }: HostDirectory): DomainMachines {
  return {
    setAnswering(dnsName, address, isAnswering) {
      const domain = domains.get(dnsName.toLowerCase());
      const controller = domain?.controllers().find((one) => one.address === address);
      if (controller !== undefined) domain?.setControllerUp(controller.name, isAnswering);
    },
  };
}

function forgetEnded(hosts: Map<string, Host>, records: Map<string, StepRecord[]>): void {
  const ended = [...hosts].filter(([, { power }]) => power === "terminated");
  for (const [instanceID] of ended.slice(0, Math.max(0, ended.length - ENDED_HOSTS_MAX))) {
    hosts.delete(instanceID);
    records.delete(instanceID);
  }
}
