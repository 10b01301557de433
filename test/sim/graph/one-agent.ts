/** A domain with one agent and no machine behind it: with all rights on its container, until a test takes them or stops it. Only tests import this file. */
import { Domain } from "../../../sim/src/ad/domain.ts";
import type { VirtualClock } from "../../../sim/src/core/clock.ts";
import { NO_GUESTS, type AgentPath, type GuestsMaker } from "../../../sim/src/core/guests.ts";
import { DEFAULT_DOMAINS } from "../../../sim/src/layout/domains.ts";

export const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";
export const GMSA = "gmsaCloudSync$";

export interface OneAgent {
  readonly guests: GuestsMaker;
  readonly domain: Domain;
  isRunning: boolean;
}

export function oneAgent(clock: VirtualClock): OneAgent {
  const [corp] = DEFAULT_DOMAINS.domains;
  if (corp === undefined) throw new Error("the default layout has no domain");
  const access = (["CreateGroups", "DeleteGroups", "WriteGroups"] as const).map((right) => ({
    distinguishedName: OU,
    trustee: GMSA,
    kind: "Allow" as const,
    right,
  }));
  const domain = new Domain({ ...corp, access }, clock);
  const reached: AgentPath = {
    kind: "reached",
    instanceID: "i-1",
    serviceAccount: `CORP\\${GMSA}`,
    domain,
    forest: [domain],
  };
  const agent: OneAgent = {
    domain,
    isRunning: true,
    guests: {
      delays: NO_GUESTS.delays,
      make: (surroundings, layout) => ({
        ...NO_GUESTS.make(surroundings, layout),
        agentReach: { reach: () => (agent.isRunning ? reached : UNREACHED) },
        activeDirectory: new Map([["corp.example.com", domain]]),
      }),
    },
  };
  return agent;
}

const UNREACHED: AgentPath = {
  kind: "unreached",
  code: "HybridIdentityServiceNoActiveAgents",
  message: "No agent of the domain is active.",
};
