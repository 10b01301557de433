/** A tenant as Graph and the login authority meet it: its directory, its cloud, and what the layout says beside. */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import { seededDice } from "../core/clock.ts";
import { EntraDirectory } from "../entra/directory.ts";
import { fillDirectory } from "../entra/fill.ts";
import type { TenantLayout } from "../layout/tenants.ts";
import type { AgentRecord } from "../core/guests.ts";
import type { GraphTenant } from "./operation.ts";

export interface WorldTenant extends GraphTenant {
  readonly directory: EntraDirectory;
  readonly issuerKeys: Readonly<Record<string, readonly string[]>>;
}

export interface TenantParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly agents: (tenantID: string) => readonly AgentRecord[];
}

/** @param dice decides ids of this tenant and, by a seed drawn once, what its Graph draws: ids do not depend on the calls that were made */
export function worldTenant({ tenantID, cloud, directory: layout }: TenantLayout, parts: TenantParts): WorldTenant {
  const directory = new EntraDirectory(tenantID, { clock: parts.clock, dice: parts.dice });
  fillDirectory(directory, layout, parts.clock.nowMs());
  return {
    tenantID,
    cloud,
    directory,
    domains: layout?.domains ?? [],
    restoresSecurityGroups: layout?.restoresSecurityGroups ?? true,
    issuerKeys: layout?.issuerKeys ?? {},
    agents: () => parts.agents(tenantID),
    dice: seededDice(Math.floor(parts.dice() * 0xffff_ffff)),
  };
}
