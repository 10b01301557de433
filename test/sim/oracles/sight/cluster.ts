/**
 * The cluster as it is and as it was just before: agents and pools by UID, those that are gone too.
 * Guarantees: every version that an operator's write or a person's deed made is seen; who asked for a deletion is known.
 * Never: copies or compares whole objects; the API server's are frozen, so identity tells a change.
 */
import type { ClusterObject } from "../../run/person.ts";
import type { Happening, Scene } from "../../run/scene.ts";
import { agentFacts, isDeleting, whyWithheld, type AgentFacts } from "./reading.ts";

export interface AgentSeen extends PoolSeen {
  readonly facts: AgentFacts;
  /** A person deleted it; the pool or garbage collection otherwise. */
  isPersonsDeletion: boolean;
}

export interface PoolSeen {
  readonly uid: string;
  /** As it is, or as it last was. */
  object: ClusterObject;
  isThere: boolean;
}

export interface Change<Seen> {
  readonly seen: Seen;
  /** Undefined when it is new. */
  readonly before: ClusterObject | undefined;
}

/** What garbage collection and other controllers do brings no happening of its own: looked at as often as this. */
const LOOK_EVERY_MS = 5_000;
const PLURALS = ["cloudsyncagents", "cloudsyncagentpools", "addomains", "entratenants"] as const;
type Plural = (typeof PLURALS)[number];

const PERSONS_DELETIONS: ReadonlySet<string> = new Set(["deleteAgent", "replaceOutdated"]);

export class Cluster {
  readonly agents = new Map<string, AgentSeen>();
  readonly pools = new Map<string, PoolSeen>();
  /** By this happening. */
  changedAgents: Change<AgentSeen>[] = [];
  changedPools: Change<PoolSeen>[] = [];
  hasChanged = false;
  #others: Record<"addomains" | "entratenants", readonly ClusterObject[]> = { addomains: [], entratenants: [] };
  #lookedMs = Number.NEGATIVE_INFINITY;

  look(happening: Happening, scene: Scene): void {
    if (this.hasChanged) {
      this.changedAgents = [];
      this.changedPools = [];
      this.hasChanged = false;
    }
    const plurals = this.#touchedBy(happening, scene.nowMs());
    if (plurals === PLURALS) this.#lookedMs = scene.nowMs();
    const isPersons = happening.kind === "deed" && PERSONS_DELETIONS.has(happening.deed.kind);
    for (const plural of plurals) this.#read(plural, scene, isPersons);
  }

  domains(): readonly ClusterObject[] {
    return this.#others.addomains;
  }

  /** The agent's own pool, while it is there. */
  poolOf({ facts }: AgentSeen): ClusterObject | undefined {
    const pool = this.pools.get(facts.poolUID);
    return pool?.isThere === true ? pool.object : undefined;
  }

  /** Why nothing outside may be written for the agent: the strictest of tenant, domain, pool and agent. */
  whyWithheld(agent: AgentSeen): string | undefined {
    const named = (plural: "addomains" | "entratenants", name: string | undefined): ClusterObject | undefined =>
      this.#others[plural].find(({ metadata }) => metadata.name === name);
    const { tenantName, domainName } = agent.facts;
    for (const source of [
      named("entratenants", tenantName),
      named("addomains", domainName),
      this.poolOf(agent),
      agent.object,
    ]) {
      const why = source === undefined ? undefined : whyWithheld(source);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  #touchedBy(happening: Happening, nowMs: number): readonly Plural[] {
    switch (happening.kind) {
      case "call": {
        const { side, isWrite, about } = happening.call;
        if (!isWrite || (happening.status ?? 500) >= 300) return [];
        if (side === "aws") return PLURALS;
        const plural = about.split("/")[0];
        return PLURALS.filter((one) => one === plural);
      }
      case "deed":
        return PLURALS;
      case "life":
      case "time":
        return nowMs - this.#lookedMs >= LOOK_EVERY_MS ? PLURALS : [];
    }
  }

  #read(plural: Plural, scene: Scene, isPersons: boolean): void {
    const found = scene.objects(plural);
    switch (plural) {
      case "cloudsyncagents":
        this.#readAgents(found, isPersons);
        return;
      case "cloudsyncagentpools":
        this.changedPools.push(...renewed(this.pools, found, seenOf));
        this.hasChanged ||= this.changedPools.length > 0;
        return;
      default: {
        const known = this.#others[plural];
        this.hasChanged ||= known.length !== found.length || found.some((object, index) => object !== known[index]);
        this.#others[plural] = found;
      }
    }
  }

  #readAgents(found: readonly ClusterObject[], isPersons: boolean): void {
    const changes = renewed(this.agents, found, (object) => ({
      ...seenOf(object),
      facts: agentFacts(object),
      isPersonsDeletion: false,
    }));
    for (const { seen, before } of changes) {
      const wasStaying = before !== undefined && !isDeleting(before);
      seen.isPersonsDeletion ||= isPersons && wasStaying && (!seen.isThere || isDeleting(seen.object));
    }
    this.changedAgents.push(...changes);
    this.hasChanged ||= changes.length > 0;
  }
}

function seenOf(object: ClusterObject): PoolSeen {
  return { uid: object.metadata.uid, object, isThere: true };
}

/** Takes what was found into what is known, and tells what is different. What is gone stays known. */
function renewed<Seen extends PoolSeen>(
  known: Map<string, Seen>,
  found: readonly ClusterObject[],
  newSeen: (object: ClusterObject) => Seen,
): readonly Change<Seen>[] {
  const changes: Change<Seen>[] = [];
  const missing = new Set([...known.values()].filter(({ isThere }) => isThere));
  for (const object of found) {
    const seen = known.get(object.metadata.uid) ?? newSeen(object);
    missing.delete(seen);
    const before = known.has(seen.uid) ? seen.object : undefined;
    if (before === object) continue;
    seen.object = object;
    known.set(seen.uid, seen);
    changes.push({ seen, before });
  }
  for (const seen of missing) {
    seen.isThere = false;
    changes.push({ seen, before: seen.object });
  }
  return changes;
}
