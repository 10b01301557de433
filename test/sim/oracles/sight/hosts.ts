/**
 * The hosts as the world truly has them, and since when each has served or not: what it takes to hold a status against the truth.
 * Guarantees: a host's state just before the present happening is known, so that an effect can be judged by what it took away.
 * Never: asks an API that lags.
 */
import type { Instance, Tags } from "../../../../sim/src/ec2/instance.ts";
import type { HostTruth } from "../../../../sim/src/hosts/truth.ts";
import type { Happening, Scene } from "../../run/scene.ts";
import type { Cluster } from "./cluster.ts";
import { AGENT_UID_TAG, isLive, type AgentFacts } from "./reading.ts";

export interface HostSeen {
  readonly instanceID: string;
  /** The world's own: changes by itself. */
  readonly instance: Instance;
  readonly bornMs: number;
  tags: Tags;
  /** The UID in its true tags. */
  agentUID: string | undefined;
  /** The first thing that keeps it from serving; undefined while it serves. */
  fault: string | undefined;
  wasServing: boolean;
  servingSinceMs: number | undefined;
  lastServedMs: number | undefined;
  /** Since when it has not served; undefined while it serves. */
  badSinceMs: number | undefined;
}

export class Hosts {
  readonly all = new Map<string, HostSeen>();
  /** By this happening. */
  born: HostSeen[] = [];
  isRetagged = false;

  look(happening: Happening, scene: Scene, cluster: Cluster): void {
    if (this.born.length > 0) this.born = [];
    this.isRetagged = false;
    for (const host of this.all.values()) host.wasServing = isServing(host);
    if (!mayChangeHosts(happening)) return;
    const nowMs = scene.nowMs();
    for (const instance of scene.world.ec2.fleet.instances()) {
      if (!this.all.has(instance.instanceID)) this.#add(instance, nowMs);
    }
    for (const host of this.all.values()) this.#update(host, scene, cluster, nowMs);
  }

  /** The host that an agent's record means: by its id, else by its tags. */
  hostOf(agentUID: string, instanceID: string | undefined): HostSeen | undefined {
    if (instanceID !== undefined) return this.all.get(instanceID);
    return this.liveOf(agentUID)[0];
  }

  /** Live hosts that carry the agent's UID in their true tags. */
  liveOf(agentUID: string): readonly HostSeen[] {
    return [...this.all.values()].filter((host) => host.agentUID === agentUID && isLive(host.instance));
  }

  #add(instance: Instance, nowMs: number): void {
    const host: HostSeen = {
      instanceID: instance.instanceID,
      instance,
      bornMs: nowMs,
      tags: instance.tags,
      agentUID: instance.tags[AGENT_UID_TAG],
      fault: "it has just been launched",
      wasServing: false,
      servingSinceMs: undefined,
      lastServedMs: undefined,
      badSinceMs: nowMs,
    };
    this.all.set(instance.instanceID, host);
    this.born.push(host);
  }

  #update(host: HostSeen, scene: Scene, cluster: Cluster, nowMs: number): void {
    const { instance } = host;
    if (host.tags !== instance.tags) {
      host.tags = instance.tags;
      host.agentUID = instance.tags[AGENT_UID_TAG];
      this.isRetagged = true;
    }
    const agent = host.agentUID === undefined ? undefined : cluster.agents.get(host.agentUID);
    host.fault = faultOf(instance, agent?.facts, () => scene.world.guests.truth(instance.instanceID));
    if (isServing(host)) {
      if (!host.wasServing) host.servingSinceMs = nowMs;
      host.lastServedMs = nowMs;
      host.badSinceMs = undefined;
    } else if (host.wasServing) {
      host.lastServedMs = nowMs;
      host.badSinceMs = nowMs;
      host.servingSinceMs = undefined;
    }
  }
}

export function isServing({ fault }: HostSeen): boolean {
  return fault === undefined;
}

/** Reads, and writes into the cluster, leave hosts as they are. */
function mayChangeHosts(happening: Happening): boolean {
  if (happening.kind === "call") return happening.call.side === "aws" && happening.call.isWrite;
  return happening.kind !== "life";
}

/** S12: running, joined, registered with this tenant, configured for the domain, and the service up under the gMSA. */
function faultOf(
  instance: Instance,
  wanted: AgentFacts | undefined,
  readTruth: () => HostTruth | undefined,
): string | undefined {
  if (instance.state !== "running") return `EC2 has it ${instance.state}`;
  if (wanted === undefined) return "no agent's UID is in its tags";
  const truth = readTruth();
  if (truth?.booted !== true) return "it is not booted";
  if (truth.frozen) return "it hangs";
  if (truth.joinedDomain?.toLowerCase() !== wanted.dnsName) return `its domain is ${String(truth.joinedDomain)}`;
  if (!truth.isDomainTrusted) return "its domain trust is broken";
  if (truth.registeredTenantID !== wanted.tenantID) return `its tenant is ${String(truth.registeredTenantID)}`;
  if (!truth.configuredDomains.some((name) => name.toLowerCase() === wanted.dnsName)) return "its domain is not set up";
  if (truth.serviceState !== "Running") return `its service is ${truth.serviceState}`;
  const account = truth.serviceAccount?.split("\\").at(-1)?.toLowerCase();
  if (wanted.account !== undefined && account !== wanted.account) return `its service runs as ${String(account)}`;
  return undefined;
}
