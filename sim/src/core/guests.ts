/** What the inside of hosts (with its SSM service) gets from the world, and what it gives back. */
import type { OperationTable } from "./call.ts";
import type { WorldClock, WorldDice } from "./clock.ts";
import type { Delays } from "./delays.ts";
import type { Faults } from "./faults.ts";
import type { GuestControl, GuestLifecycle, MachineDirectory } from "./machine.ts";

export interface GuestSurroundings {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly machines: MachineDirectory;
}

export interface Guests {
  readonly lifecycle: GuestLifecycle;
  readonly control: GuestControl;
  /** SSM actions by name (SendCommand, GetParameter, ...). */
  readonly ssm: OperationTable;
}
