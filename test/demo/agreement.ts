/**
 * The world's own record of each host beside the operator's status, and whether they agree.
 * Guarantees: a Ready agent agrees only if the world says: that host runs, in that zone, joined, registered to the tenant, configured for the
 * domain, with the service running under the gMSA; a live host without an agent, two for one, and two set-ups at once are disagreements.
 * Never: takes the operator's word for anything about the world. Pure.
 */
import { table } from "../../sim/src/cli/table.ts";
import type { HostView } from "../../sim/src/control/hosts.ts";
import type { DomainTruth, HostTruth } from "../../sim/src/hosts/truth.ts";
import { isReady, type Agent, type Declared, type Fleet } from "./fleet.ts";

export interface WorldRecord {
  readonly hosts: readonly (Omit<HostView, "truth"> & { readonly truth: HostTruth | null })[];
  readonly domain: DomainTruth;
}

type WorldHost = WorldRecord["hosts"][number];

export interface Agreement {
  readonly lines: readonly string[];
  /** Sentences; empty when the two records agree. */
  readonly disagreements: readonly string[];
}

const isLive = ({ state }: WorldHost): boolean => state !== "terminated" && state !== "shutting-down";

export function compareRecords({ agents }: Fleet, world: WorldRecord, declared: Declared): Agreement {
  const hostOf = (agent: Agent): WorldHost | undefined =>
    world.hosts.find(({ instanceID }) => instanceID === agent.status?.instanceID);
  const known = new Set(agents.map((agent) => agent.status?.instanceID));
  const strays = world.hosts.filter((host) => isLive(host) && !known.has(host.instanceID));
  const disagreements = [
    ...agents.flatMap((agent) =>
      differencesOf(agent, hostOf(agent), declared).map((text) => `${agent.metadata.name}: ${text}`),
    ),
    ...strays.map(({ instanceID, name }) => `${instanceID} (${name}) is live in the world, and no agent has it`),
    ...world.domain.registrationOverlaps.map(
      (overlap) => `two hosts set up the domain at once: ${JSON.stringify(overlap)}`,
    ),
  ];
  const gone = world.hosts
    .filter((host) => !isLive(host))
    .map((host) => [host.name, ...worldCells(host), "| (replaced)"]);
  const rows = agents.map((agent) => [agent.metadata.name, ...worldCells(hostOf(agent)), ...operatorCells(agent)]);
  return {
    lines: table(HEAD, [...rows, ...gone])
      .trimEnd()
      .split("\n"),
    disagreements,
  };
}

const HEAD = [
  "AGENT",
  "INSTANCE",
  "AZ",
  "STATE",
  "DOMAIN",
  "TENANT",
  "SERVICE",
  "ACCOUNT",
  "| STATUS INSTANCE",
  "AZ",
  "PHASE",
  "READY",
];

function worldCells(host: WorldHost | undefined): readonly string[] {
  if (host === undefined) return ["-", "-", "no such host", "-", "-", "-", "-"];
  const { truth } = host;
  return [
    host.instanceID,
    shortZone(host.availabilityZone),
    host.state,
    truth?.joinedDomain ?? "-",
    truth?.registeredTenantID?.slice(0, 8) ?? "-",
    truth?.serviceState ?? "-",
    truth?.serviceAccount ?? "-",
  ];
}

function operatorCells(agent: Agent): readonly string[] {
  const { instanceID, launch, phase } = agent.status ?? {};
  const zone = launch?.availabilityZone;
  return [
    `| ${instanceID ?? "-"}`,
    zone === undefined ? "-" : shortZone(zone),
    phase ?? "-",
    isReady(agent) ? "True" : "False",
  ];
}

/** `ap-northeast-1a` to `1a`, as the pool's column has it. */
function shortZone(zone: string): string {
  return zone.slice(zone.lastIndexOf("-") + 1);
}

/** What the operator says of the agent and the world does not. */
function differencesOf(agent: Agent, host: WorldHost | undefined, declared: Declared): readonly string[] {
  if (!isReady(agent)) return [`is not Ready (${agent.status?.phase ?? "no status"})`];
  if (host === undefined) return [`is Ready, and the world has no host ${agent.status?.instanceID ?? "(none named)"}`];
  const { truth } = host;
  const facts: readonly (readonly [what: string, inWorld: unknown, inStatus: unknown])[] = [
    ["agent's tag", host.name, agent.metadata.name],
    ["state", host.state, "running"],
    ["zone", host.availabilityZone, agent.status?.launch?.availabilityZone],
    ["joined domain", truth?.joinedDomain, declared.dnsName],
    ["registered tenant", truth?.registeredTenantID, declared.tenantID],
    ["configured domains", truth?.configuredDomains.join(","), declared.dnsName],
    ["agent version", truth?.installedVersion, agent.status?.agentVersion],
    ["service", truth?.serviceState, "Running"],
    ["service account", truth?.serviceAccount?.split("\\").at(-1), declared.gmsaName],
    ["frozen", truth?.frozen, false],
  ];
  return facts
    .filter(([, inWorld, inStatus]) => inWorld !== inStatus)
    .map(
      ([what, inWorld, inStatus]) => `${what} is ${String(inWorld)} in the world, and ${String(inStatus)} by status`,
    );
}
