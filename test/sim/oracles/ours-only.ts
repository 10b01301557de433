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

interface Ban {
  /** Undefined while nothing forbids. */
  why: string | undefined;
  sinceMs: number;
}

interface Bans {
  /** On ending the host, by the agent's own record, which is read anew before each end of a host. */
  readonly byRecord: Ban;
  /** On ending the host, by what its pool says. */
  readonly byPool: Ban;
  /** On every write for the agent. */
  readonly byMode: Ban;
}

const LET_GO: ReadonlySet<string> = new Set(["Released", "Retained"]);

export function oursOnly(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  const bans = new Map<string, Bans>();

  function review(nowMs: number): void {
    for (const agent of cluster.agents.values()) {
      const { byRecord, byPool, byMode } = bansOf(agent, nowMs);
      renew(byRecord, whyRecordForbids(agent), nowMs);
      renew(byPool, whyPoolForbids(agent, cluster.poolOf(agent)), nowMs);
      renew(byMode, cluster.whyWithheld(agent), nowMs);
    }
  }

  function bansOf({ uid }: AgentSeen, nowMs: number): Bans {
    const none = (): Ban => ({ why: undefined, sinceMs: nowMs });
    const found = bans.get(uid) ?? { byRecord: none(), byPool: none(), byMode: none() };
    bans.set(uid, found);
    return found;
  }

  function foreign(write: Exclude<CloudWrite, { kind: "launch" }>): string | undefined {
    for (const instanceID of write.instanceIDs) {
      const owner = hosts.all.get(instanceID)?.tags[OWNER_TAG];
      if (owner !== OWNER_ID) return `${told(write)} touched ${instanceID}, whose owner tag is ${String(owner)}`;
    }
    return undefined;
  }

  function againstWill(write: CloudWrite, host: HostSeen, scene: Scene): string | undefined {
    const agent = recordOf(host);
    const isProbe = write.kind === "command" && write.step === "Probe";
    const isEnd = write.kind === "terminate";
    if (agent === undefined) return isEnd ? `${host.instanceID} was ended, and no record names it` : undefined;
    const { byRecord, byPool, byMode } = bansOf(agent, scene.nowMs());
    const { inFlightMs, clusterViewMs } = sight.patience;
    const nowMs = scene.nowMs();
    const broken =
      (!isProbe && isBroken(byMode, nowMs, clusterViewMs) ? byMode : undefined) ??
      (isEnd && isBroken(byRecord, nowMs, inFlightMs) ? byRecord : undefined) ??
      (isEnd && isBroken(byPool, nowMs, clusterViewMs) ? byPool : undefined);
    if (broken === undefined) return undefined;
    return `${told(write)} of ${host.instanceID}, although for ${minutes(nowMs - broken.sinceMs)} ${String(broken.why)}`;
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
        const broken = besideStrangers(host, scene) ?? againstWill(write, host, scene);
        if (broken !== undefined) return broken;
      }
      return undefined;
    }
    const strange = foreign(write);
    if (strange !== undefined) return strange;
    for (const instanceID of write.instanceIDs) {
      const host = hosts.all.get(instanceID);
      const broken = host === undefined ? undefined : againstWill(write, host, scene);
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  return {
    name: "S2",
    after(happening, scene) {
      sight.look(happening, scene);
      if (cluster.hasChanged) review(scene.nowMs());
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

/** A ban counts from the moment at which the first reason began; another reason in its place does not start it anew. */
function renew(ban: Ban, why: string | undefined, nowMs: number): void {
  if (ban.why === undefined) ban.sinceMs = nowMs;
  ban.why = why;
}

function isBroken({ why, sinceMs }: Ban, nowMs: number, patienceMs: number): boolean {
  return why !== undefined && nowMs - sinceMs > patienceMs;
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
