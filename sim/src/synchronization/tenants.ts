/** The synchronization services of a world: one a tenant, with what Graph offers of them. */
import type { Domain } from "../ad/domain.ts";
import { seededDice, type WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { AgentReach } from "../core/guests.ts";
import type { WorldTenant } from "../graph/tenant.ts";
import type { SynchronizationLayout } from "../layout/synchronization.ts";
import { followAccounts } from "./accounts.ts";
import { SynchronizationService } from "./service.ts";

export interface SynchronizationParts {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly delays: Delays;
  readonly reach: AgentReach;
  readonly activeDirectory: ReadonlyMap<string, Domain>;
  readonly layout: SynchronizationLayout;
}

export type SynchronizationServices = ReadonlyMap<string, SynchronizationService>;

export function synchronizationServices(
  tenants: ReadonlyMap<string, WorldTenant>,
  { clock, seed, delays, reach, activeDirectory, layout }: SynchronizationParts,
): SynchronizationServices {
  return new Map(
    [...tenants.values()].map(({ tenantID, cloud, directory }, index) => {
      followAccounts(directory, activeDirectory);
      const dice = seededDice(seed + 7_000 + index);
      const service = new SynchronizationService({ clock, dice, delays, directory, cloud, reach, layout });
      return [tenantID, service] as const;
    }),
  );
}

/** @throws RangeError for an unknown tenant */
export function serviceIn(services: SynchronizationServices, tenantID: string): SynchronizationService {
  const service = services.get(tenantID);
  if (service === undefined) throw new RangeError(`there is no tenant ${tenantID}`);
  return service;
}
