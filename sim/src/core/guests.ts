/** What the inside of hosts (with its SSM service) gets from the world, and what it gives back. */
import type { Domain } from "../ad/domain.ts";
import type { OperationTable } from "./call.ts";
import type { WorldClock, WorldDice } from "./clock.ts";
import type { DelayRows, Delays } from "./delays.ts";
import type { Faults } from "./faults.ts";
import type { GuestControl, GuestLifecycle, MachineDirectory } from "./machine.ts";
import type { WorldLayout } from "../layout/layout.ts";

export interface GuestSurroundings {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly machines: MachineDirectory;
}

/** The machines of the world's Active Directory domains, as far as Directory Service runs them. */
export interface DomainMachines {
  /** The controller of that address answers hosts, or does not. An unknown domain or address has no machine: nothing happens. */
  setAnswering(dnsName: string, address: string, isAnswering: boolean): void;
}

/** What the synchronization service of the cloud finds when it wants to change a domain. */
export type AgentPath =
  | {
      readonly kind: "reached";
      readonly instanceID: string;
      /** The logon account of the agent's service: who acts in AD. */
      readonly serviceAccount: string;
      readonly domain: Domain;
      /** Every domain of its forest. */
      readonly forest: readonly Domain[];
    }
  | { readonly kind: "unreached"; readonly code: string; readonly message: string };

export interface AgentReach {
  reach(tenantID: string, dnsName: string): AgentPath;
}

export interface Guests<Control extends GuestControl = GuestControl> {
  readonly lifecycle: GuestLifecycle;
  readonly control: Control;
  /** SSM actions by name (SendCommand, GetParameter, ...). */
  readonly ssm: OperationTable;
  readonly domains: DomainMachines;
  readonly agentReach: AgentReach;
  /** The domains themselves, by DNS name in lower case. */
  readonly activeDirectory: ReadonlyMap<string, Domain>;
  /** Agents that hosts registered in a tenant, as Entra knows them; none when absent. */
  readonly agents?: (tenantID: string) => readonly AgentRecord[];
}

export interface AgentRecord {
  readonly id: string;
  readonly machineName: string;
  readonly status: "active" | "inactive" | "softDeleted";
}

/** How a world makes its guests: their delays join the table, then they are made in their surroundings. */
export interface GuestsMaker<Control extends GuestControl = GuestControl> {
  readonly delays: readonly DelayRows[];
  make(surroundings: GuestSurroundings, layout: WorldLayout): Guests<Control>;
}

/** Machines with nothing inside: EC2 alone. Every SSM action is unknown. */
export const NO_GUESTS: GuestsMaker = {
  delays: [],
  make: () => ({
    lifecycle: { poweredOn: () => undefined, poweredOff: () => undefined, profileReplaced: () => undefined },
    control: {
      truth: () => undefined,
      freeze: () => undefined,
      thaw: () => undefined,
      finishRegistration(instanceID) {
        throw new Error(`${instanceID} has nothing inside`);
      },
    },
    ssm: new Map(),
    domains: { setAnswering: () => undefined },
    activeDirectory: new Map(),
    agentReach: {
      reach: () => ({ kind: "unreached", code: "NoGuests", message: "This world has nothing inside its machines." }),
    },
  }),
};
