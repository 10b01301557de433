/**
 * S2: only instances of this installation are touched, a host ends only by what the documents say ends it, and nothing starts beside strangers.
 * Guarantees: judged by true tags and the API server's objects when a write took effect; what held a moment ago excuses it for as long as
 * a decision may be on its way ({@link Patience}), what was released, retained, restored or untagged is never excused for longer.
 * Never: judges the probe, the one command that goes on whatever the mode (invariants, L1).
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { OWNER_ID } from "../run/installation.ts";
import type { CloudWrite } from "./sight/cloud-writes.ts";
import type { ClusterObject } from "../run/person.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import type { HostSeen } from "./sight/hosts.ts";
import {
  agentStatus,
  isDeleting,
  isEndAskedOf,
  isLive,
  isReleaseAsked,
  minutes,
  NAMESPACE_TAG,
  OWNER_TAG,
  POOL_TAG,
  POOL_UID_TAG,
  poolSpec,
  releasedInstances,
} from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

/**
 * What may forbid a write for an agent. `record`, `pool`: the end of its host, by its own record (read anew before each end), or by what its pool says;
 * `mode`: every write; `absence`: a launch, because its pool is gone.
 */
type Ground = "record" | "pool" | "mode" | "absence";
const GROUNDS: readonly Ground[] = ["mode", "record", "pool", "absence"];

interface Ban {
  /** Undefined while nothing forbids. */
  why: string | undefined;
  /** Minus infinity: from the first moment of an agent that a person made. */
  sinceMs: number;
}

const LET_GO: ReadonlySet<string> = new Set(["Released", "Retained"]);

