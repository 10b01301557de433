/** What every EC2 operation works on. */
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Faults } from "../core/faults.ts";
import type { Fleet } from "./fleet.ts";
import type { Resources } from "./resources.ts";
import type { LaunchTokens } from "./tokens.ts";

export interface EC2Parts {
  readonly clock: WorldClock;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly fleet: Fleet;
  readonly resources: Resources;
  readonly tokens: LaunchTokens;
}