export function oursOnly(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  const bans = new Map<string, Readonly<Record<Ground, Ban>>>();

  /** @param isByDeed what is new was made by a person, so that nothing of the operator's can have been on its way */
  function review(nowMs: number, isByDeed: boolean): void {
    const beganMs = isByDeed ? Number.NEGATIVE_INFINITY : nowMs;
    for (const agent of cluster.agents.values()) {
      const pool = cluster.poolOf(agent);
      const whys: Readonly<Record<Ground, string | undefined>> = {
        record: whyRecordForbids(agent),
        pool: whyPoolForbids(agent, pool),
        mode: cluster.whyWithheld(agent),
        absence: pool === undefined ? `the pool of ${agent.object.metadata.name} is gone` : undefined,
      };
      const known = bans.get(agent.uid) ?? newBans(beganMs);
      bans.set(agent.uid, known);
      for (const ground of GROUNDS) renew(known[ground], whys[ground], nowMs);
    }
  }

  function foreign(write: Exclude<CloudWrite, { kind: "launch" }>): string | undefined {
    for (const instanceID of write.instanceIDs) {
      const owner = hosts.all.get(instanceID)?.tags[OWNER_TAG];
      if (owner !== OWNER_ID) return `${told(write)} touched ${instanceID}, whose owner tag is ${String(owner)}`;
    }
    return undefined;
  }

  function againstWill(write: CloudWrite, host: HostSeen, nowMs: number): string | undefined {
    const agent = recordOf(host);
    if (agent === undefined)
      return write.kind === "terminate" ? `${host.instanceID} was ended, and no record names it` : undefined;
    for (const ground of GROUNDS) {
      const ban = bans.get(agent.uid)?.[ground];
      if (ban?.why === undefined || !concerns(ground, write)) continue;
      const { inFlightMs, clusterViewMs } = sight.patience;
      const bannedMs = nowMs - ban.sinceMs;
      if (bannedMs <= (ground === "record" ? inFlightMs : clusterViewMs)) continue;
      const since = Number.isFinite(bannedMs) ? `for ${minutes(bannedMs)}` : "from its beginning";
      return `${told(write)} of ${host.instanceID}, although ${since} ${ban.why}`;
    }
    return undefined;
  }

  function recordOf({ agentUID, instanceID }: HostSeen): AgentSeen | undefined {
    const byTag = agentUID === undefined ? undefined : cluster.agents.get(agentUID);
    return byTag ?? [...cluster.agents.values()].find(({ object }) => agentStatus(object).instanceID === instanceID);
  }

  function besideStrangers(host: HostSeen, scene: Scene): string | undefined {
    const { instanceID, tags } = host;
    const shownBeforeMs = scene.wallMs() - sight.patience.cloudViewMs;
    for (const other of hosts.all.values()) {
      if (!isLive(other.instance) || other.tags[OWNER_TAG] !== OWNER_ID) continue;
      const isNamesake = other.tags[POOL_TAG] === tags[POOL_TAG] && other.tags[NAMESPACE_TAG] === tags[NAMESPACE_TAG];
      if (!isNamesake || other.tags[POOL_UID_TAG] === tags[POOL_UID_TAG]) continue;
      const { visibleAtMs, tagVersions } = other.instance;
      if (Math.max(visibleAtMs, tagVersions.at(-1)?.shownFromMs ?? 0) > shownBeforeMs) continue;
      return `${instanceID} was launched while ${other.instanceID} runs under the same pool name for pool UID ${String(other.tags[POOL_UID_TAG])}`;
    }
    return undefined;
  }

  function judge(write: CloudWrite, scene: Scene): string | undefined {
    if (write.kind === "launch") {
      for (const host of hosts.born) {
        if (host.tags[OWNER_TAG] !== OWNER_ID) return `${host.instanceID} was launched without this owner's tag`;
        const broken = besideStrangers(host, scene) ?? againstWill(write, host, scene.nowMs());
        if (broken !== undefined) return broken;
      }
      return undefined;
    }
    const strange = foreign(write);
    if (strange !== undefined) return strange;
    for (const instanceID of write.instanceIDs) {
      const host = hosts.all.get(instanceID);
      const broken = host === undefined ? undefined : againstWill(write, host, scene.nowMs());
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  return {
    name: "S2",
    after(happening, scene) {
      sight.look(happening, scene);
      if (cluster.hasChanged) review(scene.nowMs(), happening.kind === "deed");
      for (const write of sight.writes) {
        const broken = judge(write, scene);
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
  };
}

/** Why the agent's host may not be ended, by the agent's own record. */
function whyRecordForbids({ object, isThere }: AgentSeen): string | undefined {
  const { name } = object.metadata;
  if (!isThere) return `the record of ${name} is gone`;
  if (!isDeleting(object)) return `${name} is not being deleted`;
  return isReleaseAsked(object) ? `${name} is released` : undefined;
}

/** The same, by what its pool has said and decided. */
function whyPoolForbids({ object, isPersonsDeletion }: AgentSeen, pool: ClusterObject | undefined): string | undefined {
  const { name } = object.metadata;
  const { retirement, instanceID } = agentStatus(object);
  if (LET_GO.has(retirement?.reason ?? "")) return `${name} is ${retirement?.reason ?? ""} on record`;
  const isUrgent = instanceID !== undefined && isEndAskedOf(object, instanceID);
  const isPermitted = isUrgent || retirement !== undefined;
  if (pool === undefined) {
    if (isPermitted || isPersonsDeletion) return undefined;
    return `the pool of ${name} is gone and no person deleted ${name}`;
  }
  if (instanceID !== undefined && releasedInstances(pool).includes(instanceID))
    return `its pool lists ${instanceID} as released`;
  if (isDeleting(pool) && (isReleaseAsked(pool) || poolSpec(pool).deletionPolicy === "Retain"))
    return `${pool.metadata.name} goes and leaves its hosts`;
  return isPermitted ? undefined : `the pool has not permitted ${name} to go`;
}

function concerns(ground: Ground, write: CloudWrite): boolean {
  switch (ground) {
    case "mode":
      return write.kind !== "command" || write.step !== "Probe";
    case "record":
    case "pool":
      return write.kind === "terminate";
    case "absence":
      return write.kind === "launch";
  }
}

function newBans(beganMs: number): Readonly<Record<Ground, Ban>> {
  const began = (): Ban => ({ why: "it is new", sinceMs: beganMs });
  return { record: began(), pool: began(), mode: began(), absence: began() };
}

/** A ban counts from the moment at which its first reason began; another reason in its place does not start it anew. */
function renew(ban: Ban, why: string | undefined, nowMs: number): void {
  if (ban.why === undefined) ban.sinceMs = nowMs;
  ban.why = why;
}

function told(write: CloudWrite): string {
  switch (write.kind) {
    case "launch":
      return "RunInstances";
    case "terminate":
      return "TerminateInstances";
    case "command":
      return `SendCommand ${write.step}`;
    case "change":
      return write.action;
  }
}
